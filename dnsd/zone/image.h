// The zone image: everything that dnsd may answer, in memory, in wire form, immutable.
//
//   Image ── Zone ── NameTable ── pages ── Node ── RecordSetView
//            apex    hash of the           name    the answer section's bytes, laid out once:
//            SOA     lower-cased name              C0 0C | type | class | TTL | RDLENGTH | RDATA  per record
//            census  what look-ups must reckon with
//
// Who reads it when: workers keep a std::shared_ptr<const Image> of their own and compare a generation number
// once a batch (ImageHub); they follow plain pointers while they answer. Nobody writes to an image
// that a worker can see. A change (ImageBuilder) shares every page and node that it does not touch; the old
// image is freed when the last worker has moved on.
//
// Empty non-terminals (RFC 8020, RFC 9499) are nodes without record sets: they exist. A node counts the nodes
// directly below it, so that it can go when its last child and its last record set have gone.
//
// Room for later: a record set may grow a variant with signatures (DO), Zone an NSEC3 chain.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dnsd/zone/apex_table.h"
#include "dnsd/zone/name_table.h"
#include "dnsd/zone/node.h"
#include "dnsd/zone/zone_slots.h"
#include "zonestore/zone/name.h"

namespace dnsd::zone {

// What of a zone makes a name mean more than itself. A plain zone has none of it, and a look-up there is one hash.
struct Census {
  std::uint32_t wildcards = 0;   // names whose first label is an asterisk, empty ones too (RFC 4592 section 2.1.1)
  std::uint32_t cuts = 0;        // NS record sets below the apex (RFC 1034 section 4.2.1)
  std::uint32_t dnames = 0;      // DNAME record sets (RFC 6672)
  std::uint8_t most_labels = 0;  // that a name ever had: nothing is deeper

  [[nodiscard]] bool is_plain() const { return wildcards == 0 && cuts == 0 && dnames == 0; }
};

struct Zone {
  zonestore::Name apex;         // lower-cased
  std::uint64_t apex_hash = 0;  // in `names`
  std::uint32_t serial = 0;
  std::uint8_t slot = ZoneSlots::kOther;  // that its answers are counted by
  bool is_private = false;                // the catalog (RFC 9432): to all but its peers it is not there
  // The SOA as a negative answer carries it (RFC 2308 section 3): owner left out, from the type on, TTL already
  // min(SOA TTL, SOA minimum).
  Bytes negative_soa;
  Census census;
  NameTable names;
};

struct Image {
  Image() = default;
  explicit Image(std::vector<std::shared_ptr<const Zone>> all, ZoneSlots all_slots = {});

  std::vector<std::shared_ptr<const Zone>> zones;
  ApexTable apexes;  // of those that are for the world: who answers for a name
  // Of those that are not: no question, alias or referral comes upon them. Only transfer/gate.h looks here.
  ApexTable private_apexes;
  ZoneSlots slots;  // of these zones, and of those that were served before

  // The zone of that very apex; nullptr: there is none. Precondition: `zones` are in the order of a head's, by apex.
  [[nodiscard]] std::shared_ptr<const Zone> find(const zonestore::Name& apex) const;
  [[nodiscard]] std::size_t memory_bytes() const;
};

}  // namespace dnsd::zone
