#include "dnsd/follow/store_watcher.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/stat.h>

#include "dnsd/follow/directory_watch.h"
#include "dnsd/follow/load_report.h"
#include "dnsd/util/exception_text.h"

namespace dnsd::follow {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPollInterval{1000};
constexpr milliseconds kAfterException{1000};

// Between the end of a journal and the end of its lock a writer waits for the disk, some milliseconds: a look costs
// microseconds, so that it may be tried often. Whoever holds the store for longer is tried less.
milliseconds pause_after(std::chrono::steady_clock::duration busy_for) {
  if (busy_for < milliseconds{10}) {
    return milliseconds{1};
  }
  return busy_for < milliseconds{1000} ? milliseconds{2} : milliseconds{50};
}

// While a journal has content its commit is under way, and looking would only stand in the writer's way. Its
// truncation is an event of its own.
bool is_commit_under_way(const std::filesystem::path& store_dir) {
  struct stat journal {};
  return ::stat((store_dir / "zone.db-journal").c_str(), &journal) == 0 && journal.st_size > 0;
}

}  // namespace

struct StoreWatcher::Loop {
  Loop(const std::filesystem::path& store_dir, std::function<void()> on_event)
      : watch(context, store_dir, {"zone.db", "zone.db-journal"}, std::move(on_event)) {}

  boost::asio::io_context context{1};
  DirectoryWatch watch;
  boost::asio::steady_timer poll_timer{context};
  boost::asio::steady_timer again_timer{context};
};

StoreWatcher::StoreWatcher(StoreFollower follower, zone::ImageHub& hub, util::Latest<zonestore::Peers>& peers,
                           const util::Log& log, OnPublished on_published, const BusyPatience& patience)
    : follower_(std::move(follower)),
      hub_(hub),
      peers_(peers),
      log_(log),
      on_published_(std::move(on_published)),
      patience_(patience),
      told_(follower_.loaded().head),
      loop_(std::make_unique<Loop>(follower_.store_dir(), [this] { on_event(); })) {
  state_.note_checked();
  state_.note_published(follower_.loaded(), follower_.load_reason(), std::nullopt);
  follower_.tell_of_loading([this](bool begins) { hub_.set_loading_anew(begins); });
}

StoreWatcher::~StoreWatcher() = default;

void StoreWatcher::run() noexcept {
  while (!loop_->context.stopped()) {
    try {
      poll();  // at once: what was committed since the load has had no watch yet
      loop_->context.run();
      return;
    } catch (const std::exception& exception) {
      note_exception(util::text_of(exception));
    } catch (...) {
      note_exception("an exception of no known kind");
    }
    again_pending_ = false;
    std::this_thread::sleep_for(kAfterException);
  }
}

void StoreWatcher::stop() {
  loop_->context.stop();
}

void StoreWatcher::on_event() {
  if (trouble_) {
    return;  // a store in trouble is tried once a second, not at every write to it
  }
  if (!is_commit_under_way(follower_.store_dir())) {
    look();
  }
}

void StoreWatcher::poll() {
  const bool watched = loop_->watch.renew();
  if (!watched && watched_ && !trouble_) {
    log_.warning("watch_failed", {{"directory", follower_.store_dir().string()},
                                  {"hint", "changes are noticed within a second; see fs.inotify in sysctl"}});
  }
  watched_ = watched;
  look();
  hub_.free_retired();
  loop_->poll_timer.expires_after(kPollInterval);
  loop_->poll_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      poll();
    }
  });
}

void StoreWatcher::look() {
  noticed_at_ = noticed_at_.value_or(Clock::now());
  const StoreFollower::Look seen = follower_.look();
  if (seen.outcome == StoreFollower::Outcome::kBusy) {
    back_off(*seen.error);
    return;
  }
  unpublished_ = unpublished_ || seen.outcome == StoreFollower::Outcome::kNew;
  if (seen.outcome == StoreFollower::Outcome::kUnusable) {
    note_trouble(*seen.error);
  } else {
    state_.note_checked();
    note_health();
  }
  if (unpublished_) {
    publish();
  } else if (untold_) {
    tell();
  }
  noticed_at_.reset();
  busy_said_ = BusySaid::kNothing;
}

void StoreWatcher::look_again_in(std::chrono::milliseconds delay) {
  if (std::exchange(again_pending_, true)) {
    return;
  }
  loop_->again_timer.expires_after(delay);
  loop_->again_timer.async_wait([this](const boost::system::error_code& error) {
    again_pending_ = false;
    if (!error) {
      look();
    }
  });
}

void StoreWatcher::back_off(const zonestore::Error& error) {
  const auto busy_for = Clock::now() - *noticed_at_;
  note_busy(error);
  look_again_in(pause_after(busy_for));
}

void StoreWatcher::publish() {
  const zone::Loaded& loaded = follower_.loaded();
  if (loaded.head.peers != *peers_.current().value) {  // first: who was removed gets no newer image
    peers_.publish(loaded.head.peers);
  }
  if (loaded.image != hub_.current().image) {  // it is there already, if the peers alone are new
    hub_.publish(loaded.image);
  }
  unpublished_ = false;
  untold_ = true;
  tell();
}

void StoreWatcher::tell() {
  zonestore::PublishedHead head = follower_.loaded().head;  // first: between telling and keeping it nothing may fail
  const PublishedChange change = change_between(told_, head);
  on_published_(change);
  std::swap(told_, head);
  untold_ = false;
  hub_.free_retired();  // those before the last one: a burst of commits must not pile up a second's images
  log_published(change);
}

void StoreWatcher::log_published(const PublishedChange& change) {
  const zone::Loaded& loaded = follower_.loaded();
  const auto took_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - *noticed_at_);
  const auto took = took_us.count();
  state_.note_published(loaded, loaded.whole ? std::optional(follower_.load_reason()) : std::nullopt, took_us);
  if (loaded.whole) {
    log_report(report_on(loaded, std::chrono::duration_cast<milliseconds>(Clock::now() - *noticed_at_)), log_);
  }
  for (const zonestore::PublishedZone& zone : change.published) {
    log_.info("published", {{"zone", zone.apex.to_text_no_dot()},
                            {"serial", zone.serial.value},
                            {"record_sets", zone.record_set_count},
                            {"took_us", took}});
  }
  for (const zonestore::Name& apex : change.withdrawn) {
    log_.warning("withdrawn", {{"zone", apex.to_text_no_dot()}, {"took_us", took}});
  }
  if (change.peers_differ) {
    log_.info("peers_changed", {{"peers", loaded.head.peers.size()}, {"took_us", took}});
  }
}

void StoreWatcher::note_trouble(const zonestore::Error& error) {
  state_.note_trouble(error.code);
  if (trouble_ == error.code) {
    return;
  }
  trouble_ = error.code;
  log_.error("store_unusable", {{"reason", to_text(error.code)},
                                {"message", error.message},
                                {"hint", error.hint},
                                {"serving", "the last good image"}});
}

// A writer at work is no fault: a large import commits for seconds.
void StoreWatcher::note_busy(const zonestore::Error& error) {
  const auto busy_for = Clock::now() - *noticed_at_;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(busy_for).count();
  if (busy_for >= patience_.at_work && busy_said_ != BusySaid::kTrouble) {
    busy_said_ = BusySaid::kTrouble;
    trouble_ = error.code;
    state_.note_trouble(error.code);
    log_.warning("store_busy", {{"message", error.message},
                                {"hint", "no change takes so long: look at what that process does"},
                                {"seconds", seconds},
                                {"serving", "the last good image"}});
  } else if (busy_for >= patience_.unsaid && busy_said_ == BusySaid::kNothing) {
    busy_said_ = BusySaid::kAtWork;
    log_.info("store_busy", {{"message", error.message},
                             {"hint", "waiting for the writer"},
                             {"seconds", seconds},
                             {"serving", "the last good image"}});
  }
}

void StoreWatcher::note_exception(const char* what) noexcept {
  if (!std::exchange(exception_said_, true)) {
    log_.error("watcher_interrupted", {{"message", what}, {"serving", "the last good image"}});
  }
}

void StoreWatcher::note_health() {
  state_.note_health();
  exception_said_ = false;
  if (std::exchange(trouble_, std::nullopt)) {
    log_.info("store_recovered");
  }
}

}  // namespace dnsd::follow
