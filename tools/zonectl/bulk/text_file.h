// Files that bulk commands are given: read whole, judged whole (faults.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/faults.h"
#include "tools/zonectl/session/session.h"
#include "zonestore/crypto/secret_text.h"

namespace zonectl {

// A file of at most 64 MiB, without a byte order mark. Errors: kMissing, kPermission, kIo with the file's name.
[[nodiscard]] zonestore::Result<std::string> read_text_file(const std::filesystem::path& file);

// The same of a file that may hold private keys: no copy of it is left behind.
[[nodiscard]] zonestore::Result<zonestore::crypto::SecretText> read_secret_file(const std::filesystem::path& file);

// The same of what comes by standard input, if `file` is "-".
[[nodiscard]] zonestore::Result<std::string> read_list_text(const Session& session, const std::string& file);

// What each line says without the blanks around it; "#" begins a comment; empty lines count for nothing. A word is a
// view of the text.
struct ListedWord {
  std::size_t line = 0;
  std::string_view word;
};
[[nodiscard]] std::vector<ListedWord> read_list(std::string_view text);

}  // namespace zonectl
