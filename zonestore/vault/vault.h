// The vault: private keys at rest, in DIR/vault/vault.db (directory 0700, file 0600), an SQLite database with
// the settings of db/connection.h. A key is durable here before its record can be published.
//
// Threads: one thread at a time. Errors: as in base/error.h; nothing is thrown.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/dkim/key_pair.h"

namespace zonestore {

struct VaultEntry {
  std::string key_id;
  WallTime stored;
};

class Vault {
 public:
  // Makes the directory and the database if they are missing and ties it to the zone store. An interrupted
  // earlier attempt is taken up; a vault of another store is, as long as it holds no key. Errors: kForeign if it
  // holds keys of another store; kPermission, kReadOnly, ...
  [[nodiscard]] static Result<Vault> create(const std::filesystem::path& store_dir, const std::string& store_id,
                                            WallTime now);
  // Errors: kMissing, kEmpty (its making was interrupted), kForeign (another store's, or no vault), kDamaged,
  // kFuture, and kPermission also for a directory or file that others than the owner may enter or read.
  [[nodiscard]] static Result<Vault> open(const std::filesystem::path& store_dir, const std::string& store_id);
  // Rolls back what a killed writer left, and does nothing else.
  [[nodiscard]] static Result<void> recover(const std::filesystem::path& store_dir);

  Vault(Vault&&) noexcept;
  Vault& operator=(Vault&&) noexcept;
  ~Vault();

  struct NewKey {
    std::string key_id;
    const dkim::PrivateKey* key;
  };
  // All or none; durable when it returns. Errors: kInvalid for an id that the vault holds already.
  [[nodiscard]] Result<void> put(const std::vector<NewKey>& keys, WallTime now);
  [[nodiscard]] Result<dkim::PrivateKey> get(const std::string& key_id);  // Errors: kNotFound, kDamaged
  [[nodiscard]] Result<void> destroy(
      const std::vector<std::string>& key_ids);  // secure_delete; unknown ids are no error
  [[nodiscard]] Result<std::vector<VaultEntry>> list();

 private:
  struct Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zonestore
