-- Which slot counts which SLO of which tenant. `upper` and `lower` are the estimates of a latency SLO whose threshold is no bucket bound.
CREATE TABLE slo_slot (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  estimate TEXT NOT NULL CHECK (estimate IN ('upper', 'lower')),
  page INTEGER NOT NULL CHECK (page >= 0),
  place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 255),
  PRIMARY KEY (tenant_id, slo_id, estimate)
) STRICT, WITHOUT ROWID;

-- Pages of 256 slots: where they stand in time. Pages mix tenants; `place` is an index into their blobs.
CREATE TABLE slo_page (
  page INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('events', 'slices')),
  used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 256),
  head_tick INTEGER NOT NULL,
  sealed_hour INTEGER NOT NULL,
  settled_ticks BLOB NOT NULL,
  raised BLOB NOT NULL,
  ahead BLOB NOT NULL
) STRICT;

-- One bucket of all slots of a page, in one of its rings. A row whose bucket is no longer held is dead and is written over in time.
CREATE TABLE slo_column (
  page INTEGER NOT NULL,
  ring INTEGER NOT NULL CHECK (ring >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),
  bucket INTEGER NOT NULL,
  used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 256),
  counts BLOB NOT NULL,
  PRIMARY KEY (page, ring, place)
) STRICT;

-- Counts per minute and per five minutes, packed, appended to hour by hour.
CREATE TABLE slo_history (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  estimate TEXT NOT NULL CHECK (estimate IN ('upper', 'lower')),
  step_seconds INTEGER NOT NULL CHECK (step_seconds IN (60, 300)),
  stretch INTEGER NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (tenant_id, slo_id, estimate, step_seconds, stretch)
) STRICT, WITHOUT ROWID;

-- The worst one-hour burn of each tenant in one of the last sixty minutes, for sparklines: a row of 256 floats a page of slots and minute.
CREATE TABLE slo_spark (
  page INTEGER NOT NULL CHECK (page >= 0),
  place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 59),
  minute INTEGER NOT NULL,
  burns BLOB NOT NULL,
  PRIMARY KEY (page, place)
) STRICT;
