-- Stretches of time that no budget is charged for. Null means every tenant, tier or SLO. A revoked one stays to be read.
CREATE TABLE slo_correction (
  correction_id TEXT PRIMARY KEY,
  -- A tenant's id: a correction of one is the platform's, not the tenant's.
  for_tenant TEXT,
  tier TEXT CHECK (tier IN ('starter', 'professional', 'enterprise')),
  slo_id TEXT,
  starts_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL CHECK (ends_at_ms > starts_at_ms),
  rrule TEXT,
  zone TEXT,
  reason TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at_ms INTEGER,
  revoked_by TEXT,
  CHECK (for_tenant IS NULL OR tier IS NULL),
  CHECK ((rrule IS NULL) = (zone IS NULL)),
  CHECK ((revoked_at_ms IS NULL) = (revoked_by IS NULL))
) STRICT;
