-- Keys that are not known to be in a slot, so that looking for orphans costs what there is of them. See
-- zonestore/vault/README.md.

-- A key enters when it is stored and leaves when the sweep has seen it in a slot, or destroys it. At this step all
-- enter, once.
CREATE TABLE unused_key (
  key_id TEXT PRIMARY KEY CHECK (length(key_id) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO unused_key (key_id) SELECT key_id FROM private_key;
