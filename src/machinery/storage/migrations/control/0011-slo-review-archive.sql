-- Reviews of SLOs over a week, a month or a quarter, as they were made: a value, deflated, that every form is written from.
CREATE TABLE slo_review_archive (
  -- Null: of a tier or of all tenants.
  tenant_id TEXT,
  review_id TEXT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL CHECK (scope IN ('tenant', 'tier', 'fleet')),
  -- The tenant or the tier; empty for the fleet.
  scope_key TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  span TEXT NOT NULL CHECK (span IN ('week', 'month', 'quarter')),
  zone TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL CHECK (to_ms > from_ms),
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
  made_at_ms INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  -- What a list shows: objectives that were kept, of how many that were counted.
  kept INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  review BLOB NOT NULL,
  UNIQUE (scope, scope_key, span, zone, from_ms)
) STRICT;

CREATE INDEX slo_review_archive_by_end ON slo_review_archive (to_ms, review_id);
CREATE INDEX slo_review_archive_by_tenant ON slo_review_archive (tenant_id, to_ms, review_id);
