// When which secondary is told of which zone (RFC 1996): to each of its addresses, one at most under way for a zone.
//
//   another serial, a new peer ─> due ─take_due─> under way ─┬─ answered ──────> done, or due again with what came
//   since
//          at most one in each gap      again after 2, 4, 8, 16, 32 s, then each 60 s, until it is answered
//                                                            └─ refused ───────> done until the next serial
//
// A change while one is under way is remembered: the next one says the newest serial. Who has been away for however
// long is told within a minute of its return; at once when it asks for a zone, as secondaries do that start.
//
// Pure: time and chance are handed in. Threads: one for each object.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/zone/peers.h"

namespace dnsd::transfer {

struct NotifyTarget {
  zonestore::SecondaryId peer{};
  zonestore::SocketAddress address;
  zonestore::Name zone;

  friend bool operator==(const NotifyTarget&, const NotifyTarget&) = default;
};

// A zone as it is now, for whom it is.
struct NotifiedZone {
  zonestore::Name apex;
  std::uint32_t serial = 0;
  bool is_private = false;
};

class NotifyPlan {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Reaction : std::uint8_t {
    kTaken,
    kRefused,     // REFUSED, NOTAUTH, NOTIMP, FORMERR: an answer, which asking again would not change
    kUnverified,  // NOTAUTH that anybody may have sent: no answer, but worth a line
  };
  // What is worth a line in the log, each once until the other one comes.
  enum class Said : std::uint8_t { kNothing, kUnanswered, kAnsweredAgain, kRefused, kUnverified };

  struct Sending {
    NotifyTarget target;
    unsigned attempt = 0;  // 0, 1, ...: of a peer with two keys they take turns
    Said said = Said::kNothing;
  };

  explicit NotifyPlan(std::chrono::milliseconds gap) : gap_(gap) {}

  // Who is to be told of what, from now on. What is new or has another serial is due after `delay` at the soonest;
  // whoever is not among them hears no more.
  void set(const zonestore::Peers& peers, const std::vector<NotifiedZone>& zones, Time now,
           std::chrono::milliseconds delay = std::chrono::milliseconds{0});

  // It is among those who are told.
  [[nodiscard]] bool has(const NotifyTarget& target) const;

  // A peer is told of all its zones anew: its key has come.
  void tell_again(zonestore::SecondaryId peer, Time now);

  // It has asked for a zone: what is under way to it waits no longer than the gap.
  void is_back(zonestore::SecondaryId peer, Time now);

  // When something is due next; nullopt: nothing is.
  [[nodiscard]] std::optional<Time> next_due() const;
  // All that is due is under way from now on.
  [[nodiscard]] std::vector<Sending> take_due(Time now);

  [[nodiscard]] Said answered(const NotifyTarget& target, Reaction reaction, Time now);

 private:
  struct Entry {
    NotifyTarget target;
    std::uint32_t serial = 0;       // to be told of
    std::uint32_t sent_serial = 0;  // as it was when the last one went
    std::optional<Time> due = std::nullopt;
    std::optional<Time> last_sent = std::nullopt;
    bool is_under_way = false;
    unsigned attempts = 0;  // of the one under way
    unsigned pauses = 0;    // of these since it was last seen to be there: they grow
    unsigned turns = 0;     // of all since the start
    Said said = Said::kNothing;
  };

  void tell(Entry& entry, Time at);
  [[nodiscard]] Said say(Entry& entry, Said what);

  std::chrono::milliseconds gap_;
  std::vector<Entry> entries_;
};

}  // namespace dnsd::transfer
