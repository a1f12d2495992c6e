// One zone of an image in the making: its names, as a tree that is always whole, and its census.
//
// Every name between the apex and a record set exists, as an empty non-terminal if it has no records of its own, and
// goes with the last name below it. Begun from a zone that is being served, it shares what it does not change.
// Threads: one. The base may be read by any number meanwhile.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "dnsd/zone/image.h"
#include "zonestore/base/error.h"

namespace dnsd::zone {

class ZoneBuilder {
 public:
  // `slot`: that its answers are counted by (zone_slots.h).
  ZoneBuilder(const zonestore::Name& apex, std::size_t expected_names, std::uint8_t slot, bool is_private);
  explicit ZoneBuilder(std::shared_ptr<const Zone> base);

  // To be built anew from nothing, but beside a zone of the same apex that is still being served: what is put and
  // equals what `served` has is shared with it, not held twice.
  void share_with(std::shared_ptr<const Zone> served);

  // Adds the record set, or replaces the one of that type. Precondition: the owner, lower-cased, is at or below the
  // apex.
  void put(ByteView owner, const RecordSetView& record_set);
  // False: there was none.
  bool remove(ByteView owner, RecordType type);

  // Errors: kDamaged when there is no SOA or not exactly one. The builder is used up.
  [[nodiscard]] zonestore::Result<std::shared_ptr<const Zone>> finish();

 private:
  [[nodiscard]] NameTable& names();
  [[nodiscard]] NodeView served_node(ByteView name, std::uint64_t hash, const RecordSetView& record_set) const;
  [[nodiscard]] ByteView relative(ByteView owner) const { return owner.first(owner.size() - apex_.size_bytes()); }
  [[nodiscard]] bool is_apex(ByteView owner) const { return owner.size() == apex_.size_bytes(); }
  void collect_other_sets(NodeView node, RecordType type);  // into record_sets_
  void link_to_parents(ByteView name);
  void drop_if_unused(ByteView name);
  void count_name(ByteView name, int change);
  void count_record_set(ByteView owner, RecordType type, int change);

  zonestore::Name apex_;  // lower-cased
  std::uint8_t slot_;
  bool is_private_;
  std::shared_ptr<const Zone> base_;    // nullptr: a new zone
  std::shared_ptr<const Zone> served_;  // whose nodes may be shared; nullptr: none
  std::optional<NameTable> names_;      // absent: nothing has changed
  Census census_;
  std::vector<RecordSetView> record_sets_;  // kept for its memory
};

}  // namespace dnsd::zone
