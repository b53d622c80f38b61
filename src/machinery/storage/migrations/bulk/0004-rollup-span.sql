-- What each cell came to over an hour or a day, packed; one row a tenant and span. It takes the place of rollup_hour: rows of one tenant lie
-- together, gauges have their range beside their mean, and days stand beside hours.
CREATE TABLE rollup_span (
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  span_seconds INTEGER NOT NULL CHECK (span_seconds IN (3600, 86400)),
  span_end_ms INTEGER NOT NULL CHECK (span_end_ms % (span_seconds * 1000) = 0),
  -- 0 in hours of the earlier form: one value a cell, of a gauge its mean.
  has_range INTEGER NOT NULL CHECK (has_range IN (0, 1)),
  body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, span_seconds, span_end_ms)
) STRICT, WITHOUT ROWID;

INSERT INTO rollup_span (tenant_id, span_seconds, span_end_ms, has_range, body)
SELECT tenant_id, 3600, hour_end_ms, 0, body
FROM rollup_hour;

DROP TABLE rollup_hour;
