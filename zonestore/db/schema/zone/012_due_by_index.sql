-- Who is due by policy is told by the index alone: the wait of each depends on its code and on when it moved.
DROP INDEX institution_by_move;
CREATE INDEX institution_by_move ON institution (moved_wall_ms, code) WHERE phase = 'signing';
DROP INDEX institution_by_trusted_move;
CREATE INDEX institution_by_trusted_move ON institution (moved_trusted_ms, moved_wall_ms, code)
  WHERE phase = 'signing';
