-- What is done, or looked at, every so often: when last, by which command, and what was found. 'maintain' ran to its
-- end; 'file' are the pages of zone.db as SQLite checks them, 'zones' the published record sets against the sums that
-- dnsd checks too, 'keys' the vault's private halves, 'log' the audit chain. An empty fault: all was right.
CREATE TABLE last_done (
  what    TEXT NOT NULL PRIMARY KEY CHECK (what IN ('maintain', 'file', 'zones', 'keys', 'log')),
  at_ms   INTEGER NOT NULL,
  command TEXT NOT NULL,
  fault   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
