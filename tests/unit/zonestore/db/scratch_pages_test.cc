#include "zonestore/db/scratch_pages.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace zonestore::db {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::byte>(random() & 0xffU); });
  return bytes;
}

// A file that only a test could write.
class File {
 public:
  explicit File(Bytes content) : content_(std::move(content)) {}

  [[nodiscard]] ScratchPages::BaseRead reader() {
    return [this](std::span<std::byte> into, std::int64_t offset) {
      reads_past_end_ += offset + std::ssize(into) > std::ssize(content_) ? 1 : 0;
      for (std::size_t i = 0; i < into.size(); ++i) {
        const std::size_t at = static_cast<std::size_t>(offset) + i;
        into[i] = at < content_.size() ? content_[at] : std::byte{};
      }
      return works_;
    };
  }
  void break_it() { works_ = false; }
  [[nodiscard]] const Bytes& content() const { return content_; }
  [[nodiscard]] int reads_past_end() const { return reads_past_end_; }

 private:
  Bytes content_;
  bool works_ = true;
  int reads_past_end_ = 0;
};

Bytes all_of(const ScratchPages& pages, File& file) {
  Bytes bytes(static_cast<std::size_t>(pages.size()));
  EXPECT_TRUE(pages.read(bytes, 0, file.reader()));
  return bytes;
}

TEST(ScratchPages, AreEmptyUntilTheyBeginAndAfterTheyAreCleared) {
  ScratchPages pages;
  EXPECT_TRUE(pages.empty());
  pages.begin(10);
  EXPECT_FALSE(pages.empty());
  EXPECT_EQ(pages.size(), 10);
  pages.clear();
  EXPECT_TRUE(pages.empty());
}

TEST(ScratchPages, BehaveLikeACopyOfTheFile) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    File file(random_bytes(random, random() % 20'000));
    Bytes copy = file.content();
    ScratchPages pages;
    pages.begin(std::ssize(copy));
    for (int step = 0; step < 60; ++step) {
      const std::size_t offset = random() % 24'000;
      if (random() % 5 == 0) {
        pages.truncate(static_cast<std::int64_t>(offset));
        copy.resize(offset);
      } else {
        const Bytes bytes = random_bytes(random, random() % 9'000 + 1);
        ASSERT_TRUE(pages.write(bytes, static_cast<std::int64_t>(offset), file.reader()));
        copy.resize(std::max(copy.size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(), copy.begin() + static_cast<std::ptrdiff_t>(offset));
      }
      ASSERT_EQ(all_of(pages, file), copy) << "seed " << seed << ", step " << step;
    }
    EXPECT_EQ(file.reads_past_end(), 0) << "seed " << seed;
  }
}

TEST(ScratchPages, ReadZerosPastTheEnd) {
  File file(Bytes(100, std::byte{7}));
  ScratchPages pages;
  pages.begin(100);
  Bytes read(200, std::byte{9});
  ASSERT_TRUE(pages.read(read, 50, file.reader()));
  EXPECT_EQ(read.at(49), std::byte{7});
  EXPECT_EQ(read.at(50), std::byte{});
  EXPECT_EQ(read.back(), std::byte{});
}

TEST(ScratchPages, SayWhenTheFileCannotBeRead) {
  File file(Bytes(100, std::byte{7}));
  file.break_it();
  ScratchPages pages;
  pages.begin(100);
  Bytes bytes(10);
  EXPECT_FALSE(pages.read(bytes, 0, file.reader()));
  EXPECT_FALSE(pages.write(bytes, 0, file.reader()));
}

}  // namespace
}  // namespace zonestore::db
