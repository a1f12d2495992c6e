#include "dnsd/zone/image_builder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dnsd::zone {
namespace {

// The lower-cased owner, on the stack.
class Lowered {
 public:
  explicit Lowered(const zonestore::Name& name) : size_(name.size_bytes()) {
    const ByteView wire = name.wire();
    std::transform(wire.begin(), wire.end(), bytes_.begin(), zonestore::to_lower);
  }
  [[nodiscard]] ByteView view() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, zonestore::kMaxNameBytes> bytes_;
  std::size_t size_;
};

ByteView parent_of(ByteView name) {
  return name.subspan(name[0] + 1U);
}

// A name has come into being: it becomes a child, and its parents exist from now on.
void link_to_parents(NameTable& names, ByteView name, std::size_t apex_size) {
  while (name.size() > apex_size) {
    name = parent_of(name);
    if (const Node* parent = names.find(name)) {
      names.set_children(name, parent->children() + 1);
      return;
    }
    names.put(Node(name, 1, {}));
  }
}

// Takes the name out if neither records nor names below hold it, and then its parents likewise.
void drop_if_unused(NameTable& names, ByteView name, std::size_t apex_size) {
  for (const Node* node = names.find(name); node->record_set_count() == 0 && node->children() == 0;) {
    names.erase(name);
    if (name.size() == apex_size) {
      return;
    }
    name = parent_of(name);
    names.set_children(name, names.find(name)->children() - 1);
    node = names.find(name);
  }
}

}  // namespace

ImageBuilder::ImageBuilder(const Image& base) {
  drafts_.reserve(base.zones.size());
  for (const std::shared_ptr<const Zone>& zone : base.zones) {
    drafts_.push_back(Draft{zone->apex, zone, std::nullopt});
  }
}

ZoneIndex ImageBuilder::add_zone(const zonestore::Name& apex, std::size_t expected_names) {
  drafts_.push_back(Draft{apex.lowered(), nullptr, NameTable(expected_names)});
  return static_cast<ZoneIndex>(drafts_.size() - 1);
}

zonestore::Result<void> ImageBuilder::put(ZoneIndex zone, const zonestore::Name& owner, RecordType type,
                                          zonestore::Ttl ttl, ByteView packed_rdata) {
  if (auto laid_out = lay_out(type, ttl, packed_rdata, laid_out_); !laid_out) {
    return laid_out;
  }
  Draft& draft = drafts_[static_cast<std::size_t>(zone)];
  NameTable& names = names_of(draft);
  const Lowered name(owner);
  const Node* node = names.find(name.view());
  collect_other_sets(node, type);
  const RecordSetView added{type, laid_out_.count, laid_out_.answer};
  const auto by_type = [](const RecordSetView& left, const RecordSetView& right) { return left.type < right.type; };
  record_sets_.insert(std::upper_bound(record_sets_.begin(), record_sets_.end(), added, by_type), added);
  const bool is_new = node == nullptr;
  names.put(Node(name.view(), is_new ? 0 : node->children(), record_sets_));
  if (is_new) {
    link_to_parents(names, name.view(), draft.apex.size_bytes());
  }
  return {};
}

bool ImageBuilder::remove(ZoneIndex zone, const zonestore::Name& owner, RecordType type) {
  Draft& draft = drafts_[static_cast<std::size_t>(zone)];
  NameTable& names = names_of(draft);
  const Lowered name(owner);
  const Node* node = names.find(name.view());
  if (node == nullptr || !node->find(type)) {
    return false;
  }
  collect_other_sets(node, type);
  names.put(Node(name.view(), node->children(), record_sets_));
  drop_if_unused(names, name.view(), draft.apex.size_bytes());
  return true;
}

zonestore::Result<std::shared_ptr<const Image>> ImageBuilder::finish() {
  auto image = std::make_shared<Image>();
  image->zones.reserve(drafts_.size());
  for (Draft& draft : drafts_) {
    auto zone = finish_zone(draft);
    if (!zone) {
      return tl::unexpected(zone.error());
    }
    image->zones.push_back(std::move(*zone));
  }
  drafts_.clear();
  return image;
}

NameTable& ImageBuilder::names_of(Draft& draft) {
  if (!draft.names) {
    draft.names = draft.base->names.share();
  }
  return *draft.names;
}

void ImageBuilder::collect_other_sets(const Node* node, RecordType type) {
  record_sets_.clear();
  for (std::size_t index = 0; node != nullptr && index < node->record_set_count(); ++index) {
    if (const RecordSetView present = node->record_set(index); present.type != type) {
      record_sets_.push_back(present);
    }
  }
}

zonestore::Result<std::shared_ptr<const Zone>> ImageBuilder::finish_zone(Draft& draft) {
  if (!draft.names) {
    return draft.base;
  }
  const Node* apex = draft.names->find(draft.apex.wire());
  const auto soa = apex == nullptr ? std::nullopt : apex->find(RecordType::kSoa);
  if (!soa) {
    return zonestore::fail(zonestore::ErrorCode::kDamaged, "zone " + draft.apex.to_text() + " has no SOA record");
  }
  auto laid_out = lay_out_soa(soa->count, soa->answer);
  if (!laid_out) {
    return zonestore::fail(laid_out.error().code, "zone " + draft.apex.to_text() + ": " + laid_out.error().message);
  }
  auto zone = std::make_shared<Zone>();
  zone->apex = draft.apex;
  zone->serial = laid_out->serial;
  zone->negative_soa = std::move(laid_out->negative);
  zone->names = std::move(*draft.names);
  return zone;
}

}  // namespace dnsd::zone
