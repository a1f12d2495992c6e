-- However many institutions there are: what is asked for often is found by an index, not by a walk.

-- ---- what time has made due (operations/due.h): each index holds a superset, and the lifecycle's rules decide ----

-- When a drain ends by the wall clock; by the other clock it may be later, never earlier.
CREATE INDEX slot_by_drain_end ON slot (drain_wall_ms + drain_for_ms)
  WHERE drain_wall_ms IS NOT NULL AND drain_waits = 0;
CREATE INDEX institution_in_passing ON institution (code) WHERE phase IN ('starting', 'departing');
-- Policy rotations count from the last move of signing.
CREATE INDEX institution_by_move ON institution (moved_wall_ms) WHERE phase = 'signing';
CREATE INDEX policy_by_key ON policy (key, institution_id);

-- ---- the log and the journal by time ----

CREATE INDEX audit_by_time ON audit (at_ms);
CREATE INDEX journal_change_by_time ON journal_change (zone_id, at_ms);

-- How many changes of a zone its journal holds: each change asks before it cuts.
ALTER TABLE zone ADD COLUMN journal_change_count INTEGER NOT NULL DEFAULT 0;
UPDATE zone SET journal_change_count =
  (SELECT count(*) FROM journal_change AS j WHERE j.zone_id = zone.zone_id);
CREATE TRIGGER journal_grows AFTER INSERT ON journal_change
BEGIN
  UPDATE zone SET journal_change_count = journal_change_count + 1 WHERE zone_id = NEW.zone_id;
END;
CREATE TRIGGER journal_shrinks AFTER DELETE ON journal_change
BEGIN
  UPDATE zone SET journal_change_count = journal_change_count - 1 WHERE zone_id = OLD.zone_id;
END;
