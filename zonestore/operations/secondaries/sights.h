// What looks saw of secondaries: whom to ask, and what becomes of the answers. Who asks is the tools' probe; nothing
// here opens a socket, and no transaction is open while somebody asks.
//
// Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/socket_address.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/zone/peers.h"

namespace zonestore {

struct SecondaryToAsk {
  SecondaryId life{};
  std::string name;
  std::vector<SocketAddress> addresses;  // the first that answers is the one that is asked
};

// A zone, and the enabled secondaries that are to have it; only zones that have some.
struct ZoneOfSecondaries {
  Name apex;
  Serial serial;  // the store's, when this was read
  std::vector<SecondaryToAsk> secondaries;
};
// By apex, and in each by name. `name`: of that secondary alone. Errors: kNotFound, if it is named.
[[nodiscard]] Result<std::vector<ZoneOfSecondaries>> secondaries_to_ask(Store& store,
                                                                        const std::optional<std::string>& name);

// Does anything of the zone of the keys wait until its servers have followed? True as long as there is a secondary,
// or one has ended that contents may still wait for.
[[nodiscard]] Result<bool> waits_for_servers(Store& store);

// The clocks before anybody is asked: what is seen is as old as that.
[[nodiscard]] Result<Moment> read_moment(Store& store);

// What one look says of one secondary of one zone.
struct SecondarySight {
  Name zone;
  SecondaryId life{};
  Verdict verdict = Verdict::kUnreachable;  // kOk, kLagging, kUnreachable, kLame; kAhead is judged here
  std::optional<Serial> serial;
  std::string detail;
};
// Keeps it, by the store's serial of now: waits for a serial begin with the moment of this transaction. A life that
// has ended meanwhile, or a zone that has gone, is no error. They come back as they are kept.
[[nodiscard]] Result<std::vector<SecondarySight>> record_sights(Store& store, std::vector<SecondarySight> sights,
                                                                const Moment& seen);

// What is known of a secondary in one zone.
struct SecondarySeen {
  Name zone;
  Verdict verdict = Verdict::kUnreachable;  // of the last look, held against the store's serial of now
  std::optional<Serial> serial;             // of the last look that saw one
  // Changes of the zone since that serial, as far as the journal knows; nullopt: it has forgotten, or there is no
  // serial.
  std::optional<std::uint64_t> changes_late;
  std::string detail;
  WallTime seen;
  Verdict then = Verdict::kUnreachable;  // of the last look, held against the store's serial of that moment
};

}  // namespace zonestore
