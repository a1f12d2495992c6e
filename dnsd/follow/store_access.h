// Why this process may not read the store, in the words of who can change that: which group it is not in.
// Looks at the files' status alone: who is called what was asked before, since a sandbox keeps /etc/passwd and
// /etc/group (and whatever else the C library may ask) away from a dnsd that serves. Threads: any.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <sys/types.h>

namespace dnsd::follow {

// Names of accounts, as they were when it was made; of others the number.
class AccountNames {
 public:
  AccountNames() = default;
  // Asks the system for the names of this process's user and of the groups that the store's files have now.
  explicit AccountNames(const std::filesystem::path& store_dir);

  [[nodiscard]] std::string user() const;
  [[nodiscard]] std::string group(gid_t group) const;

 private:
  std::map<uid_t, std::string> users_;
  std::map<gid_t, std::string> groups_;
};

// What to do so that the store in this directory can be read. Empty: nothing that we could see is in the way.
[[nodiscard]] std::string access_hint(const std::filesystem::path& store_dir, const AccountNames& names);

}  // namespace dnsd::follow
