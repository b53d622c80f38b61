-- Pasts that were counted again by the definition of their time: why, by whom, what they came to.
CREATE TABLE slo_recompute (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  recompute_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  begun_by TEXT NOT NULL,
  ended_at_ms INTEGER,
  recount TEXT NOT NULL,
  PRIMARY KEY (tenant_id, slo_id, recompute_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX slo_recompute_newest ON slo_recompute (begun_at_ms, recompute_id);
