// Keys that were made elsewhere: from a signer that is in use today, or from a ceremony.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "zonestore/operations/institutions/institutions.h"

namespace zonestore {

// A private key in PEM form (PKCS #8 or PKCS #1). Errors: kMissing, kPermission, kIo; kInvalid, kRefused/kWeakKey as
// of dkim::key_from_pem. The file's name is the caller's to tell.
[[nodiscard]] Result<crypto::PrivateKey> read_key_file(const std::filesystem::path& file);

struct SuppliedKey {
  std::optional<dkim::SlotId> slot;  // nullopt: the one that is next to get a key; of a new institution sel1
  crypto::PrivateKey key;
};

struct ImportOptions {
  std::vector<Name> domains;  // of a new institution
  // Of a new institution: the slot that signs from the start, which is safe because nobody has asked for its name
  // yet; with secondaries, from when its key is ripe. nullopt: sel1.
  std::optional<dkim::SlotId> signs_with;
};

struct KeysImported : InstitutionChanged {
  bool is_new = false;              // the institution
  std::vector<dkim::SlotId> slots;  // that hold the imported keys
};

// A new institution: the keys go into its slots (one that none was given for gets a fresh key), and it signs at once,
// as after `add`. One that is there: one key, into a slot that `prepare` would fill; it is published and ripens. A
// key that the institution holds already: changed is false. A key that another institution holds is warned about.
// Errors: those of add_institution and prepare; kRefused/kRevoked for a key that was ever revoked; kInvalid for one
// key in two slots; kRefused/kNotRipe for `signs_with` where names were served before.
[[nodiscard]] Result<KeysImported> import_keys(Store& store, const ChangeContext& context, const dkim::Code& code,
                                               std::vector<SuppliedKey> keys, const ImportOptions& options);

}  // namespace zonestore
