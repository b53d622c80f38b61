-- Alerts that other systems tell of, as they were told last. In tenant_id a tenant, or the group that an alert of no tenant is told to.
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
CREATE INDEX foreign_alert_newest ON foreign_alert (told_at_ms, fingerprint);
CREATE INDEX foreign_alert_of_tenant ON foreign_alert (tenant_id, told_at_ms, fingerprint);
CREATE INDEX foreign_alert_ended ON foreign_alert (resolved_at_ms) WHERE state = 'resolved';
CREATE INDEX foreign_alert_silent ON foreign_alert (state) WHERE state = 'silent';
