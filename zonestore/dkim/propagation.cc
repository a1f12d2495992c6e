#include "zonestore/dkim/propagation.h"

#include <algorithm>

namespace zonestore::dkim {
namespace {

// By trusted time, which is all that can be compared whatever happened to the clocks; when equal, as all moments are
// that came from a backup, it was.
bool was_enrolled(const FollowingServer::Life& life, const Moment& ended) {
  return life.added.trusted <= ended.trusted && (!life.removed || life.removed->trusted >= ended.trusted);
}

bool counts(const FollowingServer& server, const Moment& ended) {
  return !server.life || was_enrolled(*server.life, ended);
}

// The last look that saw it before that serial.
const SerialSeen* last_behind(const FollowingServer& server, Serial ended_serial) {
  const SerialSeen* last = nullptr;
  for (const SerialSeen& each : server.seen) {
    if (is_before(each.serial, ended_serial) && (last == nullptr || is_before(last->serial, each.serial))) {
      last = &each;
    }
  }
  return last;
}

// The first look that saw it with that serial or a later one of this store.
const SerialSeen* first_level(const FollowingServer& server, Serial ended_serial, Serial stored) {
  const SerialSeen* first = nullptr;
  for (const SerialSeen& each : server.seen) {
    if (!is_before(each.serial, ended_serial) && !is_before(stored, each.serial) &&
        (first == nullptr || is_before(each.serial, first->serial))) {
      first = &each;
    }
  }
  return first;
}

ServerWait wait_of(const FollowingServer& server, const Moment& ended, const std::optional<Serial>& ended_serial,
                   const Propagation& propagation) {
  ServerWait wait{server.name, {{ended, refresh_and_retry_at(ended, propagation)}}};
  if (!ended_serial) {
    return wait;
  }
  const SerialSeen* const behind = last_behind(server, *ended_serial);
  if (behind != nullptr && behind->last.trusted >= ended.trusted) {  // before that end everybody was
    wait.by_time.push_back({behind->last, refresh_and_retry_at(behind->last, propagation)});
  }
  const SerialSeen* const level = first_level(server, *ended_serial, propagation.stored);
  if (level != nullptr && !server.anycast) {
    wait.by_sight = {{ended, Milliseconds{0}}, {level->first, Milliseconds{0}}};
  }
  return wait;
}

bool are_over(const std::vector<Wait>& waits, Milliseconds remembered, const Now& now) {
  return std::all_of(waits.begin(), waits.end(),
                     [&](const Wait& wait) { return elapsed(wait.from, now) >= wait.more + remembered; });
}

// Precondition: there is one.
WallTime last_over_at(const std::vector<Wait>& waits, Milliseconds remembered, const Now& now) {
  WallTime latest = WallTime::min();
  for (const Wait& wait : waits) {
    latest = std::max(latest, reaches(wait.from, wait.more + remembered, now));
  }
  return latest;
}

Milliseconds longest_left(const std::vector<Wait>& waits, Milliseconds remembered, const Now& now) {
  Milliseconds longest{0};
  for (const Wait& wait : waits) {
    longest = std::max(longest, wait.more + remembered - elapsed(wait.from, now));
  }
  return longest;
}

}  // namespace

Milliseconds refresh_and_retry_at(const Moment& moment, const Propagation& propagation) {
  Milliseconds longest = propagation.refresh_and_retry;
  for (const EarlierRefresh& each : propagation.earlier) {
    if (elapsed(each.ended, Now{moment}) < each.refresh_and_retry) {
      longest = std::max(longest, each.refresh_and_retry);
    }
  }
  return longest;
}

std::vector<ServerWait> waits_of(const Moment& ended, const std::optional<Serial>& ended_serial,
                                 const Propagation& propagation) {
  const bool any_enrolled = std::any_of(
      propagation.servers.begin(), propagation.servers.end(),
      [&ended](const FollowingServer& server) { return server.life && was_enrolled(*server.life, ended); });
  std::vector<ServerWait> waits;
  if (!any_enrolled) {
    return waits;
  }
  for (const FollowingServer& server : propagation.servers) {
    if (counts(server, ended)) {
      waits.push_back(wait_of(server, ended, ended_serial, propagation));
    }
  }
  return waits;
}

bool is_over(const ServerWait& wait, Milliseconds remembered, const Now& now) {
  return are_over(wait.by_time, remembered, now) ||
         (!wait.by_sight.empty() && are_over(wait.by_sight, remembered, now));
}

Milliseconds still_to_pass(const ServerWait& wait, Milliseconds remembered, const Now& now) {
  const Milliseconds by_time = longest_left(wait.by_time, remembered, now);
  return wait.by_sight.empty() ? by_time : std::min(by_time, longest_left(wait.by_sight, remembered, now));
}

WallTime over_at(const ServerWait& wait, Milliseconds remembered, const Now& now) {
  const WallTime by_time = last_over_at(wait.by_time, remembered, now);
  return wait.by_sight.empty() ? by_time : std::min(by_time, last_over_at(wait.by_sight, remembered, now));
}

}  // namespace zonestore::dkim
