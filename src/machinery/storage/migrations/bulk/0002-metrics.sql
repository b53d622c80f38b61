-- What the metrics stage remembers at one log position, and the rollups that it has closed.

-- Columns of numbers and tables of keys, chunk by chunk as they lie in memory; see src/domain/metrics/README.md.
CREATE TABLE metrics_state (
  part TEXT NOT NULL CHECK (part <> ''),
  chunk INTEGER NOT NULL CHECK (chunk >= 0),
  body BLOB NOT NULL,
  PRIMARY KEY (part, chunk)
) STRICT;

-- Numbered words: write contexts, tenants, instances, sources.
CREATE TABLE metrics_word (
  list TEXT NOT NULL CHECK (list <> ''),
  number INTEGER NOT NULL CHECK (number >= 0),
  word TEXT NOT NULL,
  PRIMARY KEY (list, number)
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
  scale REAL NOT NULL CHECK (scale > 0),
  PRIMARY KEY (tenant_id, cell_id)
) STRICT, WITHOUT ROWID;

-- What became of all samples since the beginning.
CREATE TABLE metrics_account (
  name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  samples INTEGER NOT NULL CHECK (samples >= 0)
) STRICT, WITHOUT ROWID;

-- Minutes that are still in memory: the values of all cells, packed.
CREATE TABLE rollup_open_minute (
  minute_end_ms INTEGER NOT NULL PRIMARY KEY CHECK (minute_end_ms % 60000 = 0),
  body BLOB NOT NULL
) STRICT;

-- The sixty minutes of all of a tenant's cells, packed.
CREATE TABLE rollup_minute_hour (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  hour_end_ms INTEGER NOT NULL CHECK (hour_end_ms % 3600000 = 0),
  body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, hour_end_ms)
) STRICT;

-- One value a cell and hour, packed: the sum of a counter, the mean of a gauge.
CREATE TABLE rollup_hour (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  hour_end_ms INTEGER NOT NULL CHECK (hour_end_ms % 3600000 = 0),
  body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, hour_end_ms)
) STRICT;
