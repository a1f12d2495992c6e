#include "dnsd/image_hub.h"

#include <utility>

namespace dnsd {

ImageHub::Snapshot ImageHub::current() const {
  const std::lock_guard lock(mutex_);
  return Snapshot{current_, generation_.load(std::memory_order_relaxed)};
}

void ImageHub::publish(std::shared_ptr<const zone::Image> image) {
  const std::lock_guard lock(mutex_);
  retired_.push_back(std::exchange(current_, std::move(image)));
  generation_.store(generation_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void ImageHub::free_retired() {
  // Nobody can take a retired image any more, so that a count of one stays one.
  std::erase_if(retired_, [](const auto& image) { return image.use_count() == 1; });
}

}  // namespace dnsd
