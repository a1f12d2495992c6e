-- The key vault, DIR/vault/vault.db (directory 0700, file 0600): the private halves of the keys.

CREATE TABLE vault (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  store_id TEXT NOT NULL CHECK (length(store_id) = 32),  -- of the zone store that it belongs to
  made_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE private_key (
  key_id TEXT PRIMARY KEY CHECK (length(key_id) = 16),
  pkcs8 BLOB NOT NULL,                                   -- PKCS #8 PrivateKeyInfo, DER
  stored_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
