#include "dnsd/zone/image_hub.h"

#include <thread>

#include <gtest/gtest.h>

namespace dnsd::zone {
namespace {

std::shared_ptr<const Image> image() {
  return std::make_shared<const Image>();
}

TEST(ImageHub, GivesTheFirstImage) {
  const auto first = image();
  const ImageHub hub(first);
  EXPECT_EQ(hub.current().image, first);
  EXPECT_EQ(hub.current().generation, hub.generation());
}

TEST(ImageHub, ShowsANewImageByAnotherGeneration) {
  ImageHub hub(image());
  const auto before = hub.generation();
  const auto second = image();
  hub.publish(second);
  EXPECT_NE(hub.generation(), before);
  EXPECT_EQ(hub.current().image, second);
  EXPECT_EQ(hub.current().generation, hub.generation());
}

TEST(ImageHub, FreesAnImageOnlyWhenItsLastReaderHasGone) {
  auto first = image();
  const std::weak_ptr<const Image> watched = first;
  ImageHub hub(std::move(first));
  ImageHub::Snapshot reader = hub.current();
  hub.publish(image());
  hub.free_retired();
  EXPECT_FALSE(watched.expired());
  reader = hub.current();
  EXPECT_FALSE(watched.expired()) << "freeing is not the reader's work";
  hub.free_retired();
  EXPECT_TRUE(watched.expired());
}

TEST(ImageHub, NeverPairsAnOldImageWithANewGeneration) {
  constexpr int kImages = 2000;
  std::vector<std::shared_ptr<const Image>> images;
  for (int index = 0; index <= kImages; ++index) {
    images.push_back(image());
  }
  ImageHub hub(images.front());
  const std::uint64_t first = hub.generation();
  std::thread reader([&] {
    ImageHub::Snapshot seen = hub.current();
    while (seen.image != images.back()) {
      if (hub.generation() != seen.generation) {
        seen = hub.current();
        ASSERT_EQ(seen.image, images[seen.generation - first]);
      }
    }
  });
  for (int index = 1; index <= kImages; ++index) {
    hub.publish(images[static_cast<std::size_t>(index)]);
    hub.free_retired();
  }
  reader.join();
}

}  // namespace
}  // namespace dnsd::zone
