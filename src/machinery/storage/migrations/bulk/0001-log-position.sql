-- How far into the write-ahead log the state in this file reaches: one row, written in the same
-- transaction as the state.
CREATE TABLE log_position (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;
