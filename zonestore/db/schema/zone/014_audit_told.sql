-- When maintain last told the newest audit row and its value, which its journal carries off the machine: once a day.
-- NULL: never.
ALTER TABLE store ADD COLUMN audit_told_ms INTEGER;
