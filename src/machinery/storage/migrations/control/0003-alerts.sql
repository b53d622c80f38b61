-- One row per alert: from the first firing until resolved for good. It fires again as the same
-- alert when it comes back soon.
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
CREATE INDEX alert_resolved ON alert (tenant_id, source, condition_key, resolved_at_ms);
CREATE INDEX alert_newest ON alert (opened_at_ms, alert_id);
CREATE INDEX alert_newest_of_tenant ON alert (tenant_id, opened_at_ms, alert_id);

-- What happened to an alert, in order. Append-only; goes with its alert.
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
