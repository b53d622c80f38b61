-- Tenants that are got out of engines, and how far that is.
CREATE TABLE engine_offboard (
  tenant_id TEXT NOT NULL,
  engine TEXT NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  begun_by TEXT NOT NULL,
  ended_at_ms INTEGER,
  steps TEXT NOT NULL,
  PRIMARY KEY (tenant_id, engine)
) STRICT, WITHOUT ROWID;
