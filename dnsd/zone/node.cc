#include "dnsd/zone/node.h"

#include <cstring>

namespace dnsd::zone {
namespace {

constexpr std::size_t kSetCountAt = 4;
constexpr std::size_t kNameSizeAt = 6;
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kEntryBytes = 8;
// What make_shared for arrays and the allocator put beside the bytes, about.
constexpr std::size_t kAllocationBytes = 40;

template <class T>
T get(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <class T>
void set(std::uint8_t* bytes, T value) {
  std::memcpy(bytes, &value, sizeof value);
}

std::uint8_t* append(std::uint8_t* here, ByteView bytes) {
  if (!bytes.empty()) {
    std::memcpy(here, bytes.data(), bytes.size());
  }
  return here + bytes.size();
}

const std::uint8_t* entry_at(const std::uint8_t* bytes, std::size_t index) {
  return bytes + kHeadBytes + index * kEntryBytes;
}

RecordSetView view_of(const std::uint8_t* entry, const std::uint8_t* answer) {
  return {get<RecordType>(entry), get<std::uint16_t>(entry + 2), {answer, get<std::uint32_t>(entry + 4)}};
}

}  // namespace

Node::Node(ByteView lowered_name, std::uint32_t children, std::span<const RecordSetView> record_sets) {
  std::size_t size = kHeadBytes + record_sets.size() * kEntryBytes + lowered_name.size();
  for (const RecordSetView& record_set : record_sets) {
    size += record_set.answer.size();
  }
  bytes_ = std::make_shared_for_overwrite<std::uint8_t[]>(size);
  set(bytes_.get(), children);
  set(bytes_.get() + kSetCountAt, static_cast<std::uint16_t>(record_sets.size()));
  set(bytes_.get() + kNameSizeAt, static_cast<std::uint16_t>(lowered_name.size()));
  std::uint8_t* entry = bytes_.get() + kHeadBytes;
  std::uint8_t* here = append(entry + record_sets.size() * kEntryBytes, lowered_name);
  for (const RecordSetView& record_set : record_sets) {
    set(entry, record_set.type);
    set(entry + 2, record_set.count);
    set(entry + 4, static_cast<std::uint32_t>(record_set.answer.size()));
    entry += kEntryBytes;
    here = append(here, record_set.answer);
  }
}

ByteView Node::name() const {
  return {entry_at(bytes_.get(), record_set_count()), get<std::uint16_t>(bytes_.get() + kNameSizeAt)};
}

std::uint32_t Node::children() const {
  return get<std::uint32_t>(bytes_.get());
}

std::size_t Node::record_set_count() const {
  return get<std::uint16_t>(bytes_.get() + kSetCountAt);
}

RecordSetView Node::record_set(std::size_t index) const {
  const std::uint8_t* answer = name().data() + name().size();
  for (std::size_t before = 0; before < index; ++before) {
    answer += get<std::uint32_t>(entry_at(bytes_.get(), before) + 4);
  }
  return view_of(entry_at(bytes_.get(), index), answer);
}

std::optional<RecordSetView> Node::find(RecordType type) const {
  const std::uint8_t* entry = entry_at(bytes_.get(), 0);
  const std::uint8_t* const entries_end = entry_at(bytes_.get(), record_set_count());
  const std::uint8_t* answer = name().data() + name().size();
  for (; entry != entries_end; entry += kEntryBytes) {
    if (get<RecordType>(entry) == type) {
      return view_of(entry, answer);
    }
    answer += get<std::uint32_t>(entry + 4);
  }
  return std::nullopt;
}

std::size_t Node::size_bytes() const {
  std::size_t size = kHeadBytes + record_set_count() * kEntryBytes + name().size();
  for (std::size_t index = 0; index < record_set_count(); ++index) {
    size += get<std::uint32_t>(entry_at(bytes_.get(), index) + 4);
  }
  return size;
}

std::size_t Node::memory_bytes() const {
  return size_bytes() + kAllocationBytes;
}

void Node::set_children(std::uint32_t children) {
  set(bytes_.get(), children);
}

Node Node::copy() const {
  Node copied;
  copied.bytes_ = std::make_shared_for_overwrite<std::uint8_t[]>(size_bytes());
  append(copied.bytes_.get(), {bytes_.get(), size_bytes()});
  return copied;
}

}  // namespace dnsd::zone
