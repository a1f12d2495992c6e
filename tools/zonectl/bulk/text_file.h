// Files that bulk commands are given: read whole, judged whole, each fault with its line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/session/session.h"

namespace zonectl {

struct FileFault {
  std::size_t line = 0;  // from 1 on; 0: of the file as a whole
  zonestore::Error error;
};

// A file of at most 64 MiB, without a byte order mark. Errors: kMissing, kPermission, kIo with the file's name.
[[nodiscard]] zonestore::Result<std::string> read_text_file(const std::filesystem::path& file);

// The same of what comes by standard input, if `file` is "-".
[[nodiscard]] zonestore::Result<std::string> read_list_text(const Session& session, const std::string& file);

// Tells every fault ("list.csv:12: ...") on standard error, and prints the JSON form if it was asked for. The exit
// code: that of what is malformed, else of the first.
[[nodiscard]] ExitCode tell_faults(const Session& session, const std::string& file,
                                   const std::vector<FileFault>& faults);

// What each line says without the blanks around it; "#" begins a comment; empty lines count for nothing.
struct ListedWord {
  std::size_t line = 0;
  std::string word;
};
[[nodiscard]] std::vector<ListedWord> read_list(std::string_view text);

}  // namespace zonectl
