-- The zone store, DIR/zone.db. All that is in here is public. Times are milliseconds since 1970 (…_ms) or a
-- moment in three columns (…_wall_ms, …_boot_ms, …_boot_id; see zonestore/base/moment.h). Names are wire form.

-- One row: who this store is, and the highest wall clock that any writer has seen.
CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  store_id TEXT NOT NULL CHECK (length(store_id) = 32),   -- random; the vault carries the same
  made_ms INTEGER NOT NULL,
  highest_wall_ms INTEGER NOT NULL,
  dkim_zone_id INTEGER NOT NULL REFERENCES zone (zone_id) DEFERRABLE INITIALLY DEFERRED,
  spf_zone_id INTEGER NOT NULL REFERENCES zone (zone_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- ---- the zones: settings (business) and what is published from them ----

CREATE TABLE zone (
  zone_id INTEGER PRIMARY KEY,
  apex BLOB NOT NULL UNIQUE,                    -- lower case, wire form
  -- settings
  mailbox BLOB NOT NULL DEFAULT x'00',          -- SOA RNAME, wire form
  soa_ttl INTEGER NOT NULL DEFAULT 3600 CHECK (soa_ttl BETWEEN 1 AND 2147483647),
  refresh INTEGER NOT NULL DEFAULT 3600 CHECK (refresh BETWEEN 1 AND 2147483647),
  retry INTEGER NOT NULL DEFAULT 600 CHECK (retry BETWEEN 1 AND 2147483647),
  expire INTEGER NOT NULL DEFAULT 1209600 CHECK (expire BETWEEN 1 AND 2147483647),
  minimum INTEGER NOT NULL DEFAULT 300 CHECK (minimum BETWEEN 1 AND 2147483647),
  ns_ttl INTEGER NOT NULL DEFAULT 3600 CHECK (ns_ttl BETWEEN 1 AND 2147483647),
  -- published
  serial INTEGER NOT NULL DEFAULT 0 CHECK (serial BETWEEN 0 AND 4294967295),
  record_set_count INTEGER NOT NULL DEFAULT 0,
  record_set_hash_sum INTEGER NOT NULL DEFAULT 0,  -- mod 2^64, stored as the signed 64-bit of the same bits
  journal_row_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE name_server (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  position INTEGER NOT NULL CHECK (position >= 1),   -- 1 is the SOA's MNAME
  name BLOB NOT NULL,
  PRIMARY KEY (zone_id, position),
  UNIQUE (zone_id, name)
) STRICT, WITHOUT ROWID;

-- Negative TTLs that a zone had before the present one: a name that was absent then may be remembered so long.
CREATE TABLE earlier_negative_ttl (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  ttl INTEGER NOT NULL,
  ended_wall_ms INTEGER NOT NULL,
  ended_boot_ms INTEGER NOT NULL,
  ended_boot_id TEXT NOT NULL
) STRICT;

CREATE TABLE record_set (
  record_set_id INTEGER PRIMARY KEY,
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  owner BLOB NOT NULL,      -- owner key: sorts canonically (RFC 4034 section 6.1), see zonestore/zone/name.h
  type INTEGER NOT NULL CHECK (type BETWEEN 0 AND 65535),
  ttl INTEGER NOT NULL CHECK (ttl BETWEEN 1 AND 2147483647),
  rdata BLOB NOT NULL CHECK (length(rdata) >= 2)   -- packed, see zonestore/zone/record_set.h
) STRICT;
CREATE UNIQUE INDEX record_set_by_owner ON record_set (zone_id, owner, type);

-- One row a serial of a zone; change_id orders all changes of the store.
CREATE TABLE journal_change (
  change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  serial_before INTEGER NOT NULL,
  serial_after INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  row_count INTEGER NOT NULL                       -- of its rows in journal_record_set
) STRICT;
CREATE INDEX journal_change_by_zone ON journal_change (zone_id, change_id);

CREATE TABLE journal_record_set (
  change_id INTEGER NOT NULL REFERENCES journal_change (change_id) ON DELETE CASCADE,
  operation INTEGER NOT NULL CHECK (operation IN (0, 1)),   -- 0 removed, 1 added
  owner BLOB NOT NULL,
  type INTEGER NOT NULL,
  ttl INTEGER NOT NULL,
  rdata BLOB NOT NULL,
  PRIMARY KEY (change_id, operation, owner, type)
) STRICT, WITHOUT ROWID;

-- ---- business: institutions, their selector slots and keys ----

CREATE TABLE institution (
  institution_id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 37),
  algorithm TEXT NOT NULL CHECK (algorithm IN ('rsa2048', 'rsa3072', 'rsa4096', 'ed25519')),  -- of new keys
  phase TEXT NOT NULL CHECK (phase IN ('starting', 'signing', 'departing', 'departed')),
  active_slot INTEGER,                              -- the slot that signs; NULL only while signing is stopped
  last_swap TEXT CHECK (last_swap IN ('rotate', 'undo')),
  added_ms INTEGER NOT NULL,
  departed_ms INTEGER,
  CHECK ((active_slot IS NOT NULL) = (phase = 'signing')),
  CHECK ((departed_ms IS NOT NULL) = (phase = 'departed')),
  FOREIGN KEY (institution_id, active_slot) REFERENCES slot (institution_id, slot) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE domain (
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  name BLOB NOT NULL UNIQUE,                        -- lower case, wire form
  added_ms INTEGER NOT NULL,
  PRIMARY KEY (institution_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE dkim_key (
  key_id TEXT PRIMARY KEY CHECK (length(key_id) = 16),   -- random, lower-case hex; names it in the vault too
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  slot INTEGER NOT NULL,
  algorithm TEXT NOT NULL,
  public_key BLOB NOT NULL,                         -- SubjectPublicKeyInfo, DER
  published_ms INTEGER NOT NULL,
  withdrawn_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX dkim_key_by_institution ON dkim_key (institution_id, published_ms);

CREATE TABLE slot (
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  slot INTEGER NOT NULL CHECK (slot BETWEEN 1 AND 9),
  key_id TEXT UNIQUE REFERENCES dkim_key (key_id),  -- NULL: empty or revoked
  revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
  drain_wall_ms INTEGER,                            -- when it stopped signing; NULL: nothing to drain
  drain_boot_ms INTEGER,
  drain_boot_id TEXT,
  drain_for_ms INTEGER,                             -- how long from then, fixed when it began
  PRIMARY KEY (institution_id, slot),
  CHECK (NOT (revoked = 1 AND key_id IS NOT NULL)),
  CHECK ((drain_wall_ms IS NULL) = (drain_for_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER active_slot_holds_a_key BEFORE UPDATE OF active_slot ON institution
WHEN NEW.active_slot IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM slot WHERE institution_id = NEW.institution_id AND slot = NEW.active_slot AND key_id IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'the active slot must hold a key');
END;
CREATE TRIGGER active_slot_keeps_its_key BEFORE UPDATE OF key_id ON slot
WHEN NEW.key_id IS NULL AND EXISTS (
  SELECT 1 FROM institution WHERE institution_id = NEW.institution_id AND active_slot = NEW.slot)
BEGIN
  SELECT RAISE(ABORT, 'the active slot must keep its key');
END;

-- What each selector's name has served, ever: the present content has no end. Ripening reads the earlier ones.
CREATE TABLE selector_content (
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  slot INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('absent', 'key', 'revoked')),
  key_id TEXT,
  largest_ttl INTEGER NOT NULL,                     -- that it was served with; for absence the negative TTL
  ended_wall_ms INTEGER,
  ended_boot_ms INTEGER,
  ended_boot_id TEXT,
  PRIMARY KEY (institution_id, slot, sequence)
) STRICT, WITHOUT ROWID;

-- ---- business: SPF, policy, audit ----

CREATE TABLE spf_term (
  position INTEGER PRIMARY KEY,
  term TEXT NOT NULL UNIQUE,                        -- canonical: ip4:192.0.2.0/24
  added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE policy (
  institution_id INTEGER NOT NULL,                  -- 0: the store's
  key TEXT NOT NULL,
  value_s INTEGER NOT NULL,                         -- seconds
  PRIMARY KEY (institution_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,                              -- --actor, else the login user
  login TEXT NOT NULL,                              -- the person at the terminal: login or sudo user
  command TEXT NOT NULL,                            -- rotate, add, ...
  subject TEXT NOT NULL,                            -- the institution's code, a zone, or ''
  what TEXT NOT NULL,                               -- one line for people
  override_code TEXT,
  reason TEXT,
  before_json TEXT NOT NULL,
  after_json TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, audit_id);
