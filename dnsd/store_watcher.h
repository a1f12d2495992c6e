// Notices commits and puts new images into the hub, on a thread of its own.
//
//   event, and no journal ─┬─> look ─┬─ new ──────> publish, tell the workers
//   every second ──────────┤         ├─ busy ─────> look again in 1, 2, ... 50 ms
//   busy before ───────────┘         └─ unusable ─> say so once, keep the image, wait for the second
//
// A commit in TRUNCATE mode ends with the journal's truncation, the moment that the new data is there. The
// second's look is the net below: for file systems that do not tell, for files and directories that are
// replaced, for a store that was unusable.
//
// Threads: run() has its own; stop() may be called from any other.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "dnsd/directory_watch.h"
#include "dnsd/image_hub.h"
#include "dnsd/store_follower.h"
#include "dnsd/util/log.h"

namespace dnsd {

class StoreWatcher {
 public:
  // `follower` has loaded. `on_published` runs in the watcher's thread. Hub and log outlive the watcher.
  StoreWatcher(StoreFollower follower, ImageHub& hub, const util::Log& log, std::function<void()> on_published);

  void run();   // until stop()
  void stop();  // may come before run()

 private:
  using Clock = std::chrono::steady_clock;

  void on_event();
  void poll();
  void look();
  void look_again_in(std::chrono::milliseconds delay);
  void back_off(const zonestore::Error& error);
  void publish();
  void note_trouble(const zonestore::Error& error);
  void note_health();

  boost::asio::io_context context_;
  StoreFollower follower_;
  ImageHub& hub_;
  const util::Log& log_;
  std::function<void()> on_published_;
  zonestore::PublishedHead published_;
  DirectoryWatch watch_;
  boost::asio::steady_timer poll_timer_;
  boost::asio::steady_timer again_timer_;
  bool again_pending_ = false;
  std::optional<Clock::time_point> noticed_at_;  // the first look at what is being caught up with
  std::optional<zonestore::ErrorCode> trouble_;  // as last logged
  bool watched_ = true;
};

}  // namespace dnsd
