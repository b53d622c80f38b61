-- The spans in which a tenant had an alert that pages. How long one lasted, or has lasted when it was
-- last seen, is elapsed time and not the difference of wall clocks.
CREATE TABLE impact (
  tenant_id TEXT NOT NULL,
  impact_id TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  elapsed_ms INTEGER NOT NULL CHECK (elapsed_ms >= 0),
  seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, impact_id)
) STRICT;

CREATE UNIQUE INDEX impact_by_id ON impact (impact_id);
CREATE UNIQUE INDEX impact_open ON impact (tenant_id) WHERE ended_at_ms IS NULL;
CREATE INDEX impact_ended ON impact (ended_at_ms) WHERE ended_at_ms IS NOT NULL;
CREATE INDEX impact_newest ON impact (opened_at_ms, impact_id);
CREATE INDEX impact_newest_of_tenant ON impact (tenant_id, opened_at_ms, impact_id);
