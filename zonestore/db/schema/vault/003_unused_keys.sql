-- Keys that are not known to be in a slot, so that looking for orphans costs what there is of them. See
-- zonestore/vault/README.md.

-- A key enters when it is stored and leaves when the sweep has seen it in a slot, or destroys it. At this step all
-- enter, once.
CREATE TABLE unused_key (
  key_id TEXT PRIMARY KEY CHECK (length(key_id) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO unused_key (key_id) SELECT key_id FROM private_key;

-- What the audit log of the store has still to say of a change of the wrapping key, as JSON; NULL: nothing. It is written
-- in the commit that makes the change, so that neither is without the other.
ALTER TABLE vault ADD COLUMN rekey_note TEXT;

-- Eight random bytes of each of the last commits, newest first: zonestore/db/commit_mark.h.
CREATE TABLE commit_mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  recent BLOB NOT NULL
) STRICT;
