-- What was received of a tenant's signals in one day of UTC: samples and bytes by signal, as JSON. Written once the day is over.
CREATE TABLE received_day (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  day_end_ms INTEGER NOT NULL CHECK (day_end_ms % 86400000 = 0),
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (tenant_id, day_end_ms)
) STRICT, WITHOUT ROWID;

-- The feeds have a wider row now, under another name: which source counts settles again with the next samples.
DELETE FROM metrics_state WHERE part = 'sources';
