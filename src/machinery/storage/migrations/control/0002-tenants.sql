-- The registry. `spec` is what was asked for, as JSON; the columns beside it repeat what rows are told apart by.
CREATE TABLE tenant (
  tenant_id TEXT PRIMARY KEY CHECK (length(tenant_id) BETWEEN 1 AND 48 AND tenant_id NOT GLOB '*[^a-z0-9-]*'),
  tier TEXT NOT NULL CHECK (tier IN ('starter', 'professional', 'enterprise')),
  state TEXT NOT NULL CHECK (state IN ('provisioning', 'active', 'suspended', 'offboarding', 'deleted')),
  spec TEXT NOT NULL CHECK (json_valid(spec)),
  generation INTEGER NOT NULL CHECK (generation > 0),
  -- The generation that what runs agrees with.
  observed_generation INTEGER NOT NULL CHECK (observed_generation BETWEEN 0 AND generation),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

-- Other names under which metrics report a tenant. Each means one tenant, and none is another tenant's id.
CREATE TABLE tenant_alias (
  tenant_id TEXT NOT NULL REFERENCES tenant (tenant_id),
  alias TEXT NOT NULL CHECK (length(alias) BETWEEN 1 AND 200),
  PRIMARY KEY (tenant_id, alias)
) STRICT;

CREATE UNIQUE INDEX tenant_alias_means_one ON tenant_alias (alias);

CREATE TRIGGER tenant_alias_refuse_id BEFORE INSERT ON tenant_alias
WHEN EXISTS (SELECT 1 FROM tenant WHERE tenant_id = NEW.alias)
BEGIN
  SELECT RAISE(ABORT, 'an alias is not a tenant id');
END;

CREATE TRIGGER tenant_refuse_alias BEFORE INSERT ON tenant
WHEN EXISTS (SELECT 1 FROM tenant_alias WHERE alias = NEW.tenant_id)
BEGIN
  SELECT RAISE(ABORT, 'a tenant id is not an alias');
END;

CREATE TRIGGER tenant_refuse_delete BEFORE DELETE ON tenant
BEGIN
  SELECT RAISE(ABORT, 'a tenant stays in the registry: its id is never given again');
END;
