-- The first tick that each slot of a page counted in as it came, and up to which tick its counts were loaded.
ALTER TABLE slo_page ADD COLUMN first_ticks BLOB NOT NULL DEFAULT x'';
ALTER TABLE slo_page ADD COLUMN loaded_ticks BLOB NOT NULL DEFAULT x'';

-- Which stretches of the past were loaded, in ticks of ten seconds: (from_tick, to_tick].
CREATE TABLE slo_loaded (
  tenant_id TEXT NOT NULL,
  slo_id TEXT NOT NULL,
  from_tick INTEGER NOT NULL,
  to_tick INTEGER NOT NULL CHECK (to_tick > from_tick),
  PRIMARY KEY (tenant_id, slo_id, from_tick)
) STRICT, WITHOUT ROWID;
