-- Bad and total of one tenant by the values of its dimensions, in five minutes: packed as text, for six hours.
CREATE TABLE slo_breakdown (
  tenant_id TEXT NOT NULL,
  bucket_end_ms INTEGER NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (tenant_id, bucket_end_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX slo_breakdown_by_end ON slo_breakdown (bucket_end_ms);
