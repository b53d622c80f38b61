-- Past counts that somebody loaded: from where, how far, and what it came to.
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
