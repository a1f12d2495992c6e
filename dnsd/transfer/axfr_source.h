// A whole zone as a transfer sends it (RFC 5936 section 2.2): SOA, the apex's other sets, all other names in the
// table's order, SOA.
//
// From an image, which it keeps: one state of the zone, whatever is published meanwhile. The record behind the first
// SOA is one of the apex, and so short: a first message never has the SOA alone, which would read as "nothing new" in
// an answer to IXFR. Threads: one for each object.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "dnsd/transfer/record_source.h"
#include "dnsd/zone/image.h"

namespace dnsd::transfer {

class AxfrSource final : public RecordSource {
 public:
  // `zone` is one of the image's.
  AxfrSource(std::shared_ptr<const zone::Image> image, const zone::Zone& zone);

  [[nodiscard]] bool next(SentRecord& record) override;

 private:
  enum class Part : std::uint8_t { kFirstSoa, kApex, kNames, kEnd };

  [[nodiscard]] bool next_soa(SentRecord& record) const;
  [[nodiscard]] bool next_of_node(SentRecord& record);
  [[nodiscard]] bool begin_next_node();
  void begin(zone::NodeView node);

  std::shared_ptr<const zone::Image> image_;
  const zone::Zone& zone_;
  Part part_ = Part::kFirstSoa;
  zone::NameTable::Cursor cursor_;
  zone::NodeView node_;
  std::size_t set_ = 0;                                         // the one that comes next, in node_
  wire::ByteView rest_;                                         // of the one before it
  std::array<std::uint8_t, zonestore::kMaxNameBytes> owner_{};  // node_'s
  std::size_t owner_size_ = 0;
};

}  // namespace dnsd::transfer
