#include "dnsd/zone/loader_intake.h"

#include <functional>
#include <utility>

#include "dnsd/wire/reader.h"
#include "dnsd/wire/record.h"

namespace dnsd::zone {
namespace {

using zonestore::ErrorCode;
using zonestore::JournalOperation;
using zonestore::PublishedHead;
using zonestore::PublishedZone;
using zonestore::Result;

std::string describe(const ReadySet& set) {
  const auto owner = zonestore::Name::from_wire(set.owner);
  return (owner ? owner->to_text() : "?") + " " + zonestore::to_text(set.type);
}

// What the set's records take in an uncompressed message (RFC 1035 section 3.2.1). Of lengths that do not add up it
// is anything: those are refused elsewhere.
std::uint64_t record_data_bytes(const ReadySet& set) {
  std::uint64_t bytes = 0;
  for (wire::Reader reader(set.packed_rdata); !reader.at_end() && reader.ok();) {
    bytes += set.owner.size() + wire::kRecordHeadBytes + reader.take(reader.u16()).size();
  }
  return bytes;
}

Result<void> check_serials(const PublishedHead& head, const Image& image) {
  for (std::size_t index = 0; index < head.zones.size(); ++index) {
    if (image.zones[index]->serial != head.zones[index].serial.value) {
      return zonestore::fail(ErrorCode::kDamaged, "zone " + head.zones[index].apex.to_text() + " has serial " +
                                                      std::to_string(head.zones[index].serial.value) +
                                                      " but its SOA record says " +
                                                      std::to_string(image.zones[index]->serial));
    }
  }
  return {};
}

}  // namespace

std::size_t Preparer::HashZoneId::operator()(zonestore::ZoneId id) const {
  return std::hash<std::int64_t>{}(static_cast<std::int64_t>(id));
}

Preparer::Preparer(const PublishedHead& head) {
  for (std::size_t index = 0; index < head.zones.size(); ++index) {
    places_.emplace(head.zones[index].id, Place{static_cast<ZoneIndex>(index), head.zones[index].apex});
  }
}

Result<ReadySet> Preparer::prepare(const zonestore::StoredRecordSet& stored) {
  const auto found = places_.find(stored.zone);
  if (found == places_.end()) {
    return zonestore::fail(ErrorCode::kDamaged, "a record set belongs to no zone");
  }
  const auto owner = zonestore::decode_owner_key(stored.owner_key, found->second.apex, owner_);
  if (!owner) {
    return tl::unexpected(owner.error());
  }
  return ReadySet{found->second.index,
                  stored.type,
                  stored.ttl,
                  *owner,
                  stored.packed_rdata,
                  zonestore::record_set_hash(stored.owner_key, stored.type, stored.ttl, stored.packed_rdata)};
}

Intake::Intake(const PublishedHead& head, const Image* served)
    : heap_(std::make_unique<util::HugePageHeap>()), tallies_(head.zones.size()) {
  if (served != nullptr) {
    builder_.keep_slots(served->slots);
  }
  for (const PublishedZone& zone : head.zones) {
    (void)builder_.add_zone(zone.apex, static_cast<std::size_t>(zone.record_set_count),
                            served == nullptr ? nullptr : served->find(zone.apex), zone.is_private);
  }
}

// A change makes some nodes among millions: the heap is left as it is.
Intake::Intake(const Loaded& current) : builder_(*current.image), record_data_bytes_(current.record_data_bytes) {
  for (const PublishedZone& zone : current.head.zones) {
    tallies_.push_back({zone.record_set_count, zone.record_set_hash_sum});
  }
}

Result<void> Intake::take(const ReadySet& set, JournalOperation operation) {
  constexpr std::size_t kSetsBetweenMarks = 256;  // some hundred KB
  if (heap_ && record_sets_ % kSetsBetweenMarks == 0) {
    heap_->mark_growth();
  }
  Tally& tally = tallies_[static_cast<std::size_t>(set.zone)];
  ++record_sets_;
  if (operation == JournalOperation::kRemoved) {
    --tally.count;
    tally.hash_sum -= set.hash;
    record_data_bytes_ -= record_data_bytes(set);
    if (!builder_.remove(set.zone, set.owner, set.type)) {
      return zonestore::fail(ErrorCode::kDamaged, "the journal removes " + describe(set) + ", which is not there");
    }
    return {};
  }
  ++tally.count;
  tally.hash_sum += set.hash;
  record_data_bytes_ += record_data_bytes(set);
  auto put = builder_.put(set.zone, set.owner, set.type, set.ttl, set.packed_rdata);
  return put ? put : zonestore::fail(put.error().code, describe(set) + ": " + put.error().message);
}

Result<Loaded> Intake::finish(PublishedHead head, bool whole) {
  for (std::size_t index = 0; index < head.zones.size(); ++index) {
    if (auto checked = check(head.zones[index], tallies_[index]); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  auto image = builder_.finish();
  if (!image) {
    return tl::unexpected(image.error());
  }
  if (auto checked = check_serials(head, **image); !checked) {
    return tl::unexpected(checked.error());
  }
  return Loaded{std::move(*image), std::move(head), whole, record_sets_, record_data_bytes_};
}

Result<void> Intake::check(const PublishedZone& zone, const Tally& tally) {
  if (tally.count == zone.record_set_count && tally.hash_sum == zone.record_set_hash_sum) {
    return {};
  }
  return zonestore::fail(ErrorCode::kDamaged,
                         "zone " + zone.apex.to_text() + " has " + std::to_string(tally.count) +
                             " record sets that do not match its count of " + std::to_string(zone.record_set_count) +
                             " and its checksum",
                         "restore the store from a backup with zonectl restore");
}

}  // namespace dnsd::zone
