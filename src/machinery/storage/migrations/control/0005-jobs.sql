-- Scheduled work: up to which instant each job's due times are dealt with, and what became of its
-- runs.
CREATE TABLE job (
  name TEXT PRIMARY KEY,
  handled_to_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE job_run (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL REFERENCES job (name),
  due_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER CHECK (ended_at_ms IS NULL OR outcome <> 'running'),
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'ok', 'failed', 'interrupted')),
  -- Due times before this one that were missed and are not run any more.
  skipped INTEGER NOT NULL CHECK (skipped >= 0),
  error TEXT
) STRICT;

CREATE INDEX job_run_by_job ON job_run (job, id);
