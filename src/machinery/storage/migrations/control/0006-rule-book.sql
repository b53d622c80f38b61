-- Rules that hold for all tenants: attribution of series that name none, meaning of the operator's
-- own metrics. One row a kind, its entries in order as JSON.
CREATE TABLE rule_book (
  kind TEXT PRIMARY KEY CHECK (kind IN ('attribution', 'mapping')),
  entries TEXT NOT NULL CHECK (json_valid(entries)),
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
