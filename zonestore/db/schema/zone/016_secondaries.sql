-- Secondaries: who may have the zones and hears of their changes, what was seen of each server since when, and the
-- catalog (RFC 9432). All names are lower case, wire form. No secret is in here: a key is a name, its bytes belong to the
-- host that serves.

-- One row a life of a secondary: from when it was added to when it was removed, disabled, or got other addresses or
-- zones; what comes after is a new row. Lives that have ended stay for as long as a content may wait for them.
CREATE TABLE secondary (
  secondary_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
  from_addresses_only INTEGER NOT NULL DEFAULT 0 CHECK (from_addresses_only IN (0, 1)),  -- with a key: and from there
  all_zones INTEGER NOT NULL DEFAULT 1 CHECK (all_zones IN (0, 1)),   -- all but the catalog
  catalog INTEGER NOT NULL DEFAULT 0 CHECK (catalog IN (0, 1)),
  ixfr INTEGER NOT NULL DEFAULT 1 CHECK (ixfr IN (0, 1)),             -- 0: an IXFR is answered with the whole zone
  anycast INTEGER NOT NULL DEFAULT 0 CHECK (anycast IN (0, 1)),       -- several sites behind its addresses
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),         -- 0: removed, or followed by another row
  added_wall_ms INTEGER NOT NULL,
  added_boot_ms INTEGER NOT NULL,
  added_boot_id TEXT NOT NULL,
  added_synchronised INTEGER NOT NULL CHECK (added_synchronised IN (0, 1)),
  added_trusted_ms INTEGER NOT NULL,
  removed_wall_ms INTEGER,                          -- NULL: enabled; listed all the same: disabled
  removed_boot_ms INTEGER,
  removed_boot_id TEXT,
  removed_synchronised INTEGER CHECK (removed_synchronised IN (0, 1)),
  removed_trusted_ms INTEGER,
  CHECK (listed = 1 OR removed_wall_ms IS NOT NULL),
  CHECK (catalog = 0 OR all_zones = 1)
) STRICT;
CREATE UNIQUE INDEX secondary_by_name ON secondary (name) WHERE listed = 1;

-- The TSIG keys that it may sign with; none: it is known by its address alone.
CREATE TABLE secondary_key (
  secondary_id INTEGER NOT NULL REFERENCES secondary (secondary_id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position IN (1, 2)),
  name BLOB NOT NULL,
  PRIMARY KEY (secondary_id, position),
  UNIQUE (secondary_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE secondary_address (
  secondary_id INTEGER NOT NULL REFERENCES secondary (secondary_id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 1),  -- as they were named: the first that answers is asked
  address BLOB NOT NULL CHECK (length(address) IN (4, 16)),
  port INTEGER NOT NULL DEFAULT 53 CHECK (port BETWEEN 1 AND 65535),
  PRIMARY KEY (secondary_id, position),
  UNIQUE (secondary_id, address, port)
) STRICT, WITHOUT ROWID;

-- Only where all_zones = 0.
CREATE TABLE secondary_zone (
  secondary_id INTEGER NOT NULL REFERENCES secondary (secondary_id) ON DELETE CASCADE,
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id) ON DELETE CASCADE,
  PRIMARY KEY (secondary_id, zone_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secondary_zone_by_zone ON secondary_zone (zone_id);

-- Several sites stand behind this name's addresses: a look sees one of them.
ALTER TABLE name_server ADD COLUMN anycast INTEGER NOT NULL DEFAULT 0 CHECK (anycast IN (0, 1));

-- Where an IXFR from some serial begins.
CREATE INDEX journal_change_by_serial ON journal_change (zone_id, serial_before);

-- The catalog is private: for those secondaries alone that are to have it. A member's label is random, and new when a
-- zone is made anew; NULL: no catalog has listed the zone yet.
ALTER TABLE zone ADD COLUMN private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1));
ALTER TABLE zone ADD COLUMN member_label TEXT;
ALTER TABLE store ADD COLUMN catalog_zone_id INTEGER REFERENCES zone (zone_id);

-- ---- what waits for the servers (zonestore/dkim/propagation.h) ----

-- From when to when each server was seen with a serial: one row a new serial. A look that sees an older one deletes the
-- server's later rows: it went back. Waits begin with these moments, so they are those of the transaction that keeps the
-- look, not of the look. Older than 40 days they leave, but for a server's newest.
CREATE TABLE server_serial (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id) ON DELETE CASCADE,
  server TEXT NOT NULL,                             -- a name server: as in server_evidence; a secondary: '#' and its id
  secondary_id INTEGER REFERENCES secondary (secondary_id) ON DELETE CASCADE,  -- NULL: a name server
  serial INTEGER NOT NULL CHECK (serial BETWEEN 0 AND 4294967295),
  first_seen_wall_ms INTEGER NOT NULL,
  first_seen_boot_ms INTEGER NOT NULL,
  first_seen_boot_id TEXT NOT NULL,
  first_seen_synchronised INTEGER NOT NULL CHECK (first_seen_synchronised IN (0, 1)),
  first_seen_trusted_ms INTEGER NOT NULL,
  last_seen_wall_ms INTEGER NOT NULL,
  last_seen_boot_ms INTEGER NOT NULL,
  last_seen_boot_id TEXT NOT NULL,
  last_seen_synchronised INTEGER NOT NULL CHECK (last_seen_synchronised IN (0, 1)),
  last_seen_trusted_ms INTEGER NOT NULL,
  PRIMARY KEY (zone_id, server, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_serial_by_secondary ON server_serial (secondary_id) WHERE secondary_id IS NOT NULL;

-- Refresh + retry that secondaries may still go by, in seconds, once others are published (as earlier_negative_ttl).
CREATE TABLE earlier_refresh (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id) ON DELETE CASCADE,
  refresh_and_retry INTEGER NOT NULL,
  ended_wall_ms INTEGER NOT NULL,
  ended_boot_ms INTEGER NOT NULL,
  ended_boot_id TEXT NOT NULL,
  ended_synchronised INTEGER NOT NULL CHECK (ended_synchronised IN (0, 1)),
  ended_trusted_ms INTEGER NOT NULL
) STRICT;

-- The serial that ended a content; -1 until the change at work has its serial. NULL: it has not ended, or was ended
-- before this step, and is waited for by time alone.
ALTER TABLE selector_content ADD COLUMN ended_serial INTEGER;
CREATE INDEX selector_content_unserialled ON selector_content (institution_id) WHERE ended_serial = -1;
ALTER TABLE spf_version ADD COLUMN ended_serial INTEGER;
