// The changes between two serials as a transfer sends them (RFC 1995 section 4), as one difference: new SOA, old SOA,
// what was removed, new SOA, what was added, new SOA. Threads: one for each object.
#pragma once

#include <cstddef>
#include <memory>

#include "dnsd/transfer/record_source.h"
#include "zonestore/zone/zone_difference.h"

namespace dnsd::transfer {

class DifferenceSource final : public RecordSource {
 public:
  explicit DifferenceSource(std::shared_ptr<const zonestore::ZoneDifference> difference);

  [[nodiscard]] bool next(SentRecord& record) override;

 private:
  [[nodiscard]] const zonestore::DifferenceRecord* at(std::size_t index) const;

  std::shared_ptr<const zonestore::ZoneDifference> difference_;
  std::size_t index_ = 0;
};

}  // namespace dnsd::transfer
