-- Counts by the quarter of an hour, kept for two quarters of a year.
CREATE TABLE slo_history_next (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  estimate TEXT NOT NULL CHECK (estimate IN ('upper', 'lower')),
  step_seconds INTEGER NOT NULL CHECK (step_seconds IN (60, 300, 900)),
  stretch INTEGER NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (tenant_id, slo_id, estimate, step_seconds, stretch)
) STRICT, WITHOUT ROWID;
INSERT INTO slo_history_next (tenant_id, slo_id, estimate, step_seconds, stretch, counts)
SELECT tenant_id, slo_id, estimate, step_seconds, stretch, counts
FROM slo_history;
DROP TABLE slo_history;
ALTER TABLE slo_history_next RENAME TO slo_history;
