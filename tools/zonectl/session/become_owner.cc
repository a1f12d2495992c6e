#include "tools/zonectl/session/become_owner.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/zonectl/session/caller.h"
#include "tools/zonectl/session/process.h"
#include "tools/zonectl/session/store_place.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;

namespace {

constexpr gid_t kNoGroup = 65534;

struct Groups {
  gid_t primary;
  std::vector<gid_t> all;
};

// Those of the user's entry; of a user that has none, the directory's group, but for root's.
Groups groups_of(uid_t user, gid_t of_directory) {
  const passwd* const entry = ::getpwuid(user);
  if (entry == nullptr) {
    const gid_t group = of_directory == 0 ? kNoGroup : of_directory;
    return {group, {group}};
  }
  Groups groups{entry->pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(groups.all.size());
  while (::getgrouplist(entry->pw_name, entry->pw_gid, groups.all.data(), &count) < 0) {
    groups.all.resize(static_cast<std::size_t>(count) + groups.all.size());
    count = static_cast<int>(groups.all.size());
  }
  groups.all.resize(static_cast<std::size_t>(count));
  return groups;
}

bool give_up_capabilities() {
  ::prctl(PR_SET_KEEPCAPS, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

bool is_wholly(uid_t user) {
  std::array<uid_t, 3> users{};
  return ::getresuid(&users[0], &users[1], &users[2]) == 0 && users[0] == user && users[1] == user &&
         users[2] == user && ::setuid(0) != 0;
}

Result<void> become(uid_t user, gid_t of_directory) {
  const Groups groups = groups_of(user, of_directory);
  errno = 0;
  if (::setgroups(groups.all.size(), groups.all.data()) != 0 ||
      ::setresgid(groups.primary, groups.primary, groups.primary) != 0 || ::setresuid(user, user, user) != 0 ||
      !give_up_capabilities() || !is_wholly(user)) {
    return zonestore::fail(ErrorCode::kPermission,
                           "root cannot become " + user_name(user) + ", the store's owner: " + std::strerror(errno),
                           "run as that user: sudo -u " + user_name(user) + " zonectl ...");
  }
  protect_memory();
  return {};
}

// It is opened with the new user's rights whatever it is now; but another one was meant.
Result<void> compare(const std::filesystem::path& store, const StorePlace& seen) {
  struct stat now {};
  if (seen.is_there && ::stat(store.c_str(), &now) == 0 && (now.st_dev != seen.device || now.st_ino != seen.inode)) {
    return zonestore::fail(ErrorCode::kPermission, store.string() + " was exchanged while root looked at it",
                           "look who may write above it");
  }
  return {};
}

}  // namespace

Result<std::optional<std::string>> become_owner(const std::filesystem::path& store) {
  const Result<StorePlace> place = look_at_place(store);
  if (!place) {
    return tl::unexpected(place.error());
  }
  const Result<std::optional<uid_t>> owner = owner_to_become(store, *place);
  if (!owner) {
    return tl::unexpected(owner.error());
  }
  if (!*owner) {
    return std::nullopt;
  }
  if (const Result<void> became = become(**owner, place->group); !became) {
    return tl::unexpected(became.error());
  }
  if (const Result<void> same = compare(store, *place); !same) {
    return tl::unexpected(same.error());
  }
  return user_name(**owner);
}

void gain_no_rights() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace zonectl
