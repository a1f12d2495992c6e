#include "zonestore/zone/zone_difference.h"

#include <algorithm>

namespace zonestore {
namespace {

constexpr std::size_t kBytesOfEntry = 128;  // of a map's node and what it holds, but for the data

tl::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::kDamaged, "the journal of the zone is damaged: " + what);
}

}  // namespace

Result<void> DifferenceBuilder::add(JournalOperation operation, const StoredRecordSet& row) {
  const Content content{row.ttl, {row.packed_rdata.begin(), row.packed_rdata.end()}};
  const auto [place, is_new] =
      sets_.try_emplace({Bytes(row.owner_key.begin(), row.owner_key.end()), row.type}, Sides{});
  Sides& sides = place->second;
  bytes_ += content.packed_rdata.size() + (is_new ? kBytesOfEntry + row.owner_key.size() : 0);
  if (operation == JournalOperation::kRemoved) {
    if (is_new) {
      sides.before = content;
    } else if (sides.after != content) {
      return damaged("it removes what was not there");
    }
    sides.after.reset();
    return {};
  }
  if (sides.after) {
    return damaged("it adds what was there");
  }
  sides.after = content;
  return {};
}

Result<ZoneDifference> DifferenceBuilder::finish() const {
  ZoneDifference difference;
  // Not find(): g++ 12 warns of an overread where it sees an empty vector compared. The apex's sets are the first.
  const auto soa = std::find_if(sets_.begin(), sets_.end(), [](const auto& entry) {
    return entry.first.first.empty() && entry.first.second == RecordType::kSoa;
  });
  if (soa == sets_.end() || !soa->second.before || !soa->second.after) {
    return damaged("it has no SOA");
  }
  for (const auto& [side, record] : {std::pair{&soa->second.before, &difference.soa_before},
                                     std::pair{&soa->second.after, &difference.soa_after}}) {
    auto unpacked = unpack_rdata((*side)->packed_rdata);
    if (!unpacked || unpacked->size() != 1) {
      return damaged("its SOA is none");
    }
    *record = {{apex_.wire().begin(), apex_.wire().end()}, RecordType::kSoa, (*side)->ttl, unpacked->front()};
  }
  for (const auto& entry : sets_) {
    if (&entry != &*soa) {
      if (auto added = add_differing(entry.first, entry.second, difference); !added) {
        return tl::unexpected(added.error());
      }
    }
  }
  return difference;
}

Result<void> DifferenceBuilder::add_differing(const Key& key, const Sides& sides, ZoneDifference& difference) const {
  if (sides.before == sides.after) {
    return {};
  }
  const auto owner = decode_owner_key(key.first, apex_);
  const auto records_of = [](const std::optional<Content>& content) -> Result<std::vector<Bytes>> {
    return content ? unpack_rdata(content->packed_rdata) : std::vector<Bytes>();
  };
  const auto before = records_of(sides.before);
  const auto after = records_of(sides.after);
  if (!owner || !before || !after) {
    return damaged("a record set is none");
  }
  // A change of TTL is removal and addition of all of them (RFC 2181 section 5.2).
  const bool same_ttl = sides.before && sides.after && sides.before->ttl == sides.after->ttl;
  const auto add_those_without = [&](const std::vector<Bytes>& all, const std::vector<Bytes>& others, Ttl ttl,
                                     std::vector<DifferenceRecord>& out) {
    for (const Bytes& rdata : all) {
      if (!same_ttl || std::ranges::find(others, rdata) == others.end()) {
        out.push_back({{owner->wire().begin(), owner->wire().end()}, key.second, ttl, rdata});
      }
    }
  };
  add_those_without(*before, *after, sides.before ? sides.before->ttl : Ttl{}, difference.removed);
  add_those_without(*after, *before, sides.after ? sides.after->ttl : Ttl{}, difference.added);
  return {};
}

}  // namespace zonestore
