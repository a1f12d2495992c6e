-- Signers whose directory has a folder for each domain in the place of tables of all institutions: their format is
-- "rspamd-folders". A signer that was enrolled before keeps its tables.
ALTER TABLE signer ADD COLUMN form TEXT NOT NULL DEFAULT 'tables' CHECK (form IN ('tables', 'folders'));
