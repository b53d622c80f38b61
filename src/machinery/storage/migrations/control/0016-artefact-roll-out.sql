-- Artefacts as they were made when somebody said that they were rolled out.
CREATE TABLE artefact_roll_out (
  roll_out_id TEXT PRIMARY KEY,
  -- As `tenantry generate --target` names it.
  target TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  rolled_out_by TEXT NOT NULL,
  note TEXT NOT NULL,
  -- JSON: the options that they were made by.
  options TEXT NOT NULL CHECK (json_valid(options)),
  -- JSON: path and hash of each file, sorted.
  hashes TEXT NOT NULL CHECK (json_valid(hashes)),
  -- JSON, deflated: path and text of each file.
  files BLOB NOT NULL
) STRICT;

CREATE INDEX artefact_roll_out_newest ON artefact_roll_out (target, at_ms);
