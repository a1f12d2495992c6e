#include "dnsd/zone/zone_builder.h"

#include <algorithm>
#include <utility>

#include "dnsd/wire/name.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::zone {
namespace {

bool is_wildcard(ByteView name) {
  return name[0] == 1 && name[1] == '*';
}

std::uint8_t label_count(ByteView name) {
  std::uint8_t labels = 0;
  for (; name[0] != 0; name = wire::parent_of(name)) {
    ++labels;
  }
  return labels;
}

void add_to(std::uint32_t& counter, int change) {
  counter += static_cast<std::uint32_t>(change);  // modulo 2^32, as unsigned numbers are
}

}  // namespace

ZoneBuilder::ZoneBuilder(const zonestore::Name& apex, std::size_t expected_names, std::uint8_t slot, bool is_private)
    : apex_(apex.lowered()),
      slot_(slot),
      is_private_(is_private),
      names_(NameTable(hash_name(apex_.wire()), expected_names)) {}

ZoneBuilder::ZoneBuilder(std::shared_ptr<const Zone> base)
    : apex_(base->apex),
      slot_(base->slot),
      is_private_(base->is_private),
      base_(std::move(base)),
      census_(base_->census) {}

void ZoneBuilder::share_with(std::shared_ptr<const Zone> served) {
  served_ = std::move(served);
}

void ZoneBuilder::put(ByteView owner, const RecordSetView& record_set) {
  NameTable& table = names();
  const ByteView name = relative(owner);
  const std::uint64_t hash = table.hash(name);
  const NodeView node = table.find(name, hash);
  if (!node || !node.find(record_set.type)) {
    count_record_set(owner, record_set.type, 1);
  }
  if (!node) {
    const NodeView served = served_node(name, hash, record_set);
    table.put(served ? Node(served) : Node(name, 0, {&record_set, 1}), hash);
    count_name(owner, 1);
    link_to_parents(owner);
    return;
  }
  collect_other_sets(node, record_set.type);
  const auto by_type = [](const RecordSetView& left, const RecordSetView& right) { return left.type < right.type; };
  record_sets_.insert(std::upper_bound(record_sets_.begin(), record_sets_.end(), record_set, by_type), record_set);
  table.put(Node(name, node.children(), record_sets_), hash);
}

// The node that is being served, if it is just what a new one with this one record set would be.
NodeView ZoneBuilder::served_node(ByteView name, std::uint64_t hash, const RecordSetView& record_set) const {
  if (!served_) {
    return {};
  }
  const NodeView served = served_->names.find(name, hash);
  if (!served || served.children() != 0 || served.record_set_count() != 1) {
    return {};
  }
  const RecordSetView present = served.record_set(0);
  const bool is_equal = present.type == record_set.type && present.count == record_set.count &&
                        std::ranges::equal(present.answer, record_set.answer);
  return is_equal ? served : NodeView{};
}

bool ZoneBuilder::remove(ByteView owner, RecordType type) {
  NameTable& table = names();
  const ByteView name = relative(owner);
  const NodeView node = table.find(name);
  if (!node || !node.find(type)) {
    return false;
  }
  count_record_set(owner, type, -1);
  collect_other_sets(node, type);
  table.put(Node(name, node.children(), record_sets_));
  drop_if_unused(owner);
  return true;
}

zonestore::Result<std::shared_ptr<const Zone>> ZoneBuilder::finish() {
  if (!names_) {
    return base_;
  }
  const NodeView apex = names_->find(relative(apex_.wire()));
  const auto soa = apex ? apex.find(RecordType::kSoa) : std::nullopt;
  if (!soa) {
    return zonestore::fail(zonestore::ErrorCode::kDamaged, "zone " + apex_.to_text() + " has no SOA record");
  }
  auto laid_out = lay_out_soa(soa->count, soa->answer);
  if (!laid_out) {
    return zonestore::fail(laid_out.error().code, "zone " + apex_.to_text() + ": " + laid_out.error().message);
  }
  auto zone = std::make_shared<Zone>();
  zone->apex = apex_;
  zone->serial = laid_out->serial;
  zone->slot = slot_;
  zone->is_private = is_private_;
  zone->negative_soa = std::move(laid_out->negative);
  zone->census = census_;
  zone->names = std::move(*names_);
  zone->apex_hash = zone->names.hash(relative(apex_.wire()));
  return zone;
}

NameTable& ZoneBuilder::names() {
  // Not before something changes: a zone that no change touches is handed on as it is.
  if (!names_) {
    names_ = base_->names.share();
  }
  return *names_;
}

void ZoneBuilder::collect_other_sets(NodeView node, RecordType type) {
  // Views into the node that is about to be replaced: Node() copies them before put() lets it go.
  record_sets_.clear();
  for (std::size_t index = 0; index < node.record_set_count(); ++index) {
    if (const RecordSetView present = node.record_set(index); present.type != type) {
      record_sets_.push_back(present);
    }
  }
}

// A name has come into being: it becomes a child, and its parents exist from now on.
void ZoneBuilder::link_to_parents(ByteView name) {
  while (!is_apex(name)) {
    name = wire::parent_of(name);
    if (const NodeView parent = names_->find(relative(name))) {
      names_->set_children(relative(name), parent.children() + 1);
      return;
    }
    names_->put(Node(relative(name), 1, {}));
    count_name(name, 1);
  }
}

// Takes the name out if neither records nor names below hold it, and then its parents likewise.
void ZoneBuilder::drop_if_unused(ByteView name) {
  for (NodeView node = names_->find(relative(name)); node.record_set_count() == 0 && node.children() == 0;) {
    names_->erase(relative(name));
    count_name(name, -1);
    if (is_apex(name)) {
      return;
    }
    name = wire::parent_of(name);
    names_->set_children(relative(name), names_->find(relative(name)).children() - 1);
    node = names_->find(relative(name));
  }
}

void ZoneBuilder::count_name(ByteView name, int change) {
  if (is_wildcard(name) && !is_apex(name)) {
    add_to(census_.wildcards, change);
  }
  // Never less again: a bound that is too large costs a look-up, one that is too small an answer.
  if (change > 0) {
    census_.most_labels = std::max(census_.most_labels, label_count(name));
  }
}

void ZoneBuilder::count_record_set(ByteView owner, RecordType type, int change) {
  if (type == RecordType::kNs && !is_apex(owner)) {
    add_to(census_.cuts, change);
  } else if (type == RecordType::kDname) {
    add_to(census_.dnames, change);
  }
}

}  // namespace dnsd::zone
