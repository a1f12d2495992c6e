#include "zonestore/operations/vault_keys.h"

#include <nlohmann/json.hpp>

#include "zonestore/operations/change_scope.h"

namespace zonestore {
namespace {

std::string json_of(const std::string& wrapping_key_id) {
  return nlohmann::json{{"wrapping_key_id", wrapping_key_id}}.dump();
}

}  // namespace

Result<VaultStatus> vault_status(Store& store) {
  return db::at_border<VaultStatus>([&] { return store.impl().vault().status(); });
}

Result<Rekeyed> rekey_vault(Store& store, const ChangeContext& context,
                            const std::optional<std::filesystem::path>& key_file) {
  return db::at_border<Rekeyed>([&] {
    Vault& vault = store.impl().vault();
    ChangeScope change(store, context, "vault rekey", "");
    Rekeyed outcome;
    outcome.vault = db::unwrap(vault.rekey(key_file, change.wall(), context.dry_run));
    outcome.warnings = outcome.vault.warnings;
    if (!outcome.vault.changed) {
      outcome.dry_run = context.dry_run;
      outcome.changed = false;
      return outcome;
    }
    change.finish({std::to_string(outcome.vault.keys) + " private keys sealed with another wrapping key",
                   json_of(outcome.vault.old_id), json_of(outcome.vault.new_id)},
                  outcome);
    return outcome;
  });
}

}  // namespace zonestore
