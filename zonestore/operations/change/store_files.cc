#include "zonestore/operations/change/store_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/db/failure.h"
#include "zonestore/db/file_check.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0750;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kOthers = 0007;
constexpr mode_t kModeBits = 07777;
constexpr const char* kServer = "dnsd";  // the user that serves

fs::path journal_of(const fs::path& dir) {
  return zone_file_of(dir).string() + "-journal";
}

std::optional<struct stat> status_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

// As far as this user may: only root and an owner who is in that group can. lost_readers() says so where it matters.
void give_to(const fs::path& path, gid_t group) {
  const std::optional<struct stat> status = status_of(path);
  if (status && status->st_gid != group) {
    (void)!::chown(path.c_str(), static_cast<uid_t>(-1), group);
  }
}

bool is_empty_and_ours(const fs::path& dir) {
  const std::optional<struct stat> status = status_of(dir);
  std::error_code error;
  return status && status->st_uid == ::geteuid() && fs::is_empty(dir, error) && !error;
}

std::string octal(mode_t mode) {
  std::ostringstream text;
  text << '0' << std::oct << (mode & kModeBits);
  return text.str();
}

std::string group_name(gid_t group) {
  std::array<char, 16384> buffer{};  // holds the members' names; a group with more of them is shown by its number
  struct group entry {};
  struct group* found = nullptr;
  return ::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr
             ? entry.gr_name
             : "#" + std::to_string(group);
}

struct Server {
  uid_t user = 0;
  std::vector<gid_t> groups;

  [[nodiscard]] bool is_in(gid_t group) const {
    return std::find(groups.begin(), groups.end(), group) != groups.end();
  }
};

std::optional<Server> find_server() {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(kServer, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  Server server{entry.pw_uid, std::vector<gid_t>(64)};
  int count = static_cast<int>(server.groups.size());
  // Too small: it says in `count` how many there are, and is asked again.
  if (::getgrouplist(kServer, entry.pw_gid, server.groups.data(), &count) < 0) {
    server.groups.resize(static_cast<std::size_t>(count));
    (void)::getgrouplist(kServer, entry.pw_gid, server.groups.data(), &count);
  }
  server.groups.resize(static_cast<std::size_t>(count));
  return server;
}

// The groups that a process was started with; empty if it has ended.
std::vector<gid_t> groups_of_process(const fs::path& process) {
  std::ifstream file(process / "status");
  std::vector<gid_t> groups;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Gid:") || line.starts_with("Groups:")) {
      std::istringstream words(line.substr(line.find(':') + 1));
      for (gid_t group = 0; words >> group;) {
        groups.push_back(group);
      }
    }
  }
  return groups;
}

// A process of that user that runs since before the user was put into the group.
std::optional<std::string> one_without(const Server& server, gid_t group) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    const std::optional<struct stat> status = status_of(entry.path());
    const std::vector<gid_t> groups =
        status && status->st_uid == server.user ? groups_of_process(entry.path()) : std::vector<gid_t>{};
    if (!groups.empty() && std::find(groups.begin(), groups.end(), group) == groups.end()) {
      return name;
    }
  }
  return std::nullopt;
}

// What is in the way of closing files of that group; empty: nothing. A mode that shuts dnsd out is worse than one
// that lets all local users read public records: so the membership is proven first, of the account and of what runs
// under it, since a process keeps the groups that it was started with.
std::string obstacle_for(gid_t group) {
  const std::optional<Server> server = find_server();
  const std::string name = group_name(group);
  const std::string again = ", then run: zonectl store recover";
  if (!server) {
    return "there is no user " + std::string(kServer) + " who could read them by their group " + name +
           ": make it a member (systemd-sysusers zonestore.conf)" + again;
  }
  if (!server->is_in(group)) {
    return "the user " + std::string(kServer) + " is not in their group " + name + ": usermod --append --groups " +
           name + " " + kServer + ", restart dnsd" + again;
  }
  if (const auto pid = one_without(*server, group)) {
    return "pid " + *pid + " of the user " + std::string(kServer) + " runs since before that user was in the group " +
           name + ": restart dnsd" + again;
  }
  return {};
}

struct OpenPath {
  fs::path path;
  mode_t is;
  mode_t wanted;
  gid_t group;
};

std::vector<OpenPath> find_open(const fs::path& dir) {
  std::vector<OpenPath> open;
  // The directory last: who may enter it matters once its files are closed.
  for (const fs::path& path : {zone_file_of(dir), journal_of(dir), dir}) {
    const std::optional<struct stat> status = status_of(path);
    if (status && (status->st_mode & kOthers) != 0) {
      const mode_t wanted = S_ISDIR(status->st_mode) ? kDirectoryMode : kFileMode;
      open.push_back({path, status->st_mode & kModeBits, wanted, status->st_gid});
    }
  }
  return open;
}

gid_t group_of_name(const std::string& name) {
  std::array<char, 16384> buffer{};
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    throw db::Failure(Error{ErrorCode::kInvalid, "there is no group \"" + name + "\"",
                            "getent group lists those that there are", std::nullopt});
  }
  return entry.gr_gid;
}

}  // namespace

bool make_store_directory(const fs::path& dir, std::optional<gid_t> group) {
  std::error_code error;
  const bool made = fs::create_directories(dir, error);
  if (error) {
    const bool denied = error == std::errc::permission_denied;
    throw db::Failure(Error{denied ? ErrorCode::kPermission : ErrorCode::kIo,
                            "cannot make the store's directory " + dir.string() + ": " + error.message(),
                            "choose another one with --store, or run as a user who may write there", std::nullopt});
  }
  if (group && ::chown(dir.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    throw db::Failure(Error{ErrorCode::kPermission,
                            "cannot give " + dir.string() + " to the group " + group_name(*group) + ": " +
                                std::generic_category().message(errno),
                            "only root, and the owner who is in that group, may", std::nullopt});
  }
  // By chmod, since mkdir's mode is cut by the umask. A directory that holds something else keeps
  // its mode.
  if ((made || group || is_empty_and_ours(dir)) && ::chmod(dir.c_str(), kDirectoryMode) != 0) {
    throw db::Failure(Error{ErrorCode::kIo, "cannot set the mode of " + dir.string(), "", std::nullopt});
  }
  return made;
}

Result<void> make_directory_for_readers(const fs::path& dir, const std::string& group) {
  return db::at_border<void>([&] {
    const gid_t readers = group_of_name(group);
    if (!status_of(zone_file_of(dir))) {  // init says so of a store that is there, and nothing of it is changed
      make_store_directory(dir, readers);
    }
  });
}

FileRights rights_for_zone_file(const fs::path& dir) {
  const std::optional<struct stat> status = status_of(zone_file_of(dir));
  if (!status || !S_ISREG(status->st_mode)) {
    return {};
  }
  return {kFileMode | (status->st_mode & S_IROTH), status->st_gid};
}

db::Connection open_new_zone_db(const fs::path& dir, const FileRights& rights) {
  db::Connection connection =
      db::Connection::open(zone_file_of(dir), db::Access::kCreate, db::kDefaultBusyTimeout, rights.mode);
  const std::optional<struct stat> directory = status_of(dir);
  give_to(zone_file_of(dir), rights.group.value_or(directory ? directory->st_gid : ::getegid()));
  return connection;
}

std::optional<std::string> lost_readers(const fs::path& dir, const FileRights& rights) {
  const std::optional<struct stat> status = status_of(zone_file_of(dir));
  if (!rights.group || !status || status->st_gid == *rights.group || (status->st_mode & S_IROTH) != 0) {
    return std::nullopt;
  }
  const std::string group = group_name(*rights.group);
  return "zone.db was made anew, and this user may not give it to the group " + group +
         ", by which dnsd may have read it: as root, chgrp " + group + " " + zone_file_of(dir).string();
}

void give_journal_to_group(const fs::path& dir) {
  if (const std::optional<struct stat> zone = status_of(zone_file_of(dir))) {
    give_to(journal_of(dir), zone->st_gid);
  }
}

Result<ModesReport> mend_modes(const fs::path& dir, bool dry_run) {
  return db::at_border<ModesReport>([&] {
    ModesReport report;
    for (const OpenPath& each : find_open(dir)) {
      const std::string shown = each.path.string() + " (" + octal(each.is) + ")";
      if (const std::string obstacle = obstacle_for(each.group); !obstacle.empty()) {
        report.advice = {shown};
        report.advice.back() += " and what belongs to it can be read by every local user, and stay so: " + obstacle;
        return report;
      }
      if (!dry_run && ::chmod(each.path.c_str(), each.wanted) != 0) {
        throw db::Failure(db::file_error("set the mode of", each.path, errno));
      }
      report.mended.push_back(each.path.string() + ": mode " + octal(each.is) +
                              (dry_run ? " would be " : " is now ") + octal(each.wanted) + "; its group " +
                              group_name(each.group) + " reads it, nobody else");
    }
    return report;
  });
}

}  // namespace zonestore
