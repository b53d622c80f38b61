-- How far each engine was sent what was accepted, and what must be known to go on there.
CREATE TABLE forward_position (
  target TEXT NOT NULL,
  position INTEGER NOT NULL,
  -- What the registry had answered up to there, as the log has it.
  registry BLOB NOT NULL,
  -- The clusters of replicas up to there, as JSON; empty for none.
  clusters TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (target)
) STRICT, WITHOUT ROWID;

-- Samples that an engine was not sent because it lagged too far behind.
CREATE TABLE forward_dropped (
  tenant_id TEXT NOT NULL,
  target TEXT NOT NULL,
  samples INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, target)
) STRICT, WITHOUT ROWID;
