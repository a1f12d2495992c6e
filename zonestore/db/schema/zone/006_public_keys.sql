-- Keys by what they are: the public key, wherever its row stands.

-- ---- private halves in the vault that no slot uses, as far as it is known here; swept by `maintain` ----

-- withdrawn 1: taken out of its slot; the private half goes at once, and the row with it.
-- withdrawn 0: seen in the vault and in no slot: of a command that is at work, or of one that died. seen_...: since when.
CREATE TABLE unused_key (
  key_id TEXT PRIMARY KEY CHECK (length(key_id) = 16),
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  seen_wall_ms INTEGER,
  seen_boot_ms INTEGER,
  seen_boot_id TEXT,
  seen_synchronised INTEGER,
  seen_trusted_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX unused_key_withdrawn ON unused_key (key_id) WHERE withdrawn = 1;
CREATE TRIGGER withdrawn_key_is_unused AFTER UPDATE OF key_id ON slot
WHEN OLD.key_id IS NOT NULL AND NEW.key_id IS NOT OLD.key_id
BEGIN
  INSERT OR REPLACE INTO unused_key (key_id, withdrawn) VALUES (OLD.key_id, 1);
END;
CREATE TRIGGER key_in_a_slot_is_used AFTER UPDATE OF key_id ON slot WHEN NEW.key_id IS NOT NULL
BEGIN
  DELETE FROM unused_key WHERE key_id = NEW.key_id;
END;
