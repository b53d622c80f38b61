-- What the migrations make. Written by `npm run golden`; not to be edited.

-- control.db

CREATE TABLE access_key (
  key_id TEXT PRIMARY KEY,
  tenant_id TEXT REFERENCES tenant (tenant_id),
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  role TEXT NOT NULL CHECK (role IN ('operator', 'viewer', 'collector', 'tenant-admin')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at_ms INTEGER
) STRICT;

CREATE INDEX access_key_of_tenant ON access_key (tenant_id, key_id);

CREATE TABLE alert (
  tenant_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  source TEXT NOT NULL
    CHECK (source IN ('slo', 'metrics', 'cost', 'capacity', 'assurance', 'tenant-data', 'foreign')),
  condition_key TEXT NOT NULL CHECK (length(condition_key) BETWEEN 1 AND 200),
  state TEXT NOT NULL CHECK (state IN ('firing', 'resolved')),
  action TEXT NOT NULL CHECK (action IN ('page', 'ticket', 'report')),
  summary TEXT NOT NULL,
  labels TEXT NOT NULL CHECK (json_valid(labels)),
  opened_at_ms INTEGER NOT NULL,
  fired_at_ms INTEGER NOT NULL,
  held_at_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER CHECK ((state = 'resolved') = (resolved_at_ms IS NOT NULL)),
  flaps INTEGER NOT NULL CHECK (flaps >= 0),
  opening_numbers TEXT NOT NULL CHECK (json_valid(opening_numbers)),
  numbers TEXT NOT NULL CHECK (json_valid(numbers)),
  PRIMARY KEY (tenant_id, alert_id)
) STRICT;

CREATE UNIQUE INDEX alert_by_id ON alert (alert_id);

CREATE UNIQUE INDEX alert_firing ON alert (tenant_id, source, condition_key) WHERE state = 'firing';

CREATE INDEX alert_newest ON alert (opened_at_ms, alert_id);

CREATE INDEX alert_newest_of_tenant ON alert (tenant_id, opened_at_ms, alert_id);

CREATE INDEX alert_resolved ON alert (tenant_id, source, condition_key, resolved_at_ms);

CREATE TABLE alert_event (
  tenant_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence >= 1),
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('fired', 'fired-again', 'urgency-raised', 'resolved')),
  action TEXT NOT NULL CHECK (action IN ('page', 'ticket', 'report')),
  summary TEXT NOT NULL,
  numbers TEXT NOT NULL CHECK (json_valid(numbers)),
  PRIMARY KEY (tenant_id, alert_id, sequence),
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alert (tenant_id, alert_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE artefact_roll_out (
  roll_out_id TEXT PRIMARY KEY,
  -- As `tenantry generate --target` names it.
  target TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  rolled_out_by TEXT NOT NULL,
  note TEXT NOT NULL,
  -- JSON: the options that they were made by.
  options TEXT NOT NULL CHECK (json_valid(options)),
  -- JSON: path and hash of each file, sorted.
  hashes TEXT NOT NULL CHECK (json_valid(hashes)),
  -- JSON, deflated: path and text of each file.
  files BLOB NOT NULL
) STRICT;

CREATE INDEX artefact_roll_out_newest ON artefact_roll_out (target, at_ms);

CREATE TABLE audit_entry (
  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
  tenant_id TEXT,
  tenant_sequence INTEGER CHECK (tenant_sequence > 0),
  at_ms INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('key', 'session', 'system', 'anonymous')),
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL CHECK (json_valid(details)),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  tenant_hash TEXT CHECK (length(tenant_hash) = 64),
  CHECK ((tenant_id IS NULL) = (tenant_sequence IS NULL)),
  CHECK ((tenant_id IS NULL) = (tenant_hash IS NULL))
) STRICT;

CREATE UNIQUE INDEX audit_entry_of_tenant ON audit_entry (tenant_id, tenant_sequence)
  WHERE tenant_id IS NOT NULL;

CREATE TRIGGER audit_entry_refuse_delete BEFORE DELETE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_entry_refuse_gap BEFORE INSERT ON audit_entry
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit_entry)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_entry_refuse_update BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TABLE audit_head (
  chain TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_head_refuse_other BEFORE UPDATE ON audit_head
WHEN NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TABLE delivery (
  tenant_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL CHECK (instr(delivery_id, '.') = 0),
  sequence INTEGER NOT NULL,
  channel TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('triggered', 'resolved')),
  action TEXT NOT NULL CHECK (action IN ('page', 'ticket', 'report')),
  tier TEXT NOT NULL CHECK (tier IN ('starter', 'professional', 'enterprise')),
  rank INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'pending', 'leased', 'sent', 'superseded', 'dead')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  created_at_ms INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  lease_until_ms INTEGER CHECK ((state = 'leased') = (lease_until_ms IS NOT NULL)),
  settled_at_ms INTEGER
    CHECK ((state IN ('sent', 'superseded', 'dead')) = (settled_at_ms IS NOT NULL)),
  last_status INTEGER,
  last_error TEXT,
  PRIMARY KEY (tenant_id, delivery_id)
) STRICT;

CREATE INDEX delivery_dead ON delivery (sequence) WHERE state = 'dead';

CREATE UNIQUE INDEX delivery_head ON delivery (tenant_id, channel, dedup_key)
  WHERE state IN ('pending', 'leased');

CREATE INDEX delivery_lane ON delivery (tenant_id, channel, dedup_key, sequence);

CREATE INDEX delivery_leased ON delivery (channel, lease_until_ms) WHERE state = 'leased';

CREATE INDEX delivery_of_tenant ON delivery (tenant_id, sequence);

CREATE INDEX delivery_open ON delivery (created_at_ms)
  WHERE state IN ('queued', 'pending', 'leased');

CREATE INDEX delivery_pending ON delivery (channel, rank, next_at_ms) WHERE state = 'pending';

CREATE UNIQUE INDEX delivery_sequence ON delivery (sequence);

CREATE INDEX delivery_settled ON delivery (settled_at_ms) WHERE settled_at_ms IS NOT NULL;

CREATE TABLE delivery_attempt (
  tenant_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  ended_at_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL
    CHECK (outcome IN ('delivered', 'throttled', 'transient', 'permanent', 'lease-expired')),
  status INTEGER,
  error TEXT,
  PRIMARY KEY (tenant_id, delivery_id, attempt),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, delivery_id)
    ON DELETE CASCADE
) STRICT;

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

CREATE TABLE engine_account (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL UNIQUE CHECK (account_id BETWEEN 1 AND 4294967295),
  given_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE engine_account_last (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  account_id INTEGER NOT NULL
) STRICT;

CREATE TABLE engine_offboard (
  tenant_id TEXT NOT NULL,
  engine TEXT NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  begun_by TEXT NOT NULL,
  ended_at_ms INTEGER,
  steps TEXT NOT NULL,
  PRIMARY KEY (tenant_id, engine)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE foreign_alert (
  tenant_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  condition_key TEXT NOT NULL,
  -- The alert in our own record that it is, where it is one of our generated rules.
  own_key TEXT,
  state TEXT NOT NULL CHECK (state IN ('firing', 'silent', 'resolved')),
  action TEXT NOT NULL CHECK (action IN ('page', 'ticket', 'report')),
  summary TEXT NOT NULL,
  labels TEXT NOT NULL CHECK (json_valid(labels)),
  annotations TEXT NOT NULL CHECK (json_valid(annotations)),
  generator_url TEXT NOT NULL,
  starts_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  told_at_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER,
  end_reason TEXT CHECK (end_reason IN ('told', 'source-silent')),
  -- When silence turns it next; null never.
  turns_at_ms INTEGER,
  PRIMARY KEY (tenant_id, fingerprint),
  CHECK ((resolved_at_ms IS NULL) = (state <> 'resolved')),
  CHECK ((end_reason IS NULL) = (state <> 'resolved'))
) STRICT, WITHOUT ROWID;

CREATE INDEX foreign_alert_due ON foreign_alert (turns_at_ms) WHERE turns_at_ms IS NOT NULL;

CREATE INDEX foreign_alert_ended ON foreign_alert (resolved_at_ms) WHERE state = 'resolved';

CREATE INDEX foreign_alert_newest ON foreign_alert (told_at_ms, fingerprint);

CREATE INDEX foreign_alert_of_tenant ON foreign_alert (tenant_id, told_at_ms, fingerprint);

CREATE INDEX foreign_alert_silent ON foreign_alert (state) WHERE state = 'silent';

CREATE TABLE forward_dropped (
  tenant_id TEXT NOT NULL,
  target TEXT NOT NULL,
  samples INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE forward_position (
  target TEXT NOT NULL,
  position INTEGER NOT NULL,
  -- What the registry had answered up to there, as the log has it.
  registry BLOB NOT NULL,
  -- The clusters of replicas up to there, as JSON; empty for none.
  clusters TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (target)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotent_answer (
  principal_id TEXT NOT NULL,
  route TEXT NOT NULL,
  key_sha256 TEXT NOT NULL CHECK (length(key_sha256) = 64),
  body_sha256 TEXT NOT NULL CHECK (length(body_sha256) = 64),
  created_at_ms INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (principal_id, route, key_sha256)
) STRICT;

CREATE INDEX idempotent_answer_by_age ON idempotent_answer (created_at_ms);

CREATE TABLE impact (
  tenant_id TEXT NOT NULL,
  impact_id TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  elapsed_ms INTEGER NOT NULL CHECK (elapsed_ms >= 0),
  seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, impact_id)
) STRICT;

CREATE UNIQUE INDEX impact_by_id ON impact (impact_id);

CREATE INDEX impact_ended ON impact (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

CREATE INDEX impact_newest ON impact (opened_at_ms, impact_id);

CREATE INDEX impact_newest_of_tenant ON impact (tenant_id, opened_at_ms, impact_id);

CREATE UNIQUE INDEX impact_open ON impact (tenant_id) WHERE ended_at_ms IS NULL;

CREATE TABLE job (
  name TEXT PRIMARY KEY,
  handled_to_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE job_run (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL REFERENCES job (name),
  due_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER CHECK (ended_at_ms IS NULL OR outcome <> 'running'),
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'ok', 'failed', 'interrupted')),
  -- Due times before this one that were missed and are not run any more.
  skipped INTEGER NOT NULL CHECK (skipped >= 0),
  error TEXT
) STRICT;

CREATE INDEX job_run_by_job ON job_run (job, id);

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

CREATE TABLE load_test_tenant (
  tenant_id TEXT NOT NULL REFERENCES tenant (tenant_id),
  run_id TEXT NOT NULL REFERENCES load_test (run_id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX load_test_tenant_of_run ON load_test_tenant (run_id);

CREATE TABLE rule_book (
  kind TEXT PRIMARY KEY CHECK (kind IN ('attribution', 'mapping')),
  entries TEXT NOT NULL CHECK (json_valid(entries)),
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_migration (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
  ) STRICT;

CREATE TABLE session (
  secret_sha256 TEXT PRIMARY KEY CHECK (length(secret_sha256) = 64),
  session_id TEXT NOT NULL UNIQUE,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms)
) STRICT;

CREATE TABLE sign_in_link (
  token_sha256 TEXT PRIMARY KEY CHECK (length(token_sha256) = 64),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms),
  used_at_ms INTEGER,
  -- The first time that it was offered again or too late: only that one is written to the audit log.
  refused_at_ms INTEGER
) STRICT;

CREATE TABLE slo_backfill (
  backfill_id TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  digest TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  read_to_ms INTEGER NOT NULL,
  begun_at_ms INTEGER NOT NULL,
  begun_by TEXT NOT NULL,
  ended_at_ms INTEGER,
  outcome TEXT NOT NULL
) STRICT;

CREATE INDEX slo_backfill_newest ON slo_backfill (begun_at_ms, backfill_id);

CREATE TABLE slo_book (
  version INTEGER PRIMARY KEY CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  slos TEXT NOT NULL CHECK (json_valid(slos)),
  overrides TEXT NOT NULL CHECK (json_valid(overrides))
, policies TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(policies))) STRICT;

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

CREATE INDEX slo_review_newest ON slo_review (opened_at_ms, review_id);

CREATE UNIQUE INDEX slo_review_open ON slo_review (tenant_id, slo_id) WHERE closed_at_ms IS NULL;

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

CREATE TRIGGER tenant_refuse_alias BEFORE INSERT ON tenant
WHEN EXISTS (SELECT 1 FROM tenant_alias WHERE alias = NEW.tenant_id)
BEGIN
  SELECT RAISE(ABORT, 'a tenant id is not an alias');
END;

CREATE TRIGGER tenant_refuse_delete BEFORE DELETE ON tenant
BEGIN
  SELECT RAISE(ABORT, 'a tenant stays in the registry: its id is never given again');
END;

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

-- bulk.db

CREATE TABLE log_position (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;

CREATE TABLE metrics_account (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  samples INTEGER NOT NULL CHECK (samples >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics_cell (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  cell_id INTEGER NOT NULL UNIQUE CHECK (cell_id >= 0),
  signal TEXT NOT NULL CHECK (signal <> ''),
  source TEXT NOT NULL CHECK (source <> ''),
  status_class TEXT,
  le_seconds REAL,
  layout TEXT,
  feed INTEGER NOT NULL CHECK (feed >= 0),
  scale REAL NOT NULL CHECK (scale > 0), refusal TEXT,
  PRIMARY KEY (tenant_id, cell_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics_state (
  part TEXT NOT NULL CHECK (part <> ''),
  chunk INTEGER NOT NULL CHECK (chunk >= 0),
  body BLOB NOT NULL,
  PRIMARY KEY (part, chunk)
) STRICT;

CREATE TABLE metrics_word (
  list TEXT NOT NULL CHECK (list <> ''),
  number INTEGER NOT NULL CHECK (number >= 0),
  word TEXT NOT NULL,
  PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE received_day (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  day_end_ms INTEGER NOT NULL CHECK (day_end_ms % 86400000 = 0),
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (tenant_id, day_end_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_minute_hour (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  hour_end_ms INTEGER NOT NULL CHECK (hour_end_ms % 3600000 = 0),
  body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, hour_end_ms)
) STRICT;

CREATE TABLE rollup_open_minute (
  minute_end_ms INTEGER NOT NULL PRIMARY KEY CHECK (minute_end_ms % 60000 = 0),
  body BLOB NOT NULL
) STRICT;

CREATE TABLE rollup_span (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  span_seconds INTEGER NOT NULL CHECK (span_seconds IN (3600, 86400)),
  span_end_ms INTEGER NOT NULL CHECK (span_end_ms % (span_seconds * 1000) = 0),
  -- 0 in hours of the earlier form: one value a cell, of a gauge its mean.
  has_range INTEGER NOT NULL CHECK (has_range IN (0, 1)),
  body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, span_seconds, span_end_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_migration (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
  ) STRICT;

CREATE TABLE slo_breakdown (
  tenant_id TEXT NOT NULL,
  bucket_end_ms INTEGER NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (tenant_id, bucket_end_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX slo_breakdown_by_end ON slo_breakdown (bucket_end_ms);

CREATE TABLE slo_checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
) STRICT;

CREATE TABLE slo_column (
  page INTEGER NOT NULL,
  ring INTEGER NOT NULL CHECK (ring >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),
  bucket INTEGER NOT NULL,
  used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 256),
  counts BLOB NOT NULL,
  PRIMARY KEY (page, ring, place)
) STRICT;

CREATE TABLE "slo_history" (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  estimate TEXT NOT NULL CHECK (estimate IN ('upper', 'lower')),
  step_seconds INTEGER NOT NULL CHECK (step_seconds IN (60, 300, 900)),
  stretch INTEGER NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (tenant_id, slo_id, estimate, step_seconds, stretch)
) STRICT, WITHOUT ROWID;

CREATE TABLE slo_loaded (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  from_tick INTEGER NOT NULL,
  to_tick INTEGER NOT NULL CHECK (to_tick > from_tick),
  PRIMARY KEY (tenant_id, slo_id, from_tick)
) STRICT, WITHOUT ROWID;

CREATE TABLE slo_page (
  page INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('events', 'slices')),
  used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 256),
  head_tick INTEGER NOT NULL,
  sealed_hour INTEGER NOT NULL,
  settled_ticks BLOB NOT NULL,
  raised BLOB NOT NULL,
  ahead BLOB NOT NULL
, plan TEXT NOT NULL DEFAULT '30d', calendar BLOB NOT NULL DEFAULT x'', first_ticks BLOB NOT NULL DEFAULT x'', loaded_ticks BLOB NOT NULL DEFAULT x'', recounted_ticks BLOB NOT NULL DEFAULT x'') STRICT;

CREATE TABLE slo_slot (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  estimate TEXT NOT NULL CHECK (estimate IN ('upper', 'lower')),
  page INTEGER NOT NULL CHECK (page >= 0),
  place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 255), rule TEXT NOT NULL DEFAULT '', since_tick INTEGER NOT NULL DEFAULT -1, ruled_from_minute INTEGER NOT NULL DEFAULT -1,
  PRIMARY KEY (tenant_id, slo_id, estimate)
) STRICT, WITHOUT ROWID;

CREATE TABLE slo_spark (
  page INTEGER NOT NULL CHECK (page >= 0),
  place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 59),
  minute INTEGER NOT NULL,
  burns BLOB NOT NULL,
  PRIMARY KEY (page, place)
) STRICT;
