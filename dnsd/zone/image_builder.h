// Makes images: a whole one from nothing, or the next one from the last, sharing what has not changed.
//
// Threads: one. The base image may be read by any number meanwhile.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "dnsd/zone/image.h"
#include "dnsd/zone/record_layout.h"
#include "dnsd/zone/zone_builder.h"
#include "zonestore/base/error.h"

namespace dnsd::zone {

// Which zone of the image: the base's keep their places, those added follow in order.
enum class ZoneIndex : std::size_t {};

class ImageBuilder {
 public:
  ImageBuilder() = default;
  explicit ImageBuilder(const Image& base);

  // Before the first zone: their slots, as in the image being served.
  void keep_slots(const ZoneSlots& slots) { slots_ = slots; }

  // `served`, if there is one: the zone of that apex in the image being served. Nodes that come out the same are
  // shared with it, so that a reload does not need the memory twice.
  ZoneIndex add_zone(const zonestore::Name& apex, std::size_t expected_names,
                     std::shared_ptr<const Zone> served = nullptr, bool is_private = false);

  // Adds the record set, or replaces the one of that owner and type. Precondition: the owner is at or below
  // the zone's apex. Errors: kDamaged when the record data cannot be laid out; nothing has changed then.
  [[nodiscard]] zonestore::Result<void> put(ZoneIndex zone, const zonestore::Name& owner, RecordType type,
                                            zonestore::Ttl ttl, ByteView packed_rdata);
  // The same for an owner in lower-cased wire form.
  [[nodiscard]] zonestore::Result<void> put(ZoneIndex zone, ByteView lowered_owner, RecordType type,
                                            zonestore::Ttl ttl, ByteView packed_rdata);
  // False: there was none.
  bool remove(ZoneIndex zone, const zonestore::Name& owner, RecordType type);
  bool remove(ZoneIndex zone, ByteView lowered_owner, RecordType type);

  // Errors: kDamaged when a zone has no SOA or not exactly one. The builder is empty afterwards.
  [[nodiscard]] zonestore::Result<std::shared_ptr<const Image>> finish();

 private:
  std::vector<ZoneBuilder> zones_;
  ZoneSlots slots_;
  LaidOut laid_out_;  // kept for its memory
};

}  // namespace dnsd::zone
