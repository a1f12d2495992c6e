// The vault as operators see it: what it is sealed with, and sealing it with another key.
#pragma once

#include <filesystem>
#include <optional>

#include "zonestore/operations/change/store.h"

namespace zonestore {

[[nodiscard]] Result<VaultStatus> vault_status(Store& store);

struct Rekeyed : Changed {
  VaultRekeyed vault;
  bool logged = true;  // false: the log could not be written, and will be by whoever opens the vault next
};
// See Vault::rekey. The store is held for writing meanwhile. The vault's commit comes before the audit's and carries
// what the audit has to say: killed between the two, settle_rekey writes it down. Errors: kUnknown if it cannot be
// told with which key the vault is sealed; the files of both are kept then.
[[nodiscard]] Result<Rekeyed> rekey_vault(Store& store, const ChangeContext& context,
                                          const std::optional<std::filesystem::path>& key_file);

// Writes the audit row of a rekey that was killed before it could. Precondition: no transaction is open. By maintain,
// by vault status and by the next rekey. Throws db::Failure.
void settle_rekey(Store& store);

}  // namespace zonestore
