// Which term stands in which record, and the steps by which a changed policy gets there.
//
// A term has a home, the record that it is to stand in, and keeps it. A new term goes where there is a hole, else
// into a new record. A term gets another home only to make room, or to empty a record that is no longer needed. From
// home to home it goes in steps, each a commit of its own, and each such that whoever passed at a resolver, whatever
// mix of records that holds, still does:
//
//   a record is there           until nobody believes any more that it is missing
//   the apex includes it, and a term that has moved there leaves its old record
//                               until every resolver finds it at its home
//   a record that is left over is included no more and answers "v=spf1 ~all"
//                               until nobody holds an apex that included it
//   the record is taken out
//
// Nothing is in memory between steps: each is found from what is served, what may still be held, and the homes.
// Pure: no SQL, no clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/spf/served.h"

namespace zonestore::spf {

struct WantedTerm {
  std::string text;
  std::optional<unsigned> home = std::nullopt;           // nullopt: not settled; or there is no room
  std::optional<Milliseconds> leaves_in = std::nullopt;  // denied, with a drain
  friend bool operator==(const WantedTerm&, const WantedTerm&) = default;
};
using WantedTerms = std::vector<WantedTerm>;

// Of one zone: how its records look, and how long what they answer is held.
struct ZoneRules {
  RecordShape shape;
  Waits waits;
};

// Terms whose time has come are left out; each of the others gets its home, the one that it has if it can be.
[[nodiscard]] WantedTerms settled(const RecordShape& shape, const Bodies& served, WantedTerms terms);

// What is to be served now, of terms that are settled. Equal to what is served if there is nothing to do yet.
[[nodiscard]] Bodies next_bodies(const ZoneRules& rules, const ServedZone& served, const WantedTerms& terms);

struct TermForecast {
  std::optional<Milliseconds> passes_in;  // when every resolver lets its senders pass; nullopt: there is no room
  bool after_steps = false;               // steps that are due later have to be taken on the way
};

struct Forecast {
  std::vector<TermForecast> terms;           // in the order of those asked for
  std::optional<Milliseconds> next_step_in;  // nullopt: nothing is left to do; 0: a step is due now
  unsigned most_lookups = 1;                 // that including the apex costs, now or after any of the steps
  WantedTerms settled;                       // now
  Bodies next;                               // what that step will have served
};
// What comes if each step is taken when it is due.
[[nodiscard]] Forecast forecast(const ZoneRules& rules, ServedZone served, WantedTerms terms);

// "_1 made; spf.secutix.com includes _1; ip4:192.0.2.1 left spf.secutix.com", for people.
[[nodiscard]] std::string difference(const RecordShape& shape, const Bodies& before, const Bodies& after);

}  // namespace zonestore::spf
