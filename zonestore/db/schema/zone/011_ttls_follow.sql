-- Published TTLs follow the store's policy in slices.

-- One row while they have still to: those of the institutions after this code, in the order of the codes. Whoever
-- finds it goes on. Which TTL a name was served with stands in selector_content, whatever the policy says meanwhile.
CREATE TABLE ttls_behind (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  after_code TEXT NOT NULL
) STRICT;
