// Where the newest zone image is picked up: one writer (the store watcher), many readers (the workers).
//
//   watcher: publish(image) ─> current image, generation + 1 ─> worker: generation differs? current()
//
// A worker keeps a pointer of its own and compares a number once a batch, so that a query costs no lock and no
// shared reference count. An image that workers have left is freed by the watcher (free_retired): giving back
// a million nodes takes longer than a client should wait.
//
// Threads: generation() and current() any number; publish() and free_retired() one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "dnsd/zone/image.h"

namespace dnsd {

class ImageHub {
 public:
  explicit ImageHub(std::shared_ptr<const zone::Image> first) : current_(std::move(first)) {}

  struct Snapshot {
    std::shared_ptr<const zone::Image> image;
    std::uint64_t generation = 0;
  };

  [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  [[nodiscard]] Snapshot current() const;

  void publish(std::shared_ptr<const zone::Image> image);
  // Frees the earlier images that no worker holds any more.
  void free_retired();

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const zone::Image> current_;
  std::atomic<std::uint64_t> generation_{1};
  std::vector<std::shared_ptr<const zone::Image>> retired_;
};

}  // namespace dnsd
