-- The outbox: one row per notification and channel, written before any send. A lane is a channel
-- and a dedup key; within it deliveries leave in order of sequence, and only its head is pending or
-- leased. The attempt's number is the fence: whoever holds an older one cannot settle.
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

CREATE UNIQUE INDEX delivery_sequence ON delivery (sequence);
CREATE INDEX delivery_lane ON delivery (tenant_id, channel, dedup_key, sequence);
CREATE UNIQUE INDEX delivery_head ON delivery (tenant_id, channel, dedup_key)
  WHERE state IN ('pending', 'leased');
CREATE INDEX delivery_pending ON delivery (channel, rank, next_at_ms) WHERE state = 'pending';
CREATE INDEX delivery_leased ON delivery (channel, lease_until_ms) WHERE state = 'leased';
CREATE INDEX delivery_open ON delivery (created_at_ms)
  WHERE state IN ('queued', 'pending', 'leased');
CREATE INDEX delivery_dead ON delivery (sequence) WHERE state = 'dead';
CREATE INDEX delivery_settled ON delivery (settled_at_ms) WHERE settled_at_ms IS NOT NULL;
CREATE INDEX delivery_of_tenant ON delivery (tenant_id, sequence);

-- Every attempt that ended, and those whose lease ran out because nobody was left to end them.
-- Append-only; goes with its delivery.
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
