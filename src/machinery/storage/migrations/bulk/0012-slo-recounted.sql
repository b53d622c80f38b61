-- Up to which tick the counts of each slot of a page were counted again for the worse: nothing is decided because of them.
ALTER TABLE slo_page ADD COLUMN recounted_ticks BLOB NOT NULL DEFAULT x'';
