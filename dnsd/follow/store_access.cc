#include "dnsd/follow/store_access.h"

#include <array>
#include <string_view>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dnsd::follow {
namespace {

// Empty: it has none that could be found.
std::string look_up_user(uid_t user) {
  std::array<char, 4096> memory{};
  passwd entry{};
  passwd* found = nullptr;
  (void)::getpwuid_r(user, &entry, memory.data(), memory.size(), &found);
  return found != nullptr ? found->pw_name : "";
}

std::string look_up_group(gid_t group) {
  std::array<char, 4096> memory{};
  struct group entry {};
  struct group* found = nullptr;
  (void)::getgrgid_r(group, &entry, memory.data(), memory.size(), &found);
  return found != nullptr ? found->gr_name : "";
}

template <class Id>
std::string name_in(const std::map<Id, std::string>& names, Id id) {
  const auto found = names.find(id);
  return found == names.end() || found->second.empty() ? "#" + std::to_string(id) : found->second;
}

// What it takes to read through a path: a directory is passed, a file is read.
struct Step {
  const char* name;
  int wanted;           // as faccessat(2) has it
  mode_t of_the_group;  // the bit that gives it to the group
};
constexpr std::array<Step, 3> kSteps{
    {{"", X_OK, S_IXGRP}, {"zone.db", R_OK, S_IRGRP}, {"zone.db-journal", R_OK, S_IRGRP}}};

std::filesystem::path path_of(const Step& step, const std::filesystem::path& store_dir) {
  return *step.name == '\0' ? store_dir : store_dir / step.name;
}

}  // namespace

AccountNames::AccountNames(const std::filesystem::path& store_dir) {
  users_[::geteuid()] = look_up_user(::geteuid());
  for (const Step& step : kSteps) {
    struct stat status {};
    if (::stat(path_of(step, store_dir).c_str(), &status) == 0 && !groups_.contains(status.st_gid)) {
      groups_[status.st_gid] = look_up_group(status.st_gid);
    }
  }
}

std::string AccountNames::user() const {
  return name_in(users_, ::geteuid());
}

std::string AccountNames::group(gid_t group) const {
  return name_in(groups_, group);
}

std::string access_hint(const std::filesystem::path& store_dir, const AccountNames& names) {
  for (const Step& step : kSteps) {
    const std::filesystem::path path = path_of(step, store_dir);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || ::faccessat(AT_FDCWD, path.c_str(), step.wanted, AT_EACCESS) == 0) {
      continue;
    }
    const std::string group = names.group(status.st_gid);
    if ((status.st_mode & step.of_the_group) == 0) {
      return "neither others nor the group '" + group + "' may read " + path.string() +
             ": as the store's owner, 'zonectl store recover' gives it its modes";
    }
    const std::string user = names.user();
    std::string hint = "the user '" + user + "' is not in the group '";
    hint += group + "', which may read ";
    hint += path.string() + ": usermod -a -G ";
    hint += group + " ";
    hint += user + ", then start dnsd again";
    return hint;
  }
  return {};
}

}  // namespace dnsd::follow
