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
-- However the key leaves its slot, there is nothing left to withdraw.
CREATE TRIGGER key_to_revoke_has_left AFTER UPDATE OF key_id ON slot
WHEN OLD.key_id IS NOT NULL AND NEW.key_id IS NOT OLD.key_id
BEGIN
  DELETE FROM revocation_to_come WHERE key_id = OLD.key_id;
END;

-- A taken signer follows nothing, and no drain waits for it.
DROP TRIGGER outbox_takes_a_change;
CREATE TRIGGER outbox_takes_a_change INSTEAD OF INSERT ON signer_outbox WHEN EXISTS (SELECT 1 FROM signer)
BEGIN
  UPDATE store SET signer_change = signer_change + 1;
  INSERT INTO signer_task (signer_id, institution_id, change, since_ms)
    SELECT g.signer_id, NEW.institution_id, s.signer_change, 0 FROM signer AS g, store AS s WHERE g.taken_ms IS NULL
    ON CONFLICT (signer_id, institution_id) DO UPDATE SET change = excluded.change;
END;
DROP TRIGGER drain_waits_for_signers;
CREATE TRIGGER drain_waits_for_signers AFTER UPDATE OF drain_wall_ms ON slot
WHEN NEW.drain_wall_ms IS NOT NULL AND NEW.drain_wall_ms IS NOT OLD.drain_wall_ms AND NEW.drain_waits = 0
  AND OLD.drain_waits = 0 AND EXISTS (SELECT 1 FROM signer WHERE taken_ms IS NULL)
BEGIN
  UPDATE slot SET drain_waits = 1 WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;
