// The vault: private keys at rest, in DIR/vault/vault.db (directory 0700, file 0600), an SQLite database with
// the settings of db/connection.h. A key is durable here before its record can be published.
//
// Each key is encrypted with the wrapping key, which lies elsewhere: see the README of this folder. A vault of before
// there was a wrapping key is sealed by the first that opens it.
//
// Threads: one thread at a time. Errors: as in base/error.h; nothing is thrown. A wrapping key that is missing or
// another one is kCrypto, from the first call that needs it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/crypto/key_pair.h"

namespace zonestore {

struct VaultEntry {
  std::string key_id;
  WallTime stored;
};

// Where a wrapping key may lie beside the store's own DIR/vault/wrapping.key; looked at first, in this order.
struct VaultKeySources {
  std::optional<std::filesystem::path> credentials_directory{};  // of systemd: its file zonestore-vault-key
  std::optional<std::filesystem::path> key_file{};               // $ZONESTORE_VAULT_KEY
};

struct VaultStatus {
  std::size_t keys = 0;
  std::string wrapping_key_id;
  std::optional<WallTime> sealed;  // since when with that key; nullopt: since it was first sealed
  // Where that key was found: "the systemd credential /run/...", "the file ...", "the store's own file ...".
  std::optional<std::string> source;
  std::string problem;  // why it was not found, else empty
  std::vector<std::string> warnings;
};

struct VaultRekeyed {
  bool changed = false;  // false: it is that key already
  std::size_t keys = 0;
  std::string old_id;
  std::string new_id;  // empty in a dry run that would make the key
  std::filesystem::path key_file;
  std::vector<std::string> warnings;
};

// Who asked for another wrapping key, for the audit log of the store.
struct RekeyNote {
  std::string actor;
  std::string login;
  std::string reason;  // empty: none was given
  std::string old_id;  // set by rekey, as what follows
  std::string new_id;
  std::size_t keys = 0;
  WallTime at;
};

struct VaultImported {
  std::size_t added = 0;    // keys that were not here
  std::size_t present = 0;  // keys that were
};

class Vault {
 public:
  // Makes the directory and the database if they are missing and ties it to the zone store. An interrupted
  // earlier attempt is taken up; a vault of another store is, as long as it holds no key. Errors: kForeign if it
  // holds keys of another store; kPermission, kReadOnly, ...
  [[nodiscard]] static Result<Vault> create(const std::filesystem::path& store_dir, const std::string& store_id,
                                            WallTime now, const VaultKeySources& sources = {});
  // Errors: kMissing, kEmpty (its making was interrupted), kForeign (another store's, or no vault), kDamaged,
  // kFuture, and kPermission also for a directory or file that others than the owner may enter or read.
  [[nodiscard]] static Result<Vault> open(const std::filesystem::path& store_dir, const std::string& store_id,
                                          const VaultKeySources& sources = {});
  // For a dry run: whatever is done to it is done in memory and gone with it. Errors: as of open; kReadOnly for a
  // vault of an older version, whose keys the next change will seal; kHotJournal.
  [[nodiscard]] static Result<Vault> open_scratch(const std::filesystem::path& store_dir, const std::string& store_id,
                                                  const VaultKeySources& sources = {});
  // Rolls back what a killed writer left, and does nothing else.
  [[nodiscard]] static Result<void> recover(const std::filesystem::path& store_dir);

  Vault(Vault&&) noexcept;
  Vault& operator=(Vault&&) noexcept;
  ~Vault();

  struct NewKey {
    std::string key_id;
    const crypto::PrivateKey* key;
  };
  // All or none; durable when it returns. Errors: kInvalid for an id that the vault holds already.
  [[nodiscard]] Result<void> put(const std::vector<NewKey>& keys, WallTime now);
  // The same, but for those that are here already. Without a write where all are.
  [[nodiscard]] Result<void> put_missing(const std::vector<NewKey>& keys, WallTime now);
  [[nodiscard]] Result<crypto::PrivateKey> get(const std::string& key_id);  // Errors: kNotFound, kDamaged
  // Its PrivateKeyInfo in DER as it was put, which the seal vouches for: no key is made of it, which takes ten times
  // as long. For whoever hands on or compares bytes. Errors: kNotFound, kDamaged.
  [[nodiscard]] Result<crypto::SecretBytes> get_pkcs8(const std::string& key_id);
  [[nodiscard]] Result<void> destroy(
      const std::vector<std::string>& key_ids);  // secure_delete; unknown ids are no error
  [[nodiscard]] Result<std::vector<VaultEntry>> list();
  [[nodiscard]] Result<bool> holds(const std::string& key_id);

  // Keys that are not known to be in a slot: at most `limit` ids after `after`, in order. A key that was put is one
  // of them until settle() says that it is used.
  [[nodiscard]] Result<std::vector<std::string>> unused_after(const std::string& after, std::size_t limit);
  // In one commit: these are in a slot, and those are destroyed. Unknown ids are no error.
  [[nodiscard]] Result<void> settle(const std::vector<std::string>& used, const std::vector<std::string>& destroyed);

  [[nodiscard]] Result<VaultStatus> status();

  // Encrypts every key anew, with the key in `key_file` (made there if there is none) or, without one, with a new key
  // in the place of the present one's file. Others may read meanwhile; killed at any instant it leaves the old key or
  // the new one in charge of all, and either is found where it was told to be. The old key's file is destroyed if it
  // was the store's own. Errors: kInvalid without a `key_file` for a key that is a systemd credential.
  // `note` is kept with the new key, in the same commit, until settle_note takes it away.
  [[nodiscard]] Result<VaultRekeyed> rekey(const std::optional<std::filesystem::path>& key_file, WallTime now,
                                           bool dry_run, const RekeyNote& note = {});
  // What was noted of the last rekey, with the ids of both keys; nullopt: nothing, or it was taken away.
  [[nodiscard]] Result<std::optional<RekeyNote>> rekey_note();
  [[nodiscard]] Result<void> settle_note();

  // A copy of the vault as it is now, for a backup: the keys stay sealed and the wrapping key is not in it. The file
  // is made with mode 0600 and must not be there yet.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& file);

  // Adds those of the copy's keys that are `wanted`, each the private half of that public key, sealed with this
  // vault's key; one that is here and is damaged is replaced. All wanted keys are here and whole when it returns.
  // Precondition: the copy is of the same store. `key_file`: where the wrapping key of the copy is, if not where this
  // vault's sources are. All keys that are here are then looked at once more by who sweeps: which of them the
  // restored store uses is to be seen. Errors: kDamaged for a wanted key that is missing or no good.
  [[nodiscard]] Result<VaultImported> add_from(const std::filesystem::path& copy,
                                               const std::optional<std::filesystem::path>& key_file,
                                               const std::map<std::string, Bytes>& wanted);

  struct Impl;  // for the sources of this folder

 private:
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What a copy that copy_to made says of itself. Errors: kForeign, kFuture, kDamaged, kMissing, ...
struct VaultCopy {
  std::string store_id;
  std::string wrapping_key_id;
  std::set<std::string> key_ids;
};
[[nodiscard]] Result<VaultCopy> read_vault_copy(const std::filesystem::path& file);
// Opens each of its keys, with the wrapping key in `key_file` or where the sources of the store in `store_dir` are.
// Errors: kCrypto if that key is not there, kDamaged for a key that does not open.
[[nodiscard]] Result<void> check_vault_copy(const std::filesystem::path& file,
                                            const std::optional<std::filesystem::path>& key_file,
                                            const std::filesystem::path& store_dir, const VaultKeySources& sources);

}  // namespace zonestore
