-- Budget policies are configuration, versioned with the SLOs. What they came to is kept apart: the steps that hold, and every step that was ever entered or left.
ALTER TABLE slo_book ADD COLUMN policies TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(policies));

CREATE TABLE slo_policy_state (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  entered_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, slo_id, policy_id, step_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE slo_policy_transition (
  tenant_id TEXT NOT NULL,
  sequence INTEGER NOT NULL UNIQUE CHECK (sequence >= 1),
  at_ms INTEGER NOT NULL,
  slo_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('entered', 'left')),
  -- What it turned by: the budget, a period without events, another policy, a tenant that is active no more.
  cause TEXT NOT NULL CHECK (cause IN ('budget', 'empty', 'policy', 'tenant')),
  actions TEXT NOT NULL CHECK (json_valid(actions)),
  -- The threshold that was crossed; null where none was.
  threshold_left_ppm INTEGER,
  bad REAL,
  total REAL,
  left_ratio REAL,
  PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX slo_policy_transition_by_age ON slo_policy_transition (at_ms);

-- A deploy gate that somebody opened although it is closed. Null in slo_id: for every SLO.
CREATE TABLE slo_gate_override (
  tenant_id TEXT NOT NULL,
  override_id TEXT NOT NULL UNIQUE,
  slo_id TEXT,
  reason TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_by_name TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms),
  revoked_at_ms INTEGER,
  revoked_by TEXT,
  PRIMARY KEY (tenant_id, override_id),
  CHECK ((revoked_at_ms IS NULL) = (revoked_by IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX slo_gate_override_by_end ON slo_gate_override (expires_at_ms);

-- A review that a policy asked for. One SLO of a tenant has one open review at most.
CREATE TABLE slo_review (
  tenant_id TEXT NOT NULL,
  review_id TEXT NOT NULL UNIQUE,
  slo_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  bad REAL NOT NULL,
  total REAL NOT NULL,
  left_ratio REAL NOT NULL,
  closed_at_ms INTEGER,
  closed_by TEXT,
  note TEXT,
  PRIMARY KEY (tenant_id, review_id),
  CHECK ((closed_at_ms IS NULL) = (closed_by IS NULL)),
  CHECK ((closed_at_ms IS NULL) = (note IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX slo_review_open ON slo_review (tenant_id, slo_id) WHERE closed_at_ms IS NULL;

CREATE INDEX slo_review_newest ON slo_review (opened_at_ms, review_id);
