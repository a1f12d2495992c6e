-- Evidence that ages by the whole moment of its look, and stands while it is bad. Of a look from before nobody knows
-- at which key: it counts only where it was bad.
ALTER TABLE evidence RENAME COLUMN seen_ms TO seen_wall_ms;
ALTER TABLE evidence ADD COLUMN seen_boot_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN seen_boot_id TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN seen_synchronised INTEGER NOT NULL DEFAULT 1 CHECK (seen_synchronised IN (0, 1));
ALTER TABLE evidence ADD COLUMN seen_trusted_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN key_id TEXT NOT NULL DEFAULT '';  -- that the slot held then; '': not known
ALTER TABLE evidence ADD COLUMN behind TEXT NOT NULL DEFAULT '';  -- servers of ours last seen behind, one a line

ALTER TABLE server_evidence RENAME COLUMN seen_ms TO seen_wall_ms;
ALTER TABLE server_evidence ADD COLUMN seen_boot_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE server_evidence ADD COLUMN seen_boot_id TEXT NOT NULL DEFAULT '';
ALTER TABLE server_evidence ADD COLUMN seen_synchronised INTEGER NOT NULL DEFAULT 1
  CHECK (seen_synchronised IN (0, 1));
ALTER TABLE server_evidence ADD COLUMN seen_trusted_ms INTEGER NOT NULL DEFAULT 0;

-- A name server of ours was once seen to serve the zone of the keys: it is delegated.
ALTER TABLE store ADD COLUMN seen_served INTEGER NOT NULL DEFAULT 0 CHECK (seen_served IN (0, 1));
UPDATE store SET seen_served = 1 WHERE
  EXISTS (SELECT 1 FROM server_evidence WHERE zone_id = store.dkim_zone_id AND serial IS NOT NULL)
  OR EXISTS (SELECT 1 FROM evidence WHERE domain = x'' AND verdict IN ('ok', 'lagging', 'key-mismatch'));

-- Of looks from before: the key that the slot holds now is the one that was looked at if it was there then. What was
-- seen of our own side must not be taken for a look at a later key.
UPDATE evidence SET key_id = coalesce((SELECT k.key_id FROM slot AS s JOIN dkim_key AS k USING (key_id)
  WHERE s.institution_id = evidence.institution_id AND 'sel' || s.slot = evidence.subject
  AND k.published_ms <= evidence.seen_wall_ms), '') WHERE domain = x'' AND verdict = 'lagging';
