-- Account ids, which VictoriaMetrics knows tenants by: given once and never again.
CREATE TABLE engine_account (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL UNIQUE CHECK (account_id BETWEEN 1 AND 4294967295),
  given_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last id that was given, also where its tenant is erased.
CREATE TABLE engine_account_last (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  account_id INTEGER NOT NULL
) STRICT;

INSERT INTO engine_account_last (only_row, account_id) VALUES (1, 0);
