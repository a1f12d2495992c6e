#include "dnsd/transfer/difference_source.h"

#include <utility>

namespace dnsd::transfer {

DifferenceSource::DifferenceSource(std::shared_ptr<const zonestore::ZoneDifference> difference)
    : difference_(std::move(difference)) {}

bool DifferenceSource::next(SentRecord& record) {
  const zonestore::DifferenceRecord* const found = at(index_);
  if (found == nullptr) {
    return false;
  }
  ++index_;
  record = {found->owner, {found->type, zonestore::seconds(found->ttl), found->rdata}};
  return true;
}

const zonestore::DifferenceRecord* DifferenceSource::at(std::size_t index) const {
  const zonestore::ZoneDifference& all = *difference_;
  const std::size_t second_soa = 2 + all.removed.size();
  const std::size_t last_soa = second_soa + 1 + all.added.size();
  if (index == 0 || index == second_soa || index == last_soa) {
    return &all.soa_after;
  }
  if (index == 1) {
    return &all.soa_before;
  }
  if (index < second_soa) {
    return &all.removed[index - 2];
  }
  return index < last_soa ? &all.added[index - second_soa - 1] : nullptr;
}

}  // namespace dnsd::transfer
