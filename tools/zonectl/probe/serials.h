// Which serial does each name server of a zone serve? In little time: each is asked once, as a resolver asks, all
// side by side; one that is behind is asked again as long as there is time, for a change may be on its way.
//
//   names ── resolver, for half of the time ──> addresses; of a name that gives none those at which it was last known
//   addresses ── SOA ──> serial, or why there is none
//
// Threads: any number at once. Errors: in the values.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tools/zonectl/probe/authority.h"
#include "zonestore/operations/views/checking.h"

namespace zonectl::probe {

struct SerialQuestion {
  zonestore::ExpectedZone zone;     // apex, serial and name servers
  std::vector<std::string> known;   // servers as the store knows them: name and address
  std::vector<Address> in_place{};  // not empty: these are asked, in place of the zone's
};

// Of each address that there is a way to; of a name without one, nothing.
[[nodiscard]] std::vector<zonestore::ServerEvidence> look_at_serials(const SerialQuestion& question,
                                                                     const std::vector<Address>& resolvers,
                                                                     std::chrono::steady_clock::time_point until);

// A secondary: how the store names it, and where it is asked.
struct SecondaryToLookAt {
  std::string server;
  std::vector<Address> addresses;
};
// Of each, all side by side: what the first of its addresses says that answers, over UDP, as often as patience says,
// and then over TCP, once. Where there is a limit of time, one that is behind is asked again until then.
[[nodiscard]] std::vector<zonestore::ServerEvidence> look_at_secondaries(
    const zonestore::ExpectedZone& zone, const std::vector<SecondaryToLookAt>& secondaries, const Patience& patience);

// Before a restore: all that may have the zone, at each address that there is a way to, patiently.
struct ServersToLookAt {
  zonestore::ExpectedZone zone;    // apex and name servers
  std::vector<std::string> known;  // name servers as the store knows them: name and address
  std::vector<SecondaryToLookAt> secondaries;
  std::vector<Address> in_place{};  // not empty: these are asked, in place of the zone's name servers
};
// What each says, asked as a secondary is; of a name that gives no address, nothing.
[[nodiscard]] std::vector<zonestore::ServerEvidence> look_at_all_servers(const ServersToLookAt& question,
                                                                         const std::vector<Address>& resolvers,
                                                                         zonestore::Milliseconds timeout);

}  // namespace zonectl::probe
