-- Requests that were turned away are cells of their own, beside the rest of their class: '429', '503' or 'quota'. Cells of before hold both.
ALTER TABLE metrics_cell ADD COLUMN refusal TEXT;
