// Why this process may not read the store, in the words of who can change that: which group it is not in.
// Looks at the files' status alone. Threads: any.
#pragma once

#include <filesystem>
#include <string>

namespace dnsd::follow {

// What to do so that the store in this directory can be read. Empty: nothing that we could see is in the way.
[[nodiscard]] std::string access_hint(const std::filesystem::path& store_dir);

}  // namespace dnsd::follow
