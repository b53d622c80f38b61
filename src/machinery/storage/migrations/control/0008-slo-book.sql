-- What configuration says about SLOs, a row a version; the newest is in force. SLOs and overrides as JSON lists.
CREATE TABLE slo_book (
  version INTEGER PRIMARY KEY CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  slos TEXT NOT NULL CHECK (json_valid(slos)),
  overrides TEXT NOT NULL CHECK (json_valid(overrides))
) STRICT;
