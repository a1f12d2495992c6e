-- Keys by what they are: the public key, wherever its row stands.

-- Found by 16 bytes of it: an RSA key's are 16 of the last 32 of its modulus (SubjectPublicKeyInfo ends with them and the
-- five bytes of the exponent 65537), as random as a digest, which SQL could not compute. At two million keys the index
-- has some 70 MB; one over whole keys would have 700.
CREATE INDEX dkim_key_by_public_key ON dkim_key (substr(public_key, -37, 16));
CREATE INDEX dkim_key_revoked ON dkim_key (revoked_ms) WHERE revoked_ms IS NOT NULL;
-- NULL: from before this step.
ALTER TABLE revoked_elsewhere ADD COLUMN public_key BLOB;
CREATE INDEX revoked_elsewhere_by_public_key ON revoked_elsewhere (substr(public_key, -37, 16));

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

-- ---- commits: zonestore/db/commit_mark.h ----

-- Eight random bytes of each of the last commits, newest first.
CREATE TABLE commit_mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  recent BLOB NOT NULL
) STRICT;
