-- Signers: what they hold, by content.

-- Whether a drain waits for signers is said here and nowhere else: whoever begins a drain, an operation or a restore,
-- in however many steps, only says when it began. The last acknowledgement sets drain_waits to 0 with its beginning.
DROP TRIGGER drain_waits_for_signers;
CREATE TRIGGER drain_waits_for_signers AFTER UPDATE OF drain_wall_ms, drain_boot_ms ON slot
WHEN NEW.drain_wall_ms IS NOT NULL
  AND (NEW.drain_wall_ms IS NOT OLD.drain_wall_ms OR NEW.drain_boot_ms IS NOT OLD.drain_boot_ms)
  AND NOT (OLD.drain_waits = 1 AND NEW.drain_waits = 0)
BEGIN
  UPDATE slot SET drain_waits = EXISTS (SELECT 1 FROM signer WHERE taken_ms IS NULL)
    WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;
CREATE TRIGGER no_drain_waits_for_nobody AFTER UPDATE OF drain_wall_ms ON slot
WHEN NEW.drain_wall_ms IS NULL AND NEW.drain_waits = 1
BEGIN
  UPDATE slot SET drain_waits = 0 WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;

-- Its directory and each folder there say whose they are and which of their files are ours; 0: enrolled before that.
ALTER TABLE signer ADD COLUMN marked INTEGER NOT NULL DEFAULT 0 CHECK (marked IN (0, 1));
-- How far maintain has come in comparing what lies there: the last institution, when, and when the tables were last.
ALTER TABLE signer ADD COLUMN looked_code TEXT NOT NULL DEFAULT '';
ALTER TABLE signer ADD COLUMN looked_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signer ADD COLUMN tables_looked_ms INTEGER NOT NULL DEFAULT 0;

-- What a look found otherwise than it should be; until somebody syncs that signer by hand, who is then told.
CREATE TABLE signer_finding (
  signer_id INTEGER NOT NULL REFERENCES signer (signer_id) ON DELETE CASCADE,
  path TEXT NOT NULL,                               -- from the directory
  what TEXT NOT NULL,                               -- "has mode 0666: everybody may read it"
  needs_attention INTEGER NOT NULL CHECK (needs_attention IN (0, 1)),   -- 0: somebody else's file, only told
  found_ms INTEGER NOT NULL,
  PRIMARY KEY (signer_id, path)
) STRICT, WITHOUT ROWID;
