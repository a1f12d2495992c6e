#include "dnsd/follow/store_watcher.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>

#include "tests/unit/dnsd/follow/two_zone_store.h"

namespace dnsd::follow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps the log and lets a test wait for what it is to say.
class LogCapture final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  [[nodiscard]] bool comes(const std::string& part, std::size_t times = 1) {
    std::unique_lock lock(text_mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return count(part) >= times; });
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(text_mutex_);
    return text_;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::lock_guard lock(text_mutex_);
    const spdlog::string_view_t level = spdlog::level::to_string_view(message.level);
    text_.append(level.begin(), level.end());
    text_ += ' ';
    text_.append(message.payload.begin(), message.payload.end());
    text_ += '\n';
    changed_.notify_all();
  }
  void flush_() override {}

 private:
  [[nodiscard]] std::size_t count(const std::string& part) const {
    std::size_t found = 0;
    for (std::size_t at = text_.find(part); at != std::string::npos; at = text_.find(part, at + 1)) {
      ++found;
    }
    return found;
  }
  std::mutex text_mutex_;
  std::condition_variable changed_;
  std::string text_;
};

class StoreWatcherTest : public TwoZoneStore {
 protected:
  void start(const BusyPatience& patience = {}) {
    StoreFollower follower(store_dir_);
    ASSERT_EQ(follower.look().outcome, StoreFollower::Outcome::kNew);
    hub_ = std::make_unique<zone::ImageHub>(follower.loaded().image);
    watcher_ = std::make_unique<StoreWatcher>(
        std::move(follower), *hub_, peers_, log_, [this](const PublishedChange& change) { note(change); }, patience);
    thread_ = std::thread([this] { watcher_->run(); });
  }
  void TearDown() override {
    if (watcher_) {
      watcher_->stop();
      thread_.join();
    }
  }
  [[nodiscard]] bool serves(const std::string& text) const {
    return TwoZoneStore::serves(*hub_->current().image, text);
  }

  void note(const PublishedChange& change) {
    const std::lock_guard lock(told_mutex_);
    ++published_;
    for (const zonestore::PublishedZone& zone : change.published) {
      told_.push_back(zone.apex.to_text_no_dot() + " " + std::to_string(zone.serial.value));
    }
    for (const zonestore::Name& apex : change.withdrawn) {
      told_.push_back(apex.to_text_no_dot() + " withdrawn");
    }
    if (change.peers_differ) {
      told_.push_back("peers");
    }
    if (std::exchange(failures_, std::max(0, failures_ - 1)) > 0) {
      told_.push_back("(failed)");
      throw std::bad_alloc();
    }
  }
  [[nodiscard]] std::vector<std::string> told() {
    const std::lock_guard lock(told_mutex_);
    return told_;
  }

  std::filesystem::path store_dir_ = directory_.path();
  std::shared_ptr<LogCapture> capture_ = std::make_shared<LogCapture>();
  util::Log log_{util::LogLevel::kInfo, capture_};
  std::unique_ptr<zone::ImageHub> hub_;
  util::Latest<zonestore::Peers> peers_{zonestore::Peers()};
  std::unique_ptr<StoreWatcher> watcher_;
  std::atomic<int> published_{0};
  std::mutex told_mutex_;
  std::vector<std::string> told_;  // under the mutex, as is what follows
  int failures_ = 0;               // so many calls fail
  std::thread thread_;
};

TEST_F(StoreWatcherTest, PublishesACommit) {
  start();
  commit("second");
  ASSERT_TRUE(capture_->comes("event=published zone=dkim.example"));
  EXPECT_TRUE(serves("second"));
  EXPECT_EQ(published_, 1);
  EXPECT_THAT(capture_->text(), ::testing::Not(HasSubstr("zone=spf.example"))) << "that zone did not change";
}

TEST_F(StoreWatcherTest, PublishesTheLastOfManyCommits) {
  start();
  for (int index = 0; index < 50; ++index) {
    commit("number " + std::to_string(index));
  }
  commit("last");
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!serves("last") && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(serves("last"));
}

TEST_F(StoreWatcherTest, PublishesWhatWasCommittedBetweenTheLoadAndTheWatch) {
  StoreFollower follower(store_dir_);
  ASSERT_EQ(follower.look().outcome, StoreFollower::Outcome::kNew);
  commit("in between");
  hub_ = std::make_unique<zone::ImageHub>(follower.loaded().image);
  watcher_ = std::make_unique<StoreWatcher>(std::move(follower), *hub_, peers_, log_, [](const PublishedChange&) {});
  thread_ = std::thread([this] { watcher_->run(); });
  ASSERT_TRUE(capture_->comes("event=published"));
  EXPECT_TRUE(serves("in between"));
}

TEST_F(StoreWatcherTest, TellsWhichZonesHaveWhichSerialsNow) {
  start();
  commit("second");
  ASSERT_TRUE(capture_->comes("event=published zone=dkim.example"));
  const std::string dkim = "dkim.example " + std::to_string(published_serial(dkim_).value);
  EXPECT_THAT(told(), ElementsAre(dkim)) << "the other zone did not change";
  put(spf_, {zonestore::soa("spf.example", 7200)});
  ASSERT_TRUE(capture_->comes("event=published zone=spf.example"));
  EXPECT_THAT(told(), ElementsAre(dkim, "spf.example " + std::to_string(published_serial(spf_).value)));
}

TEST_F(StoreWatcherTest, PublishesPeersThatAloneAreNew) {
  start();
  const auto generation = hub_->generation();
  const std::weak_ptr<const zone::Image> first = hub_->current().image;
  commit_secondary("ns2");
  ASSERT_TRUE(capture_->comes("event=peers_changed peers=1"));
  EXPECT_THAT(told(), ElementsAre("peers"));
  ASSERT_EQ(peers_.current().value->size(), 1U);
  EXPECT_EQ(peers_.current().value->front().name, "ns2");
  EXPECT_EQ(hub_->generation(), generation) << "the image is the one that is there";
  // Were it there twice, it would never be freed.
  commit("second");
  ASSERT_TRUE(capture_->comes("event=published zone=dkim.example"));
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!first.expired() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(first.expired());
}

TEST_F(StoreWatcherTest, PublishesPeersAndAnImageOfOneLook) {
  start();
  connection_.execute("BEGIN IMMEDIATE");
  zonestore::add_peer_rows(connection_, "ns2", "[2001:db8::53]:53");
  zonestore::ZoneChange change(connection_, dkim_);
  change.put(txt_of("second"));
  (void)change.commit(zonestore::kStart);
  connection_.execute("COMMIT");
  ASSERT_TRUE(capture_->comes("event=peers_changed peers=1"));
  EXPECT_THAT(told(), ElementsAre("dkim.example " + std::to_string(published_serial(dkim_).value), "peers"));
  EXPECT_TRUE(serves("second"));
}

TEST_F(StoreWatcherTest, TellsAgainWhatCouldNotBeToldAndWhatCameInBetween) {
  failures_ = 1;
  start();
  commit("second");
  ASSERT_TRUE(capture_->comes("event=watcher_interrupted"));
  EXPECT_TRUE(serves("second")) << "it is in the hub";
  put(spf_, {zonestore::soa("spf.example", 7200)});
  ASSERT_TRUE(capture_->comes("event=published zone=spf.example"));
  const std::string dkim = "dkim.example " + std::to_string(published_serial(dkim_).value);
  const std::string spf = "spf.example " + std::to_string(published_serial(spf_).value);
  EXPECT_THAT(told(), ElementsAre(dkim, "(failed)", dkim, spf));
  EXPECT_THAT(capture_->text(), HasSubstr("event=published zone=dkim.example"));
}

TEST_F(StoreWatcherTest, SaysOnceThatTheStoreIsUnusableAndOnceThatItIsBack) {
  start();
  move_away();
  ASSERT_TRUE(capture_->comes("event=store_unusable reason=store-missing"));
  EXPECT_TRUE(serves("first"));
  commit_while_away("meanwhile");
  move_back();
  ASSERT_TRUE(capture_->comes("event=store_recovered"));
  ASSERT_TRUE(capture_->comes("event=published"));
  EXPECT_TRUE(serves("meanwhile"));
  EXPECT_EQ(capture_->text().find("store_unusable"), capture_->text().rfind("store_unusable"));
}

TEST_F(StoreWatcherTest, FindsAStoreWhoseDirectoryWasMadeAnew) {
  store_dir_ = directory_.path() / "inner";
  std::filesystem::create_directory(store_dir_);
  std::filesystem::copy_file(file(), store_dir_ / "zone.db");
  start();
  std::filesystem::remove_all(store_dir_);
  ASSERT_TRUE(capture_->comes("event=store_unusable reason=store-missing"));
  std::filesystem::create_directory(store_dir_);
  commit("second");
  std::filesystem::copy_file(file(), directory_.path() / "ready");
  std::filesystem::rename(directory_.path() / "ready", store_dir_ / "zone.db");
  ASSERT_TRUE(capture_->comes("event=store_recovered"));
  ASSERT_TRUE(capture_->comes("event=published"));
  EXPECT_TRUE(serves("second"));
}

TEST_F(StoreWatcherTest, AWriterAtWorkIsNoFault) {
  start({std::chrono::milliseconds{50}, std::chrono::hours{1}});
  connection_.execute("BEGIN EXCLUSIVE");
  ASSERT_TRUE(capture_->comes("event=store_busy"));
  connection_.execute("ROLLBACK");
  commit("second");
  ASSERT_TRUE(capture_->comes("event=published"));
  EXPECT_THAT(capture_->text(), ::testing::Not(HasSubstr("store_unusable")));
  EXPECT_THAT(capture_->text(), ::testing::Not(HasSubstr("warning event")));
  EXPECT_THAT(capture_->text(), ::testing::Not(HasSubstr("store_recovered"))) << "it was never in trouble";
}

TEST_F(StoreWatcherTest, OneThatHoldsTheStoreForTooLongIsNamedOnce) {
  start({std::chrono::milliseconds{20}, std::chrono::milliseconds{300}});
  connection_.execute("BEGIN EXCLUSIVE");
  ASSERT_TRUE(capture_->comes("serving=\"the last good image\"", 2));
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  connection_.execute("ROLLBACK");
  ASSERT_TRUE(capture_->comes("event=store_recovered"));
  const std::string text = capture_->text();
  EXPECT_THAT(text, HasSubstr("info event=store_busy"));
  EXPECT_THAT(text, HasSubstr("warning event=store_busy"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("store_unusable")));
  EXPECT_EQ(text.find("warning event=store_busy"), text.rfind("warning event=store_busy"));
}

}  // namespace
}  // namespace dnsd::follow
