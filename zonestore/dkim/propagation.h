// When all servers have it: how long what has ended in the store may still be answered by servers that follow by
// transfer. A resolver may remember it from then on for its TTL, and not sooner.
//
//                 ended                 a look              a look
//   store     ──────┼──────────────────────────────────────────────────> time
//   server    ~~~~~~~~~~ older serial ~~~~┤  ├~~~~ that serial or later
//                                         └ + refresh + retry: by then it has asked, and got it
//
// Of each server the earlier of two counts: the first look that saw it with the serial that ended the content, or a
// later one; and refresh + retry after the later of that end and the last look that saw it with an older one. So a
// look that comes late never makes a wait longer, but where it saw a server behind. Behind an anycast address stand
// several sites, of which a look sees one: there only the second counts.
//
// Pure: what was seen is handed in. Threads: plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/zone/serial.h"

namespace zonestore::dkim {

// From when to when a server was seen with that serial.
struct SerialSeen {
  Serial serial;
  Moment first;
  Moment last;
};

// A name server of the zone, or a secondary of it.
struct FollowingServer {
  // Of a secondary: from when to when it was one. nullopt: a name server, which is asked for as long as it is named.
  struct Life {
    Moment added;
    std::optional<Moment> removed;
  };
  std::string name;  // as people read it
  std::vector<SerialSeen> seen{};
  bool anycast = false;
  std::optional<Life> life{};
};

// Refresh + retry of before: a server that had its SOA then still goes by it, for so long at most.
struct EarlierRefresh {
  Milliseconds refresh_and_retry{0};
  Moment ended;
};

// All servers of one zone.
struct Propagation {
  std::vector<FollowingServer> servers;
  Serial stored;  // the store's: who has a later one has other content
  Milliseconds refresh_and_retry{0};
  std::vector<EarlierRefresh> earlier{};
};

// So long after a moment.
struct Wait {
  Moment from;
  Milliseconds more{0};
};

// Until when one server may answer with a content that has ended: until all of `by_time` are over, or all of
// `by_sight`, if it was seen.
struct ServerWait {
  std::string server;
  std::vector<Wait> by_time;
  std::vector<Wait> by_sight{};  // empty: not seen, or a look at it does not count
};

// What is waited for of a content that ended at that moment with that serial (nullopt: not known, so that no look
// counts). Empty: the store's end is the end, as no secondary was enrolled then.
[[nodiscard]] std::vector<ServerWait> waits_of(const Moment& ended, const std::optional<Serial>& ended_serial,
                                               const Propagation& propagation);

// The refresh + retry that a server may have gone by at that moment: what is published now, or what was before, if it
// may not have asked since.
[[nodiscard]] Milliseconds refresh_and_retry_at(const Moment& moment, const Propagation& propagation);

// Has a resolver that asked this server last forgotten it, if it remembers for so long?
[[nodiscard]] bool is_over(const ServerWait& wait, Milliseconds remembered, const Now& now);
// How long from now on until it has, if nothing more is seen; 0: it has.
[[nodiscard]] Milliseconds still_to_pass(const ServerWait& wait, Milliseconds remembered, const Now& now);
// The wall time from which it has. In the past once it is over.
[[nodiscard]] WallTime over_at(const ServerWait& wait, Milliseconds remembered, const Now& now);

}  // namespace zonestore::dkim
