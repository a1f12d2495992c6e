// The store is loaded and followed while memory runs out: the image stays, and the next look makes up for it.

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include "dnsd/follow/store_follower.h"
#include "dnsd/follow/store_watcher.h"
#include "dnsd/zone/image_hub.h"
#include "tests/unit/dnsd/follow/two_zone_store.h"
#include "tests/unit/dnsd/memory/shortage.h"

namespace dnsd {
namespace {

using Outcome = follow::StoreFollower::Outcome;

// A look that may have found no memory even to say so.
std::optional<Outcome> try_to_look(follow::StoreFollower& follower) {
  try {
    return follower.look().outcome;
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

class StoreShortage : public follow::TwoZoneStore {
 protected:
  [[nodiscard]] static bool serves(const follow::StoreFollower& follower, const std::string& text) {
    return follow::TwoZoneStore::serves(*follower.loaded().image, text);
  }
};

TEST_F(StoreShortage, AFirstLoadFailsAndTheNextIsWhole) {
  std::unique_ptr<follow::StoreFollower> follower;
  for_every_allocation(
      Shortage::Among::kAll,
      [&] {
        try {
          follower = std::make_unique<follow::StoreFollower>(directory_.path());
        } catch (const std::bad_alloc&) {
          return;
        }
        (void)try_to_look(*follower);
      },
      [&](std::uint64_t nth) {
        if (!follower) {
          return;
        }
        const Outcome next = follower->look().outcome;
        ASSERT_TRUE(next == Outcome::kNew || next == Outcome::kUnchanged) << nth;
        EXPECT_TRUE(serves(*follower, "first")) << nth;
        follower.reset();
      });
}

TEST_F(StoreShortage, ALoadFailsInOneThreadAsInTwo) {
  auto reader = zonestore::PublishedReader::open(directory_.path());
  ASSERT_TRUE(reader);
  for (const zone::Threads threads : {zone::Threads::kOne, zone::Threads::kTwo}) {
    for_every_allocation(
        Shortage::Among::kAll,
        [&] {
          try {
            (void)zone::load(*reader, nullptr, threads);
          } catch (const std::bad_alloc&) {
          }
        },
        [&](std::uint64_t nth) {
          const auto loaded = zone::load(*reader, nullptr, threads);
          ASSERT_TRUE(loaded) << nth << loaded.error().message;
          EXPECT_TRUE(follow::TwoZoneStore::serves(*loaded->image, "first")) << nth;
        });
  }
}

TEST_F(StoreShortage, AChangeIsNotLostAndWhatWasServedStays) {
  follow::StoreFollower follower(directory_.path());
  ASSERT_EQ(follower.look().outcome, Outcome::kNew);
  std::string served = "first";
  int number = 1;
  commit("number 1");
  std::optional<Outcome> seen;
  for_every_allocation(
      Shortage::Among::kAll, [&] { seen = try_to_look(follower); },
      [&](std::uint64_t nth) {
        const std::string changed = "number " + std::to_string(number);
        if (seen != Outcome::kNew) {
          EXPECT_TRUE(serves(follower, served)) << nth;
          EXPECT_EQ(follower.look().outcome, Outcome::kNew) << nth;
        }
        EXPECT_TRUE(serves(follower, changed)) << nth;
        served = changed;
        commit("number " + std::to_string(++number));
      });
  EXPECT_GT(number, 10);
}

TEST_F(StoreShortage, TheWatcherPublishesWhatItFoundNoMemoryFor) {
  follow::StoreFollower follower(directory_.path());
  ASSERT_EQ(follower.look().outcome, Outcome::kNew);
  zone::ImageHub hub(follower.loaded().image);
  util::Latest<zonestore::Peers> peers{zonestore::Peers()};
  const util::Log log(util::LogLevel::kInfo, std::make_shared<spdlog::sinks::null_sink_mt>());
  std::atomic<int> told{0};
  follow::StoreWatcher watcher(std::move(follower), hub, peers, log, [&told](const follow::PublishedChange&) {
    const std::string memory(100, 'x');  // as telling the workers takes
    told += static_cast<int>(memory.size()) / 100;
  });
  std::thread thread([&watcher] { watcher.run(); });
  for (const std::uint64_t nth : {1U, 2U, 3U, 5U, 8U, 13U, 21U, 34U, 55U, 89U, 144U}) {
    const std::string text = "at " + std::to_string(nth);
    const int told_before = told;
    {
      const Shortage shortage(nth, Shortage::Lasts::kOnce, Shortage::Among::kOtherThreads);
      commit(text);
      const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
      while ((!follow::TwoZoneStore::serves(*hub.current().image, text) || told == told_before) &&
             std::chrono::steady_clock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }
    EXPECT_TRUE(follow::TwoZoneStore::serves(*hub.current().image, text)) << nth;
    EXPECT_GT(told, told_before) << nth;
  }
  watcher.stop();
  thread.join();
}

}  // namespace
}  // namespace dnsd
