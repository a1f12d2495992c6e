// What `status` has just seen of our own name servers, held against what was ever seen of them. Pure. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/judgement/evidence.h"

namespace zonestore {

struct OwnServerSeen {
  enum class State : std::uint8_t {
    kFollows,
    kBehind,         // an older serial than the store's
    kAhead,          // a later one: of history that the store has lost
    kSilent,         // and it was once seen to serve the zone
    kLame,           // answers, does not serve the zone, and was once seen to
    kNeverAnswered,  // nor is it known ever to have: a store that is not delegated
  };
  Name zone;
  std::string server;  // name and address; the name alone of one without
  State state = State::kFollows;
  std::optional<Serial> serial;  // that it serves
  Serial stored;                 // that the store has
  std::string detail{};
};
[[nodiscard]] std::string_view to_text(OwnServerSeen::State state);  // "follows", "behind", ...

struct OwnServersSeen {
  bool asked = false;  // false: --offline
  // True: not one of them has an address that there is a way to. This machine may have no network, and nothing is
  // held against anybody.
  bool none_to_ask = false;
  std::string trouble{};  // what went wrong with the looking itself; empty: nothing
  std::vector<OwnServerSeen> seen;
};

// Of one zone: whom it names, what each address of these has just said (nobody for a name without an address), and
// what was seen before.
struct ZoneLook {
  Name zone;
  Serial stored;  // read when they had answered: whoever has a later one has it from elsewhere
  std::vector<Name> named;
  std::vector<ServerEvidence> now;
};
[[nodiscard]] OwnServersSeen judge_own_servers(const std::vector<ZoneLook>& looks,
                                               const std::vector<ServerEvidenceView>& before);

}  // namespace zonestore
