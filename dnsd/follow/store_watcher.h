// Notices commits and puts new images into the hub, and new peers beside them, on a thread of its own.
//
//   event, and no journal ─┬─> look ─┬─ new ──────> publish, tell who asked (on_published)
//   every second ──────────┤         ├─ busy ─────> look again in 1, 2, ... 50 ms; trouble only after a minute
//   busy before ───────────┘         └─ unusable ─> say so once, keep the image, wait for the second
//
// A commit in TRUNCATE mode ends with the journal's truncation, the moment that the new data is there. The
// second's look is the net below: for file systems that do not tell, for files and directories that are
// replaced, for a store that was unusable.
//
// An exception (no memory) ends a look, and the next one makes up for it: what was loaded and not published yet is
// published then.
//
// Threads: run() has its own; stop() may be called from any other.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "dnsd/follow/published_change.h"
#include "dnsd/follow/store_follower.h"
#include "dnsd/follow/store_state.h"
#include "dnsd/util/latest.h"
#include "dnsd/util/log.h"
#include "dnsd/zone/image_hub.h"

namespace dnsd::follow {

// With a store that is busy: how long nothing is said, and how long it is taken for a writer at work, which is no
// fault.
struct BusyPatience {
  std::chrono::milliseconds unsaid{10'000};
  std::chrono::milliseconds at_work{60'000};
};

class StoreWatcher {
 public:
  // Called once the hub has the new image and `peers` the new peers, with what is new in them since the last call;
  // with nothing, when the image was made anew and says the same. In the watcher's thread. When it throws it is
  // called again, with that and what came in between.
  using OnPublished = std::function<void(const PublishedChange&)>;

  // `follower` has loaded, and what is in hub and peers is of that load. They and the log outlive the watcher, which
  // alone publishes in them.
  StoreWatcher(StoreFollower follower, zone::ImageHub& hub, util::Latest<zonestore::Peers>& peers,
               const util::Log& log, OnPublished on_published, const BusyPatience& patience = {});
  StoreWatcher(const StoreWatcher&) = delete;
  StoreWatcher& operator=(const StoreWatcher&) = delete;
  StoreWatcher(StoreWatcher&&) = delete;
  StoreWatcher& operator=(StoreWatcher&&) = delete;
  ~StoreWatcher();

  void run() noexcept;  // until stop()
  void stop();          // may come before run()

  // Any thread, for as long as the watcher lives.
  [[nodiscard]] const StoreState& state() const { return state_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Loop;  // the event loop, its watch and its timers: Asio stays out of this header

  void on_event();
  void poll();
  void look();
  void look_again_in(std::chrono::milliseconds delay);
  void back_off(const zonestore::Error& error);
  void publish();
  void tell();
  void log_published(const PublishedChange& change);
  void note_trouble(const zonestore::Error& error);
  void note_busy(const zonestore::Error& error);
  void note_health();
  void note_exception(const char* what) noexcept;

  StoreFollower follower_;
  StoreState state_;
  zone::ImageHub& hub_;
  util::Latest<zonestore::Peers>& peers_;
  const util::Log& log_;
  OnPublished on_published_;
  BusyPatience patience_;
  zonestore::PublishedHead told_;  // as on_published_ knows it
  std::unique_ptr<Loop> loop_;
  bool again_pending_ = false;
  std::optional<Clock::time_point> noticed_at_;  // the first look at what is being caught up with
  std::optional<zonestore::ErrorCode> trouble_;  // as last logged
  enum class BusySaid : std::uint8_t { kNothing, kAtWork, kTrouble };
  BusySaid busy_said_ = BusySaid::kNothing;
  bool unpublished_ = false;  // loaded, and not (all of it) in the hub and the peers
  bool untold_ = false;       // in the hub, and on_published_ has not been called with it
  bool watched_ = true;
  bool exception_said_ = false;
};

}  // namespace dnsd::follow
