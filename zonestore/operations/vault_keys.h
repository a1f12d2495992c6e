// The vault as operators see it: what it is sealed with, and sealing it with another key.
#pragma once

#include <filesystem>
#include <optional>

#include "zonestore/operations/store.h"

namespace zonestore {

[[nodiscard]] Result<VaultStatus> vault_status(Store& store);

struct Rekeyed : Changed {
  VaultRekeyed vault;
};
// See Vault::rekey. The store is held for writing meanwhile. The vault's commit comes before the audit's: killed
// between the two, the new key is in charge and the log does not say so.
[[nodiscard]] Result<Rekeyed> rekey_vault(Store& store, const ChangeContext& context,
                                          const std::optional<std::filesystem::path>& key_file);

}  // namespace zonestore
