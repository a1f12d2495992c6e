// What only who has a wrapping key can give: a code over some bytes, for one purpose (WrappingKey::code).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/vault/vault.h"

namespace zonestore {

struct KeyedCode {
  std::string key_id;
  Bytes code;
};

// By each wrapping key that is found where the sources of the store in `store_dir` are, whether or not there is a
// vault. Errors: kCrypto; a key that cannot be read is left out.
[[nodiscard]] Result<std::vector<KeyedCode>> codes_by_found_keys(const std::filesystem::path& store_dir,
                                                                 const VaultKeySources& sources,
                                                                 std::string_view purpose, ByteView message);

}  // namespace zonestore
