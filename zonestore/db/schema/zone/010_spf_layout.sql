-- SPF terms that keep their record while resolvers may hold the old layout.

-- Where the term is to stand: 0 the apex, 1 to 4 _1 to _4. NULL: not settled yet, or there is no room.
ALTER TABLE spf_term ADD COLUMN home INTEGER CHECK (home BETWEEN 0 AND 4);
-- Denied with a drain: when that was, and how long from then it stays. NULL: it stays.
ALTER TABLE spf_term ADD COLUMN leave_wall_ms INTEGER;
ALTER TABLE spf_term ADD COLUMN leave_boot_ms INTEGER;
ALTER TABLE spf_term ADD COLUMN leave_boot_id TEXT;
ALTER TABLE spf_term ADD COLUMN leave_synchronised INTEGER CHECK (leave_synchronised IN (0, 1));
ALTER TABLE spf_term ADD COLUMN leave_trusted_ms INTEGER;
ALTER TABLE spf_term ADD COLUMN leave_for_ms INTEGER;

-- What each name of the SPF zone's records answers, and what resolvers may still hold of before; a row goes once it is
-- forgotten. Without any row (a store of before this step) it is what the zone's record sets say, and nothing else.
CREATE TABLE spf_version (
  version_id INTEGER PRIMARY KEY,
  record INTEGER NOT NULL CHECK (record BETWEEN 0 AND 4),
  text TEXT,                                        -- "v=spf1 ... ~all"; NULL: there was no such record
  largest_ttl INTEGER NOT NULL,                     -- that it was served with; of absence the negative TTL
  held_for_ms INTEGER,                              -- how long from its end it may be held: fixed when it ended
  ended_wall_ms INTEGER,                            -- NULL: it is answered now
  ended_boot_ms INTEGER,
  ended_boot_id TEXT,
  ended_synchronised INTEGER CHECK (ended_synchronised IN (0, 1)),
  ended_trusted_ms INTEGER,
  CHECK ((ended_wall_ms IS NULL) = (held_for_ms IS NULL)),
  CHECK (text IS NOT NULL OR ended_wall_ms IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX spf_version_now ON spf_version (record) WHERE ended_wall_ms IS NULL;
