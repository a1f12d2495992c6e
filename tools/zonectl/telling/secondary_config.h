// The configuration of a secondary, for the four servers that follow us: what it asks, whom it lets notify it, and
// its zones, or of one that has the catalog (RFC 9432) that alone, from which it learns them. No secret is in it: the
// clause of the key comes from the host that serves. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl {

enum class ServerKind : std::uint8_t { kNsd, kKnot, kBind, kPowerDns };
[[nodiscard]] zonestore::Result<ServerKind> parse_server_kind(
    std::string_view text);  // "nsd", "knot", "bind", "pdns"
[[nodiscard]] std::string_view to_text(ServerKind kind);

// `primaries`: where dnsd answers, not empty. Of the secondary's two keys the one that was named last.
[[nodiscard]] std::string secondary_config(const zonestore::SecondaryView& secondary, ServerKind kind,
                                           const std::vector<zonestore::SocketAddress>& primaries);

}  // namespace zonectl
