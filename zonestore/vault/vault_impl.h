// Inside of Vault: for the sources of this folder only.
#pragma once

#include <optional>
#include <string>

#include "zonestore/vault/vault_file.h"

namespace zonestore {

struct Vault::Impl {
  db::Connection connection;
  std::filesystem::path store_dir;
  std::string store_id;
  VaultKeySources sources;
  std::optional<FoundKey> found = std::nullopt;

  // The wrapping key that the vault is sealed with now. Precondition: a transaction, so that it stays so. Throws
  // kCrypto if none of the sources has it.
  [[nodiscard]] const FoundKey& wrapping_key();
};

}  // namespace zonestore
