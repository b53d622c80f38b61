-- What was put into service when, as deployment tools told it. An event is known by its source and id.
CREATE TABLE deploy (
  deploy_id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  service TEXT NOT NULL,
  version TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  -- 1 where it concerns every tenant; else those in deploy_tenant.
  for_all INTEGER NOT NULL CHECK (for_all IN (0, 1)),
  UNIQUE (source, event_id)
) STRICT;

CREATE INDEX deploy_newest ON deploy (at_ms, deploy_id);

CREATE TABLE deploy_tenant (
  tenant_id TEXT NOT NULL REFERENCES tenant (tenant_id),
  deploy_id TEXT NOT NULL REFERENCES deploy (deploy_id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, deploy_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX deploy_tenant_of_deploy ON deploy_tenant (deploy_id);
