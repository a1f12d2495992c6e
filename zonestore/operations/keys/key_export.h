// Private keys for signers.
#pragma once

#include <filesystem>
#include <string>

#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct KeyExported : Changed {
  std::string key_id;
  std::filesystem::path file;
};

// Writes the slot's private key as PKCS #8 PEM, mode 0600, to a new file (one that exists is never overwritten:
// kRefused/kExists), and keeps an audit row. The file appears whole or not at all: it is written under another name
// first, and takes its own once the row is in. Errors: kNotFound (institution, or no key in the slot), kKeyMismatch
// if the vault's key does not verify against what is served; kIo if at last it could not take its name: a second row
// of the log says that the first came to nothing.
[[nodiscard]] Result<KeyExported> export_private_key(Store& store, const ChangeContext& context,
                                                     const dkim::Code& code, dkim::SlotId slot,
                                                     const std::filesystem::path& file);

}  // namespace zonestore
