#include "dnsd/zone/node.h"

#include <atomic>
#include <cstring>
#include <new>

#include <malloc.h>

namespace dnsd::zone {
namespace {

using Holders = std::atomic<std::uint32_t>;

constexpr std::size_t kChildrenAt = 4;
constexpr std::size_t kSetCountAt = 8;
constexpr std::size_t kNameSizeAt = 10;
constexpr std::size_t kHeadBytes = 11;
constexpr std::size_t kEntryBytes = 6;
constexpr std::size_t kAnswerSizeAt = 4;  // in an entry
constexpr std::size_t kCacheLineBytes = 64;
constexpr std::size_t kPrefetchedBytes = 512;  // a node with one RSA-2048 key has about 470

// By memcpy: an entry lies at any address.
template <class T>
T load_as(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <class T>
void store_as(std::uint8_t* bytes, T value) {
  std::memcpy(bytes, &value, sizeof value);
}

std::uint8_t* append(std::uint8_t* here, ByteView bytes) {
  if (!bytes.empty()) {
    std::memcpy(here, bytes.data(), bytes.size());
  }
  return here + bytes.size();
}

std::size_t answer_size(const std::uint8_t* entry) {
  return load_as<std::uint16_t>(entry + kAnswerSizeAt);
}

RecordSetView view_of(const std::uint8_t* entry, const std::uint8_t* answer) {
  return {load_as<RecordType>(entry), load_as<std::uint16_t>(entry + 2), {answer, answer_size(entry)}};
}

std::uint8_t* allocate(std::size_t size) {
  void* const bytes = ::operator new(size);
  new (bytes) Holders(1);
  return static_cast<std::uint8_t*>(bytes);
}

Holders& holders_of(std::uint8_t* bytes) {
  return *std::launder(reinterpret_cast<Holders*>(bytes));
}

}  // namespace

ByteView NodeView::name() const {
  return {bytes_ + kHeadBytes + record_set_count() * kEntryBytes, bytes_[kNameSizeAt]};
}

std::uint32_t NodeView::children() const {
  return load_as<std::uint32_t>(bytes_ + kChildrenAt);
}

std::size_t NodeView::record_set_count() const {
  return load_as<std::uint16_t>(bytes_ + kSetCountAt);
}

RecordSetView NodeView::record_set(std::size_t index) const {
  // An entry has a length and no place: the answers before it are passed.
  const std::uint8_t* entry = bytes_ + kHeadBytes;
  const std::uint8_t* answer = name().data() + name().size();
  for (; index > 0; --index, entry += kEntryBytes) {
    answer += answer_size(entry);
  }
  return view_of(entry, answer);
}

std::optional<RecordSetView> NodeView::find(RecordType type) const {
  const std::uint8_t* entry = bytes_ + kHeadBytes;
  const std::uint8_t* answer = name().data() + name().size();
  for (std::size_t left = record_set_count(); left > 0; --left, entry += kEntryBytes) {
    if (load_as<RecordType>(entry) == type) {
      return view_of(entry, answer);
    }
    answer += answer_size(entry);
  }
  return std::nullopt;
}

std::size_t NodeView::size_bytes() const {
  std::size_t size = kHeadBytes + record_set_count() * kEntryBytes + name().size();
  for (std::size_t index = 0; index < record_set_count(); ++index) {
    size += answer_size(bytes_ + kHeadBytes + index * kEntryBytes);
  }
  return size;
}

// With the word that the allocator keeps before them.
std::size_t NodeView::memory_bytes() const {
  return ::malloc_usable_size(const_cast<std::uint8_t*>(bytes_)) + sizeof(std::size_t);
}

void NodeView::prefetch_begin() const {
  __builtin_prefetch(bytes_);
}

void NodeView::prefetch_rest() const {
// In a row: a loop between them would let fewer be on their way at once.
#pragma GCC unroll 8
  for (std::size_t at = kCacheLineBytes; at < kPrefetchedBytes; at += kCacheLineBytes) {
    __builtin_prefetch(bytes_ + at);
  }
}

Node::Node(ByteView relative_name, std::uint32_t children, std::span<const RecordSetView> record_sets) {
  std::size_t size = kHeadBytes + record_sets.size() * kEntryBytes + relative_name.size();
  for (const RecordSetView& record_set : record_sets) {
    size += record_set.answer.size();
  }
  bytes_ = allocate(size);
  store_as(bytes_ + kChildrenAt, children);
  store_as(bytes_ + kSetCountAt, static_cast<std::uint16_t>(record_sets.size()));
  bytes_[kNameSizeAt] = static_cast<std::uint8_t>(relative_name.size());
  std::uint8_t* entry = bytes_ + kHeadBytes;
  std::uint8_t* here = append(entry + record_sets.size() * kEntryBytes, relative_name);
  for (const RecordSetView& record_set : record_sets) {
    store_as(entry, record_set.type);
    store_as(entry + 2, record_set.count);
    store_as(entry + kAnswerSizeAt, static_cast<std::uint16_t>(record_set.answer.size()));
    entry += kEntryBytes;
    here = append(here, record_set.answer);
  }
}

Node::Node(NodeView view) : bytes_(const_cast<std::uint8_t*>(view.bytes_)) {
  if (bytes_ != nullptr) {
    // Who copies a handle holds one, so that the count cannot come to nothing meanwhile: no order is needed. The last
    // one to drop it must see all that others did.
    holders_of(bytes_).fetch_add(1, std::memory_order_relaxed);
  }
}

Node::~Node() {
  if (bytes_ != nullptr && holders_of(bytes_).fetch_sub(1, std::memory_order_acq_rel) == 1) {
    ::operator delete(bytes_);
  }
}

Node Node::copy() const {
  Node copied;
  const std::size_t size = view().size_bytes();
  copied.bytes_ = allocate(size);
  append(copied.bytes_ + kChildrenAt, ByteView(bytes_, size).subspan(kChildrenAt));
  return copied;
}

bool Node::is_shared() const {
  return holders_of(bytes_).load(std::memory_order_acquire) > 1;
}

void Node::set_children(std::uint32_t children) {
  store_as(bytes_ + kChildrenAt, children);
}

Node Node::adopt(std::uint64_t word) {
  Node node;
  node.bytes_ = reinterpret_cast<std::uint8_t*>(word);
  return node;
}

std::uint64_t Node::release() {
  return reinterpret_cast<std::uint64_t>(std::exchange(bytes_, nullptr));
}

}  // namespace dnsd::zone
