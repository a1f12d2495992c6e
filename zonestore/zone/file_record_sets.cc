#include "zonestore/zone/file_record_sets.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

std::string set_key(const Name& owner, RecordType type) {
  const Name lowered = owner.lowered();
  std::string key(lowered.wire().begin(), lowered.wire().end());
  key += static_cast<char>(static_cast<std::uint16_t>(type) >> 8U);
  key += static_cast<char>(static_cast<std::uint16_t>(type) & 0xFFU);
  return key;
}

}  // namespace

void FileRecordSets::add(const Name& owner, RecordType type, Ttl ttl, Bytes&& rdata, std::size_t line) {
  auto [place, is_new] = places_.try_emplace(set_key(owner, type), sets_.size());
  if (is_new) {
    sets_.push_back({RecordSet{owner, type, ttl, {}}, line});
  }
  RecordSet& set = sets_[place->second].set;
  // A signature has the TTL of what it signs, so that those of one name differ (RFC 4034 section 3).
  if (set.ttl != ttl && !is_made_by_signing(type)) {
    meet(set, ttl, line);
  }
  set.rdata.push_back(std::move(rdata));
}

void FileRecordSets::meet(RecordSet& set, Ttl ttl, std::size_t line) {
  const Ttl lower = std::min(set.ttl, ttl);
  faults_.doubt(
      {line, std::nullopt,
       "the records of " + set.owner.to_text() + " " + to_text(set.type) + " have different TTLs, " +
           std::to_string(seconds(set.ttl)) + " and " + std::to_string(seconds(ttl)) + " (RFC 2181 section 5.2)",
       "give all of them the same"},
      "all of them get " + std::to_string(seconds(lower)));
  set.ttl = lower;
}

std::vector<FileRecordSet> FileRecordSets::take_sorted() {
  for (FileRecordSet& each : sets_) {
    if (each.set.rdata.size() > 1) {
      put_in_order_without_twins(each.set.type, each.set.rdata);
    }
  }
  std::sort(sets_.begin(), sets_.end(), [](const FileRecordSet& left, const FileRecordSet& right) {
    const auto order = left.set.owner <=> right.set.owner;
    return std::is_lt(order) || (std::is_eq(order) && left.set.type < right.set.type);
  });
  places_.clear();
  return std::move(sets_);
}

}  // namespace zonestore
