#include "dnsd/zone/image_hub.h"

#include <utility>

namespace dnsd::zone {

ImageHub::Snapshot ImageHub::current() const {
  auto [image, generation] = latest_.current();
  return Snapshot{std::move(image), generation};
}

void ImageHub::publish(std::shared_ptr<const Image> image) {
  retired_.reserve(retired_.size() + 1);  // first: once it is published nothing may fail any more
  retired_.push_back(latest_.publish(std::move(image)));
}

void ImageHub::free_retired() {
  // Nobody can take a retired image any more, so that a count of one stays one.
  std::erase_if(retired_, [](const auto& image) { return image.use_count() == 1; });
}

}  // namespace dnsd::zone
