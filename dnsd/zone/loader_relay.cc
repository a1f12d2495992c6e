#include "dnsd/zone/loader_relay.h"

#include <utility>

namespace dnsd::zone {

void Batch::add(const ReadySet& set) {
  Entry entry{set, bytes_.size(), bytes_.size() + set.owner.size(), 0};
  bytes_.insert(bytes_.end(), set.owner.begin(), set.owner.end());
  bytes_.insert(bytes_.end(), set.packed_rdata.begin(), set.packed_rdata.end());
  entry.end = bytes_.size();
  entries_.push_back(entry);
}

void Batch::clear() {
  entries_.clear();
  bytes_.clear();
}

ReadySet Batch::at(std::size_t index) const {
  const Entry& entry = entries_[index];
  const ByteView bytes(bytes_);
  ReadySet set = entry.set;
  set.owner = bytes.subspan(entry.owner_at, entry.rdata_at - entry.owner_at);
  set.packed_rdata = bytes.subspan(entry.rdata_at, entry.end - entry.rdata_at);
  return set;
}

void Relay::begin(const zonestore::PublishedHead& head) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  changed_.notify_all();
}

bool Relay::add(const ReadySet& set) {
  filling().add(set);
  return !filling().is_full() || hand_over();
}

void Relay::end() {
  if (filling().size() > 0) {
    (void)hand_over();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

// The next one to fill is there when this returns.
bool Relay::hand_over() {
  std::unique_lock lock(mutex_);
  ++handed_over_;
  changed_.notify_all();
  // Of the ring one is always left to fill, so that reading and laying out go on side by side.
  changed_.wait(lock, [this] { return stopped_ || handed_over_ - given_back_ < ring_.size(); });
  if (!stopped_) {
    filling().clear();
  }
  return !stopped_;
}

const zonestore::PublishedHead* Relay::head() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return head_ || ended_; });
  return head_ ? &*head_ : nullptr;
}

const Batch* Relay::next() {
  std::unique_lock lock(mutex_);
  // Whoever asks for the next one has done with the last.
  if (std::exchange(lent_, false)) {
    ++given_back_;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return ended_ || handed_over_ != given_back_; });
  if (handed_over_ == given_back_) {
    return nullptr;
  }
  lent_ = true;
  return &ring_[given_back_ % ring_.size()];
}

void Relay::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace dnsd::zone
