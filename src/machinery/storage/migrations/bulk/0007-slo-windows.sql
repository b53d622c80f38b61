-- The windows that a page's slots have, and what the calendar's present periods hold where the period is no span.
ALTER TABLE slo_page ADD COLUMN plan TEXT NOT NULL DEFAULT '30d';
ALTER TABLE slo_page ADD COLUMN calendar BLOB NOT NULL DEFAULT x'';

-- How a slot's minutes are decided, as JSON, and up to which minute another rule decided. Until now there was one rule.
ALTER TABLE slo_slot ADD COLUMN rule TEXT NOT NULL DEFAULT '';
-- Since when a slot counts in its unit: minutes and events are not added up.
ALTER TABLE slo_slot ADD COLUMN since_tick INTEGER NOT NULL DEFAULT -1;
ALTER TABLE slo_slot ADD COLUMN ruled_from_minute INTEGER NOT NULL DEFAULT -1;
UPDATE slo_slot SET rule = '{"rule":"good-share","targetPpm":950000}'
WHERE page IN (SELECT page FROM slo_page WHERE kind = 'slices');
