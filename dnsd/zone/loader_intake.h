// What the loader does with record sets, in two halves that may run on two threads: getting them ready (decoding,
// hashing: no state but the zones' names), and taking them into an image that is being built.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dnsd/util/huge_page_heap.h"
#include "dnsd/zone/image_builder.h"
#include "dnsd/zone/loader.h"
#include "zonestore/base/error.h"
#include "zonestore/zone/published_reader.h"

namespace dnsd::zone {

// A record set whose owner is a name again. The views are those of what it was made from.
struct ReadySet {
  ZoneIndex zone{};
  RecordType type{};
  zonestore::Ttl ttl{};
  ByteView owner;  // lower-cased wire form
  ByteView packed_rdata;
  std::uint64_t hash = 0;  // record_set_hash
};

// Gets record sets ready. Threads: one at a time.
class Preparer {
 public:
  explicit Preparer(const zonestore::PublishedHead& head);

  // The owner's bytes are good until the next call. Errors: kDamaged for an owner key that is none, and for a set of
  // no zone of the head.
  [[nodiscard]] zonestore::Result<ReadySet> prepare(const zonestore::StoredRecordSet& stored);

 private:
  struct Place {
    ZoneIndex index{};
    zonestore::Name apex;
  };
  struct HashZoneId {
    std::size_t operator()(zonestore::ZoneId id) const;
  };

  std::unordered_map<zonestore::ZoneId, Place, HashZoneId> places_;
  zonestore::OwnerBuffer owner_{};
};

// Builds an image and checks it against a head. Threads: one at a time.
class Intake {
 public:
  // Begins a new image of the head's zones. What comes out as it is in `served` (nullptr: none) is shared with it.
  Intake(const zonestore::PublishedHead& head, const Image* served);
  // Goes on from an image and the head that it was made from.
  explicit Intake(const Loaded& current);

  // Errors: kDamaged for record data that cannot be laid out, and for a removal of what is not there.
  [[nodiscard]] zonestore::Result<void> take(const ReadySet& set, zonestore::JournalOperation operation);

  // The image. Errors: kDamaged when what was taken does not add up to what the head says. Precondition: the head has
  // the zones that this began with.
  [[nodiscard]] zonestore::Result<Loaded> finish(zonestore::PublishedHead head, bool whole);

 private:
  // What a zone holds, as far as it was read: counted and added up on the way.
  struct Tally {
    std::uint64_t count = 0;
    std::uint64_t hash_sum = 0;  // mod 2^64
  };

  [[nodiscard]] static zonestore::Result<void> check(const zonestore::PublishedZone& zone, const Tally& tally);

  std::unique_ptr<util::HugePageHeap> heap_;  // of a new image
  ImageBuilder builder_;
  std::vector<Tally> tallies_;  // in the order of the head's zones
  std::size_t record_sets_ = 0;
  std::uint64_t record_data_bytes_ = 0;
};

}  // namespace dnsd::zone
