-- Keys of programs. Only the hash of a key is kept. A key without a tenant is bound to none: it sees the whole platform.
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

-- Links that sign a person in, once.
CREATE TABLE sign_in_link (
  token_sha256 TEXT PRIMARY KEY CHECK (length(token_sha256) = 64),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms),
  used_at_ms INTEGER,
  -- The first time that it was offered again or too late: only that one is written to the audit log.
  refused_at_ms INTEGER
) STRICT;

-- Who is signed in to the portal, as an operator.
CREATE TABLE session (
  secret_sha256 TEXT PRIMARY KEY CHECK (length(secret_sha256) = 64),
  session_id TEXT NOT NULL UNIQUE,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms)
) STRICT;

-- Every administrative action. Each row carries the hash of the one before: of the whole log, and of its tenant's own part.
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

-- Where each chain ends; the whole log's is called ''. A log whose newest rows were cut off does not agree with it.
CREATE TABLE audit_head (
  chain TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE TRIGGER audit_entry_refuse_update BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_entry_refuse_delete BEFORE DELETE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_entry_refuse_gap BEFORE INSERT ON audit_entry
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit_entry)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_head_refuse_other BEFORE UPDATE ON audit_head
WHEN NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_head_refuse_delete BEFORE DELETE ON audit_head
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Answers to requests that carried an Idempotency-Key, so that a repeated one is answered alike. Sealed with the sender's own key.
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
