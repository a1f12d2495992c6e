// What the files of secrets have in common: who may read them, lines, comments. Threads: any.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "dnsd/util/result.h"

namespace dnsd::config {

// Calls `take` with each line that says something, stripped of blanks and of what '#' begins, and its place
// ("source:3: "). Ends with the first error.
[[nodiscard]] util::Result<void> for_each_secret_line(
    std::string_view text, std::string_view source,
    const std::function<util::Result<void>(std::string_view line, const std::string& place)>& take);

// The file's text. Errors: that it cannot be read, is no regular file or far too long (16 KiB), or may be read by
// others or written by its group: the file is root:dnsd. `what` names the secrets ("cookie secrets").
[[nodiscard]] util::Result<std::string> read_secrets_file(const std::filesystem::path& file, std::string_view what);

}  // namespace dnsd::config
