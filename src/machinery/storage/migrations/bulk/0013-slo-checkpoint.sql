-- Which checkpoint of the SLO engine was written last, so that a reader tells what is on disk from what is on its way.
CREATE TABLE slo_checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
) STRICT;

INSERT INTO slo_checkpoint (id, number) VALUES (1, 0);
