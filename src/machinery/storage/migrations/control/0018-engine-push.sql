-- Pushes of rules to engines: who, when, what became of each owner, and what was there before.
CREATE TABLE engine_push (
  push_id TEXT NOT NULL PRIMARY KEY,
  engine TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('push', 'rollback')),
  of_push_id TEXT,
  hash TEXT NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  begun_by TEXT NOT NULL,
  ended_at_ms INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'ok', 'failed', 'interrupted')),
  owners INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX engine_push_newest ON engine_push (engine, begun_at_ms);

-- tenant_id is the group of all tenants where rules are of all.
CREATE TABLE engine_push_tenant (
  tenant_id TEXT NOT NULL,
  push_id TEXT NOT NULL,
  engine TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (
    outcome IN ('begun', 'unchanged', 'changed', 'refused', 'unreachable', 'restored', 'half', 'differs')
  ),
  detail TEXT,
  hash TEXT NOT NULL,
  changes INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  before BLOB,
  PRIMARY KEY (tenant_id, push_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX engine_push_tenant_of_push ON engine_push_tenant (push_id, tenant_id);
