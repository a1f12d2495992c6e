-- Signers: what they hold, by content.

-- Whether a drain waits for signers is said here and nowhere else: whoever begins a drain, an operation or a restore,
-- in however many steps, only says when it began. The last acknowledgement sets drain_waits to 0 with its beginning.
DROP TRIGGER drain_waits_for_signers;
CREATE TRIGGER drain_waits_for_signers AFTER UPDATE OF drain_wall_ms, drain_boot_ms ON slot
WHEN NEW.drain_wall_ms IS NOT NULL
  AND (NEW.drain_wall_ms IS NOT OLD.drain_wall_ms OR NEW.drain_boot_ms IS NOT OLD.drain_boot_ms)
  AND NOT (OLD.drain_waits = 1 AND NEW.drain_waits = 0)
BEGIN
  UPDATE slot SET drain_waits = EXISTS (SELECT 1 FROM signer)
    WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;
CREATE TRIGGER no_drain_waits_for_nobody AFTER UPDATE OF drain_wall_ms ON slot
WHEN NEW.drain_wall_ms IS NULL AND NEW.drain_waits = 1
BEGIN
  UPDATE slot SET drain_waits = 0 WHERE institution_id = NEW.institution_id AND slot = NEW.slot;
END;
