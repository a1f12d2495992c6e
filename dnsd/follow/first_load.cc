#include "dnsd/follow/first_load.h"

#include <utility>

namespace dnsd::follow {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStoreBusyPatience{60'000};  // a writer holds the store for less
constexpr milliseconds kStoreBusyPause{50};

// The first look that does not find a writer at work. Nothing: it was told to end.
std::optional<StoreFollower::Look> look_patiently(StoreFollower& follower,
                                                  const std::function<bool(milliseconds)>& pause,
                                                  const util::Log& log) {
  const auto give_up_at = steady_clock::now() + kStoreBusyPatience;
  bool said_so = false;
  while (true) {
    StoreFollower::Look seen = follower.look();
    if (seen.outcome != StoreFollower::Outcome::kBusy || steady_clock::now() >= give_up_at) {
      return seen;
    }
    if (!std::exchange(said_so, true)) {
      log.info("store_busy", {{"message", seen.error->message}, {"hint", "waiting for the writer"}});
    }
    if (!pause(kStoreBusyPause)) {
      return std::nullopt;
    }
  }
}

}  // namespace

tl::expected<FirstLoad, std::optional<zonestore::Error>> load_first(StoreFollower follower,
                                                                    const std::function<bool(milliseconds)>& pause,
                                                                    const util::Log& log) {
  const auto started = steady_clock::now();
  FirstLoad loaded{std::move(follower), {}};
  const auto seen = look_patiently(loaded.follower, pause, log);
  if (!seen) {
    return tl::unexpected(std::optional<zonestore::Error>());
  }
  if (seen->outcome != StoreFollower::Outcome::kNew) {
    log.error(
        "store_unusable",
        {{"reason", to_text(seen->error->code)}, {"message", seen->error->message}, {"hint", seen->error->hint}});
    return tl::unexpected(seen->error);
  }
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  loaded.report = report_on(loaded.follower.loaded(), took);
  return loaded;
}

void log_loaded(const FirstLoad& loaded, const util::Log& log) {
  for (const zonestore::PublishedZone& zone : loaded.follower.loaded().head.zones) {
    log.info("loaded", {{"zone", zone.apex.to_text_no_dot()},
                        {"serial", zone.serial.value},
                        {"record_sets", zone.record_set_count}});
  }
  log_report(loaded.report, log);
}

}  // namespace dnsd::follow
