// A store is made: its directory, its two zones with their first content, an SPF record that allows nobody, its
// vault.
//
// Threads: any, one of a directory at a time in a process (store.h). Errors: as in base/error.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct InitOptions {
  Name dkim_zone;                  // dkim.secutix.com
  Name spf_zone;                   // spf.secutix.com
  std::vector<Name> name_servers;  // at least one; the first is the SOA's MNAME; none may lie in our zones
  Name mailbox;                    // SOA RNAME: hostmaster.secutix.com
  std::uint32_t minimum = 300;     // SOA minimum, seconds: the negative TTL (1 to 86400)
  dkim::CustomerSelectors customer_selectors{};
};

// Makes the directory (0755), the vault and the zone store with its two zones and an empty SPF record.
// An attempt that was interrupted is taken up. Errors: kRefused/kExists if a store is there already.
[[nodiscard]] Result<Changed> init_store(const std::filesystem::path& dir, const InitOptions& options,
                                         const ChangeContext& context, const Clock& clock,
                                         const VaultKeySources& key_sources = {});

}  // namespace zonestore
