#include "dnsd/zone/loader.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "dnsd/zone/image_builder.h"

namespace dnsd::zone {
namespace {

using zonestore::ErrorCode;
using zonestore::JournalOperation;
using zonestore::PublishedHead;
using zonestore::PublishedZone;
using zonestore::Result;
using zonestore::StoredRecordSet;
using zonestore::ZoneId;

// What a zone should hold, as far as it was read: counted and added up on the way.
struct Tally {
  ZoneIndex index{};
  zonestore::Name apex;
  std::uint64_t count = 0;
  std::uint64_t hash_sum = 0;  // mod 2^64

  void add(std::uint64_t hash) {
    ++count;
    hash_sum += hash;
  }
  void subtract(std::uint64_t hash) {
    --count;
    hash_sum -= hash;
  }
};

// Feeds a builder from the reader's callbacks, which cannot fail: the first error is kept, the rest skipped.
class Intake {
 public:
  Intake() = default;
  // Goes on from an image and the head that it was made from.
  explicit Intake(const Loaded& current) : builder_(*current.image) {
    for (std::size_t index = 0; index < current.head.zones.size(); ++index) {
      const PublishedZone& zone = current.head.zones[index];
      tallies_.emplace(
          zone.id, Tally{static_cast<ZoneIndex>(index), zone.apex, zone.record_set_count, zone.record_set_hash_sum});
    }
  }

  void begin(const PublishedHead& head) {
    for (const PublishedZone& zone : head.zones) {
      const auto expected_names = static_cast<std::size_t>(zone.record_set_count);
      tallies_.emplace(zone.id, Tally{builder_.add_zone(zone.apex, expected_names), zone.apex, 0, 0});
    }
  }

  void add(const StoredRecordSet& stored) { take(stored, JournalOperation::kAdded); }

  void take(const StoredRecordSet& stored, JournalOperation operation) {
    if (error_) {
      return;
    }
    ++record_sets_;
    if (auto taken = try_take(stored, operation); !taken) {
      error_ = std::move(taken.error());
    }
  }

  // The image, if all that was taken adds up to what the head says.
  [[nodiscard]] Result<Loaded> finish(PublishedHead head, bool whole) {
    if (error_) {
      return tl::unexpected(*error_);
    }
    for (const PublishedZone& zone : head.zones) {
      if (auto checked = check(zone); !checked) {
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
    return Loaded{std::move(*image), std::move(head), whole, record_sets_};
  }

 private:
  [[nodiscard]] Result<void> try_take(const StoredRecordSet& stored, JournalOperation operation) {
    const auto found = tallies_.find(stored.zone);
    if (found == tallies_.end()) {
      return zonestore::fail(ErrorCode::kDamaged, "a record set belongs to no zone");
    }
    Tally& tally = found->second;
    const auto owner = zonestore::decode_owner_key(stored.owner_key, tally.apex);
    if (!owner) {
      return tl::unexpected(owner.error());
    }
    const std::uint64_t hash =
        zonestore::record_set_hash(stored.owner_key, stored.type, stored.ttl, stored.packed_rdata);
    if (operation == JournalOperation::kRemoved) {
      tally.subtract(hash);
      return remove(tally, *owner, stored.type);
    }
    tally.add(hash);
    auto put = builder_.put(tally.index, *owner, stored.type, stored.ttl, stored.packed_rdata);
    return put ? put : zonestore::fail(put.error().code, describe(*owner, stored.type) + ": " + put.error().message);
  }

  [[nodiscard]] Result<void> remove(const Tally& tally, const zonestore::Name& owner, RecordType type) {
    if (!builder_.remove(tally.index, owner, type)) {
      return zonestore::fail(ErrorCode::kDamaged,
                             "the journal removes " + describe(owner, type) + ", which is not there");
    }
    return {};
  }

  [[nodiscard]] static std::string describe(const zonestore::Name& owner, RecordType type) {
    return owner.to_text() + " " + zonestore::to_text(type);
  }

  [[nodiscard]] Result<void> check(const PublishedZone& zone) const {
    const Tally& tally = tallies_.at(zone.id);
    if (tally.count == zone.record_set_count && tally.hash_sum == zone.record_set_hash_sum) {
      return {};
    }
    return zonestore::fail(ErrorCode::kDamaged,
                           "zone " + zone.apex.to_text() + " has " + std::to_string(tally.count) +
                               " record sets that do not match its count of " +
                               std::to_string(zone.record_set_count) + " and its checksum",
                           "restore the store from a backup with zonectl restore");
  }

  [[nodiscard]] static Result<void> check_serials(const PublishedHead& head, const Image& image) {
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

  struct HashZoneId {
    std::size_t operator()(ZoneId id) const { return std::hash<std::int64_t>{}(static_cast<std::int64_t>(id)); }
  };

  ImageBuilder builder_;
  std::unordered_map<ZoneId, Tally, HashZoneId> tallies_;
  std::optional<zonestore::Error> error_;
  std::size_t record_sets_ = 0;
};

// What of a zone a commit changes.
bool same_content(const PublishedHead& left, const PublishedHead& right) {
  return std::equal(left.zones.begin(), left.zones.end(), right.zones.begin(), right.zones.end(),
                    [](const PublishedZone& one, const PublishedZone& other) {
                      return one.serial == other.serial && one.record_set_count == other.record_set_count &&
                             one.record_set_hash_sum == other.record_set_hash_sum;
                    });
}

// A zone that came or went is loaded anew: it happens once in years, and an image's zones keep their order.
bool same_zones(const PublishedHead& left, const PublishedHead& right) {
  return std::equal(left.zones.begin(), left.zones.end(), right.zones.begin(), right.zones.end(),
                    [](const PublishedZone& one, const PublishedZone& other) {
                      return one.id == other.id && one.apex == other.apex;
                    });
}

}  // namespace

Result<Loaded> load(zonestore::PublishedReader& reader) {
  Intake intake;
  auto head = reader.load([&](const PublishedHead& first) { intake.begin(first); },
                          [&](const StoredRecordSet& stored) { intake.add(stored); });
  if (!head) {
    return tl::unexpected(head.error());
  }
  return intake.finish(std::move(*head), true);
}

Result<Loaded> follow(zonestore::PublishedReader& reader, const Loaded& current) {
  Intake intake(current);
  bool reached = false;
  bool any_change = false;
  auto head = reader.catch_up(
      current.head.store_id, current.head.newest_change,
      [&](zonestore::ChangeId, JournalOperation operation, const StoredRecordSet& stored) {
        any_change = true;
        intake.take(stored, operation);
      },
      reached);
  if (!head) {
    return tl::unexpected(head.error());
  }
  if (!reached || !same_zones(*head, current.head)) {
    return load(reader);
  }
  if (!any_change && same_content(*head, current.head)) {
    return Loaded{current.image, std::move(*head), false, 0};
  }
  // A journal that does not lead to the head is no reason to stop: what the store holds now decides.
  auto followed = intake.finish(std::move(*head), false);
  return followed ? std::move(followed) : load(reader);
}

}  // namespace dnsd::zone
