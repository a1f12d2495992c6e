-- Trusted time (zonestore/base/moment.h): what a moment needs for its proof, and the last moment that was kept. From
-- here on a moment has five columns: ..._wall_ms, ..._boot_ms, ..._boot_id, ..._synchronised, ..._trusted_ms.

-- The last moment that was kept; NULL: none yet, and trusted time begins at 0 with the first that is.
ALTER TABLE store ADD COLUMN last_wall_ms INTEGER;
ALTER TABLE store ADD COLUMN last_boot_ms INTEGER;
ALTER TABLE store ADD COLUMN last_boot_id TEXT;
ALTER TABLE store ADD COLUMN last_synchronised INTEGER CHECK (last_synchronised IN (0, 1));
ALTER TABLE store ADD COLUMN last_trusted_ms INTEGER;
-- What the wall clock should say is trusted time and this.
ALTER TABLE store ADD COLUMN known_ms INTEGER;

ALTER TABLE institution ADD COLUMN moved_synchronised INTEGER CHECK (moved_synchronised IN (0, 1));
ALTER TABLE institution ADD COLUMN moved_trusted_ms INTEGER;
ALTER TABLE slot ADD COLUMN drain_synchronised INTEGER CHECK (drain_synchronised IN (0, 1));
ALTER TABLE slot ADD COLUMN drain_trusted_ms INTEGER;
ALTER TABLE selector_content ADD COLUMN ended_synchronised INTEGER CHECK (ended_synchronised IN (0, 1));
ALTER TABLE selector_content ADD COLUMN ended_trusted_ms INTEGER;
ALTER TABLE earlier_negative_ttl ADD COLUMN ended_synchronised INTEGER CHECK (ended_synchronised IN (0, 1));
ALTER TABLE earlier_negative_ttl ADD COLUMN ended_trusted_ms INTEGER;

-- The slack that was in force when a content ended: of what has ended.
ALTER TABLE selector_content ADD COLUMN slack_s INTEGER;
UPDATE selector_content SET slack_s = coalesce(
  (SELECT value_s FROM policy AS p WHERE p.institution_id = selector_content.institution_id AND p.key = 'slack'),
  (SELECT value_s FROM policy AS p WHERE p.institution_id = 0 AND p.key = 'slack'), 600) WHERE ended_wall_ms IS NOT NULL;
-- A store from before the last move was kept: policy rotations count from when the active key was published.
UPDATE institution SET moved_boot_ms = 0, moved_boot_id = '', moved_wall_ms =
  (SELECT k.published_ms FROM slot AS s JOIN dkim_key AS k USING (key_id)
   WHERE s.institution_id = institution.institution_id AND s.slot = institution.active_slot)
  WHERE moved_wall_ms IS NULL AND active_slot IS NOT NULL;

-- Moments from before: they count as synchronised, and lie before trusted time began.
UPDATE institution SET moved_synchronised = 1, moved_trusted_ms = 0 WHERE moved_wall_ms IS NOT NULL;
UPDATE slot SET drain_synchronised = 1, drain_trusted_ms = 0 WHERE drain_wall_ms IS NOT NULL;
UPDATE selector_content SET ended_synchronised = 1, ended_trusted_ms = 0 WHERE ended_wall_ms IS NOT NULL;
UPDATE earlier_negative_ttl SET ended_synchronised = 1, ended_trusted_ms = 0;

-- What time has made due: by the wall clock (step 004) or by trusted time; nothing is due that neither finds.
CREATE INDEX slot_by_trusted_drain_end ON slot (drain_trusted_ms + drain_for_ms)
  WHERE drain_wall_ms IS NOT NULL AND drain_waits = 0;
CREATE INDEX institution_by_trusted_move ON institution (moved_trusted_ms) WHERE phase = 'signing';

-- store.highest_wall_ms stays as init or an older program left it: nothing asks for it any more, since no high-water
-- mark becomes now.
