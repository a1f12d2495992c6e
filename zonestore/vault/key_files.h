// Where wrapping keys come from, and their files. For the sources of this folder only, but for VaultKeySources, which
// vault.h hands on.
//
// Looked at in this order, and that key is taken whose id the vault names:
//   the systemd credential  <credentials directory>/zonestore-vault-key
//   the file                that $ZONESTORE_VAULT_KEY names (and FILE.new beside it, see below)
//   the store's own         DIR/vault/wrapping.key          (and wrapping.key.new)
//
// A key is replaced as FILE.new (durable) -> the vault's commit -> rename to FILE: whatever is interrupted, one of
// the two files holds the key that the vault names. Errors: db::Failure is thrown.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/vault/vault.h"
#include "zonestore/vault/wrapping_key.h"

namespace zonestore {

enum class KeySource : std::uint8_t { kCredential, kNamedFile, kOwnFile };

struct KeyPlace {
  KeySource source;
  std::filesystem::path key_file;
  bool is_draft = false;  // FILE.new beside it is meant

  [[nodiscard]] std::filesystem::path file() const;
};

[[nodiscard]] std::filesystem::path own_key_file(const std::filesystem::path& store_dir);
[[nodiscard]] std::filesystem::path draft_of(const std::filesystem::path& key_file);  // FILE.new
// In the order in which they are looked at.
[[nodiscard]] std::vector<KeyPlace> key_places(const std::filesystem::path& store_dir,
                                               const VaultKeySources& sources);

struct FoundKey {
  WrappingKey key;
  KeyPlace place;
};
// The key of that id; kCrypto with all places that were looked at if none has it.
[[nodiscard]] FoundKey find_key(const std::string& id, const std::vector<KeyPlace>& places, const std::string& whose,
                                const std::string& hint);
// The key that a vault without one is to be sealed with: of the first place that is set; the store's own is made if
// there is none.
[[nodiscard]] FoundKey key_for_new_vault(const std::filesystem::path& store_dir, const VaultKeySources& sources);

// nullopt if there is no such file; kInvalid, kPermission (others may read it), ... if it is no good.
[[nodiscard]] std::optional<WrappingKey> read_key_file(const KeyPlace& place);
// A file that is not there yet, whole and durable; whatever is there by then stays (kExists). Until it has its name
// nothing rests on it, so its draft has one that nobody can guess.
void write_new_key_file(const std::filesystem::path& key_file, const WrappingKey& key);
// A draft (FILE.new) that is durable; one that is there already is a dead attempt's. Its name is fixed because it
// must be found again: the vault may name it before it is renamed. So its directory must be nobody else's to write
// in, and it is never opened through a link, nor believed if another user owns it.
void write_draft(const std::filesystem::path& key_file, const WrappingKey& key);
// The draft takes the place of the file, whose bytes are overwritten first.
void put_draft_in_place(const std::filesystem::path& key_file);
// Overwritten and gone, with its draft; no error if there is none.
void destroy_key_file(const std::filesystem::path& key_file);

}  // namespace zonestore
