#include "dnsd/transfer/axfr_source.h"

#include <algorithm>
#include <utility>

#include "dnsd/zone/record_layout.h"

namespace dnsd::transfer {

using zonestore::RecordType;

AxfrSource::AxfrSource(std::shared_ptr<const zone::Image> image, const zone::Zone& zone)
    : image_(std::move(image)), zone_(zone) {
  begin(zone_.names.find({}, zone_.apex_hash));
}

void AxfrSource::begin(zone::NodeView node) {
  node_ = node;
  set_ = 0;
  rest_ = {};
  const wire::ByteView name = node ? node.name() : wire::ByteView();
  const wire::ByteView apex = zone_.apex.wire();
  std::ranges::copy(name, owner_.begin());
  std::ranges::copy(apex, owner_.begin() + static_cast<std::ptrdiff_t>(name.size()));
  owner_size_ = name.size() + apex.size();
}

bool AxfrSource::next(SentRecord& record) {
  switch (part_) {
    case Part::kFirstSoa:
      part_ = Part::kApex;
      return next_soa(record);
    case Part::kApex:
    case Part::kNames:
      do {
        if (next_of_node(record)) {
          return true;
        }
      } while (begin_next_node());
      part_ = Part::kEnd;
      return next_soa(record);
    case Part::kEnd:
      break;
  }
  return false;
}

bool AxfrSource::next_soa(SentRecord& record) const {
  const zone::NodeView apex = zone_.names.find({}, zone_.apex_hash);
  const auto soa = apex ? apex.find(RecordType::kSoa) : std::nullopt;
  wire::ByteView rest = soa ? soa->answer : wire::ByteView();
  record.owner = zone_.apex.wire();
  return zone::take_record(rest, record.record);
}

bool AxfrSource::next_of_node(SentRecord& record) {
  if (!node_) {
    return false;
  }
  record.owner = {owner_.data(), owner_size_};
  while (!zone::take_record(rest_, record.record)) {
    if (set_ == node_.record_set_count()) {
      return false;
    }
    const zone::RecordSetView set = node_.record_set(set_++);
    const bool is_soa = set.type == RecordType::kSoa && part_ == Part::kApex;
    rest_ = is_soa ? wire::ByteView() : set.answer;
  }
  return true;
}

// The apex comes in the table, too, and has been sent.
bool AxfrSource::begin_next_node() {
  part_ = Part::kNames;
  zone::NodeView node;
  do {
    node = zone_.names.next(cursor_);
  } while (node && node.name().empty());
  begin(node);
  return static_cast<bool>(node);
}

}  // namespace dnsd::transfer
