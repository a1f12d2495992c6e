// Publishing: the one way in which a zone's record sets change.
//
// A ZoneChange collects replacements and removals of whole record sets in one zone, inside a transaction
// that its caller owns. commit() then writes what differs: record sets, the SOA with the next serial, the
// zone's count and hash sum, the journal, and trims the journal. A change that changes nothing leaves the
// serial alone. Nothing is visible before the caller's transaction commits.
//
// Threads: one thread, that of the transaction. Errors: database failures are thrown as db::Failure.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "zonestore/db/connection.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {

class ZoneChange {
 public:
  ZoneChange(db::Connection& connection, ZoneId zone);

  void put(const RecordSet& record_set);            // adds it, or replaces the one of that owner and type
  void remove(const Name& owner, RecordType type);  // no effect if there is none

  // The change takes a serial that is not before this one (RFC 1982), and is one even if nothing else differs.
  void not_before(Serial serial) { floor_ = serial; }

  struct Outcome {
    Serial serial;         // of the zone after the change
    bool changed = false;  // false: the zone was already so
  };
  // `now` feeds the serial and dates the journal entry.
  Outcome commit(WallTime now);

 private:
  db::Connection& connection_;
  ZoneId zone_;
  Name apex_;
  std::map<std::pair<Bytes, RecordType>, std::optional<RecordSet>> wanted_;
  std::optional<Serial> floor_;
};

// The zone as published now; nullopt if the store has no zone of that apex.
[[nodiscard]] std::optional<PublishedZone> find_zone(db::Connection& connection, const Name& apex);
[[nodiscard]] std::vector<PublishedZone> list_zones(db::Connection& connection);
[[nodiscard]] std::optional<RecordSet> find_record_set(db::Connection& connection, const PublishedZone& zone,
                                                       const Name& owner, RecordType type);

enum class ZoneAccess : bool { kPublic, kPrivate };  // private: for the peers that are to have it alone

// Makes an empty zone (no records; the first ZoneChange must put the SOA and NS) and gives back its id.
ZoneId create_zone(db::Connection& connection, const Name& apex, ZoneAccess access = ZoneAccess::kPublic);
// The last serial of a zone of that name that was removed: one that comes back must go on behind it.
[[nodiscard]] std::optional<Serial> serial_of_removed(db::Connection& connection, const Name& apex);
// Takes out what is published of the zone, its journal and the zone itself; its last serial is kept. Precondition:
// the rows of its settings and records are gone.
void delete_zone(db::Connection& connection, const PublishedZone& zone);

}  // namespace zonestore
