// What lies between two serials of a zone: a span of its journal, condensed to the records that differ (RFC 1995).
//
//   rows of the span, oldest first ─> for each (owner, type) what was there before and what is there after
//                                     equal ones drop out; of the others the records that differ, by TTL and data
//
// The apex's SOA is no record of the difference: that of the first and that of the last change are its frame.
// Pure. Threads: one for each object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "zonestore/zone/published_reader.h"

namespace zonestore {

struct DifferenceRecord {
  Bytes owner;  // wire form
  RecordType type{};
  Ttl ttl{};
  Bytes rdata;

  friend bool operator==(const DifferenceRecord&, const DifferenceRecord&) = default;
};

struct ZoneDifference {
  DifferenceRecord soa_before;
  DifferenceRecord soa_after;
  std::vector<DifferenceRecord> removed;  // each was there before, and is not there after
  std::vector<DifferenceRecord> added;    // the other way round
};

class DifferenceBuilder {
 public:
  explicit DifferenceBuilder(Name apex) : apex_(std::move(apex)) {}

  // One row, in the order of the journal. Errors: kDamaged: it does not follow from those before.
  [[nodiscard]] Result<void> add(JournalOperation operation, const StoredRecordSet& row);

  // About what it takes in memory.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // Errors: kDamaged: record data that does not add up, or a span without a SOA at both of its ends.
  [[nodiscard]] Result<ZoneDifference> finish() const;

 private:
  struct Content {
    Ttl ttl{};
    Bytes packed_rdata;

    friend bool operator==(const Content&, const Content&) = default;
  };
  struct Sides {
    std::optional<Content> before;
    std::optional<Content> after;
  };
  using Key = std::pair<Bytes, RecordType>;  // the owner's key

  [[nodiscard]] Result<void> add_differing(const Key& key, const Sides& sides, ZoneDifference& difference) const;

  Name apex_;
  std::map<Key, Sides> sets_;
  std::size_t bytes_ = 0;
};

}  // namespace zonestore
