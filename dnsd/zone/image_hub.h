// Where the newest zone image is picked up: one writer (the store watcher), many readers (the workers).
//
//   watcher: publish(image) ─> current image, generation + 1 ─> worker: generation differs? current()
//
// Latest has the rest of it. An image that workers have left is freed by the watcher (free_retired): giving back
// a million nodes takes longer than a client should wait.
//
// Threads: generation() and current() any number; publish() and free_retired() one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "dnsd/util/latest.h"
#include "dnsd/zone/image.h"

namespace dnsd::zone {

class ImageHub {
 public:
  explicit ImageHub(std::shared_ptr<const Image> first) : latest_(std::move(first)) {}

  struct Snapshot {
    std::shared_ptr<const Image> image;
    std::uint64_t generation = 0;
  };

  [[nodiscard]] std::uint64_t generation() const { return latest_.generation(); }
  [[nodiscard]] Snapshot current() const;

  // Throws std::bad_alloc; nothing has changed then.
  void publish(std::shared_ptr<const Image> image);
  // The whole store is being read anew, for an image to come: others leave it alone meanwhile, as their reading
  // beside that would keep writers out (SQLite gives a second connection of a process its lock past a waiting
  // writer).
  void set_loading_anew(bool is_loading) noexcept { loading_anew_.store(is_loading, std::memory_order_relaxed); }
  [[nodiscard]] bool is_loading_anew() const noexcept { return loading_anew_.load(std::memory_order_relaxed); }
  // Frees the earlier images that no worker holds any more.
  void free_retired();

 private:
  util::Latest<Image> latest_;
  std::atomic<bool> loading_anew_{false};
  std::vector<std::shared_ptr<const Image>> retired_;  // the publisher's alone
};

}  // namespace dnsd::zone
