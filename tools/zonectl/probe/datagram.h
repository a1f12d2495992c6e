// One datagram out and one back, over a connected socket: from that server alone, and told at once if there is none
// (a port that nobody listens at, a network without a way there). Threads: any number at once.
#pragma once

#include <optional>

#include "tools/zonectl/probe/address.h"
#include "zonestore/base/moment.h"

namespace zonectl::probe {

// nullopt: no answer within `timeout`.
[[nodiscard]] std::optional<zonestore::Bytes> exchange_datagram(const Address& server, zonestore::ByteView query,
                                                                zonestore::Milliseconds timeout);

}  // namespace zonectl::probe
