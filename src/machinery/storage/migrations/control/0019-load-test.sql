-- Load tests that were run, as their generator found them.
CREATE TABLE load_test (
  run_id TEXT PRIMARY KEY,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL CHECK (ended_at_ms >= started_at_ms),
  recorded_at_ms INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  -- JSON, deflated.
  record BLOB NOT NULL
) STRICT;

CREATE INDEX load_test_newest ON load_test (started_at_ms, run_id);

-- The tenants that the registry knew when it was recorded.
CREATE TABLE load_test_tenant (
  tenant_id TEXT NOT NULL REFERENCES tenant (tenant_id),
  run_id TEXT NOT NULL REFERENCES load_test (run_id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX load_test_tenant_of_run ON load_test_tenant (run_id);
