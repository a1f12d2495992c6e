-- Static records: what operators put into a zone beside what the store makes itself (SOA, NS of the apex, keys, SPF).

-- One row a record set, so that a set has one TTL (RFC 2181 section 5.2). rdata is packed as in record_set.
CREATE TABLE static_record_set (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  owner BLOB NOT NULL,      -- owner key
  type INTEGER NOT NULL CHECK (type BETWEEN 1 AND 65535),
  ttl INTEGER NOT NULL CHECK (ttl BETWEEN 1 AND 2147483647),
  rdata BLOB NOT NULL CHECK (length(rdata) >= 2),
  PRIMARY KEY (zone_id, owner, type)
) STRICT, WITHOUT ROWID;

-- Which NS, MX and SRV records of those lead to which name of the same zone: asked when that name changes.
CREATE TABLE static_target (
  zone_id INTEGER NOT NULL REFERENCES zone (zone_id),
  target BLOB NOT NULL,     -- owner key
  type INTEGER NOT NULL,
  owner BLOB NOT NULL,      -- owner key of the record set
  PRIMARY KEY (zone_id, target, type, owner)
) STRICT, WITHOUT ROWID;

-- The SOA's MNAME where it is none of the name servers (a hidden primary); NULL: the first of them.
ALTER TABLE zone ADD COLUMN primary_server BLOB;

-- Zones that were removed, and their last serial: one that comes back goes on from there.
CREATE TABLE removed_zone (
  apex BLOB NOT NULL PRIMARY KEY,   -- lower case, wire form
  serial INTEGER NOT NULL CHECK (serial BETWEEN 0 AND 4294967295)
) STRICT, WITHOUT ROWID;
