// Files that bulk commands are given: read whole, judged whole (faults.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/faults.h"
#include "tools/zonectl/session/session.h"

namespace zonectl {

// A file of at most 64 MiB, without a byte order mark. Errors: kMissing, kPermission, kIo with the file's name.
[[nodiscard]] zonestore::Result<std::string> read_text_file(const std::filesystem::path& file);

// The same of what comes by standard input, if `file` is "-".
[[nodiscard]] zonestore::Result<std::string> read_list_text(const Session& session, const std::string& file);

// What each line says without the blanks around it; "#" begins a comment; empty lines count for nothing.
struct ListedWord {
  std::size_t line = 0;
  std::string word;
};
[[nodiscard]] std::vector<ListedWord> read_list(std::string_view text);

}  // namespace zonectl
