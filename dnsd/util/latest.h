// A value that is replaced whole while others use it: one writer, many readers.
//
// A reader keeps a pointer of its own and compares a number once a batch, so that a query costs no lock and no
// shared reference count. Threads: generation() and current() any number; publish() one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace dnsd::util {

template <class Value>
class Latest {
 public:
  explicit Latest(std::shared_ptr<const Value> first) : current_(std::move(first)) {}
  explicit Latest(Value first) : Latest(std::make_shared<const Value>(std::move(first))) {}

  struct Snapshot {
    std::shared_ptr<const Value> value;
    std::uint64_t generation = 0;
  };

  [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  [[nodiscard]] Snapshot current() const {
    const std::lock_guard lock(mutex_);
    return Snapshot{current_, generation_.load(std::memory_order_relaxed)};
  }

  // Gives back the one before, which readers may still hold.
  std::shared_ptr<const Value> publish(std::shared_ptr<const Value> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    generation_.store(generation_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return next;
  }
  void publish(Value value) { (void)publish(std::make_shared<const Value>(std::move(value))); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Value> current_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace dnsd::util
