// The zone image: everything that dnsd may answer, in memory, in wire form, immutable.
//
//   Image ── Zone ── NameTable ── pages ── Node ── RecordSetView
//            apex    hash of the           name    the answer section's bytes, laid out once:
//            SOA     lower-cased name              C0 0C | type | class | TTL | RDLENGTH | RDATA  per record
//
// Who reads it when: workers keep a std::shared_ptr<const Image> of their own and compare a generation number
// once a batch (server's ImageHub); they follow plain pointers while they answer. Nobody writes to an image
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

#include "dnsd/zone/name_table.h"
#include "dnsd/zone/node.h"
#include "zonestore/zone/name.h"

namespace dnsd::zone {

struct Zone {
  zonestore::Name apex;  // lower-cased
  std::uint32_t serial = 0;
  // The SOA as a negative answer carries it (RFC 2308 section 3): owner left out, from the type on, TTL already
  // min(SOA TTL, SOA minimum).
  Bytes negative_soa;
  NameTable names;
};

struct Image {
  std::vector<std::shared_ptr<const Zone>> zones;

  // The zone with the longest apex at or above this name; nullptr: not ours.
  [[nodiscard]] const Zone* find_zone(ByteView lowered_name) const;
  [[nodiscard]] std::size_t memory_bytes() const;
};

}  // namespace dnsd::zone
