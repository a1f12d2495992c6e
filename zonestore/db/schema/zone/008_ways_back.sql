-- Ways back: removals that can be undone, redo, bulk runs that are taken back, keys that are withdrawn in bulk.

-- The last move of signing: who made it, the bulk run whose rotation it was, and its number, which rises with each.
ALTER TABLE institution ADD COLUMN moved_by TEXT;
ALTER TABLE institution ADD COLUMN moved_in_run INTEGER;
ALTER TABLE institution ADD COLUMN move_count INTEGER NOT NULL DEFAULT 0;

-- What a removal has ended, for as long as it can be taken back. NULL: it is not being removed.
ALTER TABLE institution ADD COLUMN removed_phase TEXT CHECK (removed_phase IN ('starting', 'signing'));
ALTER TABLE institution ADD COLUMN removed_slot INTEGER;
-- Of those that are being removed today the log knows which slot signed.
UPDATE institution SET removed_slot =
  (SELECT CASE json_extract(before_json, '$.active') WHEN 'sel1' THEN 1 WHEN 'sel2' THEN 2 END
   FROM audit WHERE subject = institution.code AND command = 'remove' ORDER BY audit_id DESC LIMIT 1)
  WHERE phase = 'departing';
UPDATE institution SET removed_phase = CASE WHEN removed_slot IS NULL THEN 'starting' ELSE 'signing' END
  WHERE phase = 'departing';

-- A restore used to be written down as an undo; but it opens no way forward.
UPDATE institution SET last_swap = NULL WHERE last_swap = 'undo' AND
  coalesce((SELECT max(audit_id) FROM audit WHERE command = 'restore'), 0) >
  coalesce((SELECT max(audit_id) FROM audit WHERE subject = institution.code AND command = 'undo'), 0);

-- Who began a bulk run: told to whoever finds it at work, or interrupted.
ALTER TABLE bulk_run ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- A signer whose machine was taken, with every key that it held: it is given none again.
ALTER TABLE signer ADD COLUMN taken_ms INTEGER;

-- Keys that such a signer held and that still sign: each is withdrawn as soon as signing can move to a fresh key.
CREATE TABLE revocation_to_come (
  key_id TEXT PRIMARY KEY REFERENCES dkim_key (key_id),
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  slot INTEGER NOT NULL,
  signer TEXT NOT NULL,                             -- whose machine was taken
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revocation_to_come_by_institution ON revocation_to_come (institution_id);
