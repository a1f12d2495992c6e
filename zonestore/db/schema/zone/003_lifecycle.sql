-- The whole key lifecycle: freezing, policy rotations, bulk runs, signers, evidence from the DNS, a chained audit.

-- Frozen: no rotation until it is thawed. NULL: not frozen.
ALTER TABLE store ADD COLUMN frozen_ms INTEGER;
ALTER TABLE store ADD COLUMN frozen_reason TEXT;
ALTER TABLE institution ADD COLUMN frozen_ms INTEGER;
ALTER TABLE institution ADD COLUMN frozen_reason TEXT;

-- When signing last moved or began: policy rotations count from there. NULL (an older store): from when the active
-- key was published.
ALTER TABLE institution ADD COLUMN moved_wall_ms INTEGER;
ALTER TABLE institution ADD COLUMN moved_boot_ms INTEGER;
ALTER TABLE institution ADD COLUMN moved_boot_id TEXT;

-- 1: not all signers have followed the swap that began this drain; its time begins when the last of them has.
ALTER TABLE slot ADD COLUMN drain_waits INTEGER NOT NULL DEFAULT 0 CHECK (drain_waits IN (0, 1));

-- Withdrawn on purpose: a restored older store must not bring such a key back.
ALTER TABLE dkim_key ADD COLUMN revoked_ms INTEGER;

-- Keys that were revoked in what a restore took back, and that no row of dkim_key tells of.
CREATE TABLE revoked_elsewhere (
  key_id TEXT PRIMARY KEY,
  revoked_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When policy rotations may happen: "Tue 09:00-11:00 Europe/Zurich". institution_id 0: the store's.
CREATE TABLE rotation_window (
  institution_id INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

-- ---- bulk commands: one row a run, one an institution; written in the institution's own transaction ----

CREATE TABLE bulk_run (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,                            -- rotate, add, ...
  arguments_json TEXT NOT NULL,                     -- what --resume goes on with
  began_ms INTEGER NOT NULL,
  ended_ms INTEGER                                  -- NULL: at work, or interrupted
) STRICT;

CREATE TABLE bulk_item (
  run_id INTEGER NOT NULL REFERENCES bulk_run (run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  code TEXT NOT NULL,
  arguments_json TEXT NOT NULL DEFAULT '{}',        -- its own: of add, key type and domains
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'failed')),
  note TEXT NOT NULL DEFAULT '',                    -- refused or failed: the error in one line
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bulk_item_by_code ON bulk_item (run_id, code);

-- ---- signers ----

CREATE TABLE signer (
  signer_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL CHECK (format IN ('opendkim', 'rspamd', 'exim', 'files')),
  directory TEXT NOT NULL UNIQUE,                   -- absolute
  command TEXT,                                     -- run after a sync; exit 0 is the acknowledgement
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),   -- 0: after a restore, until somebody has looked
  added_ms INTEGER NOT NULL
) STRICT;

-- The outbox: what of an institution a signer has still to follow. Written by the transaction that makes the change;
-- the row goes when the signer has acknowledged that very change.
CREATE TABLE signer_task (
  signer_id INTEGER NOT NULL REFERENCES signer (signer_id) ON DELETE CASCADE,
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  change INTEGER NOT NULL,                          -- rises with each change of the institution
  since_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '',                 -- of the last attempt, in one line
  PRIMARY KEY (signer_id, institution_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX signer_task_by_institution ON signer_task (institution_id);

-- Rises with each change that signers have to follow.
ALTER TABLE store ADD COLUMN signer_change INTEGER NOT NULL DEFAULT 0;

-- What fills the outbox is the change itself, so that no operation can forget to: a key in a slot, the slot that
-- signs, whether it signs at all, a mail domain. since_ms is 0 until the operation that is at work dates it.
CREATE INDEX signer_task_undated ON signer_task (signer_id) WHERE since_ms = 0;
CREATE VIEW signer_outbox AS SELECT institution_id FROM institution;
CREATE TRIGGER outbox_takes_a_change INSTEAD OF INSERT ON signer_outbox WHEN EXISTS (SELECT 1 FROM signer)
BEGIN
  UPDATE store SET signer_change = signer_change + 1;
  INSERT INTO signer_task (signer_id, institution_id, change, since_ms)
    SELECT g.signer_id, NEW.institution_id, s.signer_change, 0 FROM signer AS g, store AS s WHERE true
    ON CONFLICT (signer_id, institution_id) DO UPDATE SET change = excluded.change;
END;
CREATE TRIGGER signers_follow_a_slot AFTER UPDATE OF key_id ON slot WHEN NEW.key_id IS NOT OLD.key_id
BEGIN
  INSERT INTO signer_outbox (institution_id) VALUES (NEW.institution_id);
END;
CREATE TRIGGER signers_follow_an_institution AFTER UPDATE OF active_slot, phase ON institution
WHEN NEW.active_slot IS NOT OLD.active_slot OR NEW.phase <> OLD.phase
BEGIN
  INSERT INTO signer_outbox (institution_id) VALUES (NEW.institution_id);
END;
CREATE TRIGGER signers_follow_a_new_domain AFTER INSERT ON domain
BEGIN
  INSERT INTO signer_outbox (institution_id) VALUES (NEW.institution_id);
END;
CREATE TRIGGER signers_follow_a_removed_domain AFTER DELETE ON domain
BEGIN
  INSERT INTO signer_outbox (institution_id) VALUES (OLD.institution_id);
END;
CREATE INDEX slot_drain_waits ON slot (institution_id) WHERE drain_waits = 1;
-- A drain that begins while there are signers waits for them. (It is set to begin by the last acknowledgement.)
CREATE TRIGGER drain_waits_for_signers AFTER UPDATE OF drain_wall_ms ON slot
WHEN NEW.drain_wall_ms IS NOT NULL AND NEW.drain_wall_ms IS NOT OLD.drain_wall_ms AND NEW.drain_waits = 0
  AND OLD.drain_waits = 0 AND EXISTS (SELECT 1 FROM signer)
BEGIN
  UPDATE slot SET drain_waits = 1 WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;

-- ---- evidence: what `check` saw in the DNS ----

-- The last look at one thing of one domain: its CNAME for a slot, its SPF record, its DMARC record.
CREATE TABLE evidence (
  institution_id INTEGER NOT NULL REFERENCES institution (institution_id),
  domain BLOB NOT NULL,                             -- lower case, wire form; x'' for what is no domain's
  subject TEXT NOT NULL,                            -- 'sel1', 'sel2', 'spf', 'dmarc'
  verdict TEXT NOT NULL,                            -- 'ok', or the fault's name
  detail TEXT NOT NULL,                             -- one line for people
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (institution_id, domain, subject)
) STRICT, WITHOUT ROWID;

-- The serial that each name server of ours was last seen to serve.
CREATE TABLE server_evidence (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  server TEXT NOT NULL,                             -- name and address, as people read it
  verdict TEXT NOT NULL,                            -- 'ok', 'lagging', 'lame', 'unreachable', ...
  serial INTEGER,
  detail TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (zone_id, server)
) STRICT, WITHOUT ROWID;

-- ---- audit: each row carries a hash over the one before and its own content; NULL: from before there was a chain ----

ALTER TABLE audit ADD COLUMN chain BLOB;
ALTER TABLE store ADD COLUMN audit_chain BLOB;      -- of the newest row, so that a missing end is noticed too
ALTER TABLE store ADD COLUMN audit_count INTEGER NOT NULL DEFAULT 0;  -- chained rows
