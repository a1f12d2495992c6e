#include "zonestore/db/file_check.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

namespace zonestore::db {
namespace {

namespace fs = std::filesystem;

std::optional<uid_t> owner_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 && ::stat(file.parent_path().c_str(), &status) != 0) {
    return std::nullopt;  // not even the directory may be looked at
  }
  return status.st_uid;
}

std::string user_name(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return "#" + std::to_string(user);  // as sudo -u takes it
  }
  return entry.pw_name;
}

std::string permission_hint(const fs::path& file) {
  const std::optional<uid_t> owner = owner_of(file);
  if (!owner) {
    return "run as the store's owner: sudo -u zonestore zonectl ...";
  }
  if (*owner == ::geteuid()) {
    return "it belongs to you: chmod u+rwX " + file.string();
  }
  return "run as the store's owner: sudo -u " + user_name(*owner) + " zonectl ...";
}

bool may(const fs::path& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

}  // namespace

Error file_error(std::string_view verb, const fs::path& path, int system_error) {
  const std::string where = "cannot " + std::string(verb) + " " + path.string() + ": ";
  switch (system_error) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kMissing, where + "no such file or directory",
              "name the store's directory with --store, or make one: zonectl --store DIR init"};
    case EACCES:
    case EPERM:
      return {ErrorCode::kPermission, where + "permission denied", permission_hint(path)};
    case EROFS:
      return {ErrorCode::kReadOnly, where + "the file system is read-only", "mount it for writing"};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {ErrorCode::kFull, where + std::generic_category().message(system_error), "make room on the disk"};
    default:
      return {ErrorCode::kIo, where + std::generic_category().message(system_error), {}};
  }
}

std::optional<Error> find_obstacle(const fs::path& file, bool for_writing) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return file_error("open", file, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kForeign, file.string() + " is not a regular file",
                 "name the store's directory: --store"};
  }
  if (!may(file, for_writing ? R_OK | W_OK : R_OK)) {
    return file_error("open", file, errno);
  }
  if (for_writing && !may(file.parent_path(), W_OK | X_OK)) {
    return file_error("write in", file.parent_path(), errno);
  }
  return std::nullopt;
}

std::optional<Error> find_journal_obstacle(const fs::path& file) {
  for (const char* const suffix : {"-journal", "-wal", "-shm"}) {  // SQLite looks for all of them
    const std::string journal = file.string() + suffix;
    struct stat status {};
    if (::stat(journal.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      return Error{ErrorCode::kForeign, journal + " is not a regular file",
                   "it is no journal of the store: remove it"};
    }
  }
  return std::nullopt;
}

bool has_unreadable_journal(const fs::path& file) {
  const std::string journal = file.string() + "-journal";
  return may(journal, F_OK) && !may(journal, R_OK);
}

namespace {

Error lies_in_store(const fs::path& target, const fs::path& store) {
  return {ErrorCode::kInvalid, target.string() + " lies in " + store.string() + ", which is a store or a backup",
          "name a place outside of it", std::nullopt};
}

bool is_same_directory(int left, int right) {
  struct stat one {};
  struct stat other {};
  return ::fstat(left, &one) == 0 && ::fstat(right, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

fs::path path_of(int directory) {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(directory), ignored);
}

}  // namespace

std::optional<Error> find_store_around(const FilePlace& place) {
  constexpr const char* kZoneFile = "zone.db";
  FileDescriptor directory(::openat(place.directory(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  while (directory.is_open()) {
    struct stat status {};
    if (::fstatat(directory.get(), kZoneFile, &status, 0) == 0 && S_ISREG(status.st_mode)) {
      return lies_in_store(place.path(), path_of(directory.get()));
    }
    FileDescriptor above(::openat(directory.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (above.is_open() && is_same_directory(directory.get(), above.get())) {
      break;  // the root
    }
    directory = std::move(above);
  }
  return std::nullopt;
}

std::optional<Error> find_store_around(const fs::path& target) {
  std::error_code error;
  fs::path directory = fs::weakly_canonical(fs::absolute(target, error).parent_path(), error);
  while (!error) {
    struct stat status {};
    if (::stat((directory / "zone.db").c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      return lies_in_store(target, directory);
    }
    if (directory == directory.root_path() || directory.empty()) {
      break;
    }
    directory = directory.parent_path();
  }
  return std::nullopt;
}

}  // namespace zonestore::db
