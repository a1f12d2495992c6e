// What resolvers may hold of the SPF zone, and what follows for senders.
//
// A resolver holds any of the versions of a record that are not forgotten, each record by itself: the apex of now
// with the _1 of an hour ago, or the other way round. So a sender passes everywhere only if it does with every such
// mix.
//
//   apex   ...x--------- old ---------x======= now =======>      each old version until its TTL and slack have passed
//   _1     ...- absent -x============= now ===============>      absence too: for the negative TTL and slack
//
// Pure, and without a clock: times are what is still to pass from now on.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/spf/record.h"

namespace zonestore::spf {

struct Version {
  std::optional<Body> body;      // nullopt: there was no such record
  Milliseconds forgotten_in{0};  // above 0
};

struct Served {
  std::optional<Body> body;      // what the name answers now; nullopt: there is no such record
  Milliseconds held_for{0};      // how long it will be held once something else is answered
  std::vector<Version> earlier;  // that are not forgotten
};

// How long what is answered from now on will be held once it is replaced.
struct Waits {
  Milliseconds record{0};   // TTL + slack
  Milliseconds absence{0};  // negative TTL + slack
};

class ServedZone {
 public:
  std::array<Served, kRecords> names;

  [[nodiscard]] const Served& apex() const { return names.front(); }

  // When every resolver lets the term's senders pass, if nothing changes any more; nullopt: never.
  [[nodiscard]] std::optional<Milliseconds> passes_in(std::string_view term) const;
  // Its senders pass at those who ask now.
  [[nodiscard]] bool is_in_force(std::string_view term) const;
  // May somebody hold an apex that includes it? May somebody believe that there is none?
  [[nodiscard]] bool may_be_asked_for(unsigned number) const;
  [[nodiscard]] bool may_be_missing(unsigned number) const;
  // When no resolver holds any more that there is none, or an apex that includes it; 0: now.
  [[nodiscard]] Milliseconds no_longer_missing_in(unsigned number) const;
  [[nodiscard]] Milliseconds no_longer_asked_for_in(unsigned number) const;
  // That including the apex costs a customer, with any apex that may be held.
  [[nodiscard]] unsigned most_lookups() const;
  // When the next version is forgotten; nullopt: resolvers hold only what is answered now.
  [[nodiscard]] std::optional<Milliseconds> next_forgotten_in() const;

  [[nodiscard]] Bodies bodies() const;
  void put(const Bodies& bodies, const Waits& waits);
  void pass(Milliseconds time);
};

}  // namespace zonestore::spf
