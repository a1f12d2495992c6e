#include "tools/zonectl/session/store_place.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <deque>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zonectl/session/caller.h"
#include "zonestore/base/file_descriptor.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::FileDescriptor;
using zonestore::Result;

namespace {

constexpr mode_t kWritableByGroup = S_IWGRP;
constexpr mode_t kWritableByAll = S_IWOTH;

tl::unexpected<zonestore::Error> refuse(const std::string& why, const std::string& hint) {
  return zonestore::fail(ErrorCode::kPermission, "root does not open " + why, hint);
}

}  // namespace

Result<std::optional<uid_t>> owner_to_become(const std::filesystem::path& store, const StorePlace& place) {
  // Whoever owns a store owns what its rows name: a signer's directory to write in, a command to run. Root that acted
  // on another's store would do both as root. So root becomes the owner; a place whose owner is in doubt is refused.
  const auto is_roots = [&place](uid_t owner) { return owner == 0 || owner == place.root; };
  const std::string dir = store.string();
  const std::string owner = user_name(place.directory.owner);
  if (place.file && *place.file != place.directory.owner &&
      !(is_roots(*place.file) && is_roots(place.directory.owner))) {
    return refuse(dir + ": the directory belongs to " + owner + ", and zone.db to " + user_name(*place.file),
                  "give both to one user: chown -R USER: " + dir);
  }
  if (!is_roots(place.directory.owner)) {
    return place.directory.owner;
  }
  if (!place.directory.exchanged.empty()) {
    return refuse(dir + ", which is root's, but could be exchanged by " + place.directory.exchanged,
                  "move it to where root alone may write, or give it to that user: chown -R USER: " + dir);
  }
  if (place.is_there && place.is_open) {
    return refuse(dir + ", which is root's, but others may write in it", "run: chmod go-w " + dir);
  }
  if (place.leads_to && (!is_roots(place.leads_to->owner) || !place.leads_to->exchanged.empty())) {
    return refuse(dir + ": its zone.db leads to a file of " + user_name(place.leads_to->owner),
                  "name the directory in which that lies: --store");
  }
  return std::nullopt;
}

namespace {

// A walk from "/" to a path, one name at a time, each looked at by the descriptor by which the next is found: between
// a look at a path and its use somebody may put a link there, between a descriptor and its use nobody can.
class Walk {
 public:
  Walk() : at_(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    ::fstat(at_.get(), &status_);
    root_ = status_.st_uid;
  }

  // errno, or 0. Where a name is not there the walk stands at the last directory that is.
  int go(const std::filesystem::path& path) {
    std::deque<std::string> names;
    put_before(names, path);
    while (!names.empty()) {
      const std::string name = std::move(names.front());
      names.pop_front();
      if (const int failed = step(name, names); failed != 0) {
        return failed;
      }
    }
    return 0;
  }

  [[nodiscard]] const struct stat& status() const { return status_; }
  [[nodiscard]] const FileDescriptor& at() const { return at_; }
  [[nodiscard]] const std::string& exchanged() const { return exchanged_; }
  [[nodiscard]] uid_t root() const { return root_; }

 private:
  static void put_before(std::deque<std::string>& names, const std::filesystem::path& path) {
    std::deque<std::string> more;
    for (const std::filesystem::path& each : path) {
      if (const std::string name = each.string(); !name.empty() && name != ".") {
        more.push_back(name);
      }
    }
    names.insert(names.begin(), more.begin(), more.end());
  }

  int step(const std::string& name, std::deque<std::string>& rest) {
    if (name == "/") {
      return enter(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    // O_PATH needs no right to read; O_NOFOLLOW with it opens the link itself, which is then read by readlinkat().
    FileDescriptor found(::openat(at_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!found.is_open() || ::fstat(found.get(), &status) != 0) {
      return errno;
    }
    if (name != "..") {
      note_who_may_exchange(name, status);
    }
    if (!S_ISLNK(status.st_mode)) {
      at_ = std::move(found);
      where_ = where_ / name;
      status_ = status;
      return 0;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(found.get(), "", target.data(), target.size());
    if (size <= 0 || ++links_ > kMostLinks) {
      return size <= 0 ? errno : ELOOP;
    }
    put_before(rest, std::string(target.data(), static_cast<std::size_t>(size)));
    return 0;
  }

  int enter(int descriptor) {
    at_ = FileDescriptor(descriptor);
    where_ = "/";
    return at_.is_open() && ::fstat(at_.get(), &status_) == 0 ? 0 : errno;
  }

  // In a sticky directory only the owner of an entry, and of the directory, may exchange it.
  void note_who_may_exchange(const std::string& name, const struct stat& entry) {
    if (!exchanged_.empty()) {
      return;
    }
    const bool is_sticky = (status_.st_mode & S_ISVTX) != 0;
    const bool is_open =
        (status_.st_mode & kWritableByAll) != 0 || ((status_.st_mode & kWritableByGroup) != 0 && status_.st_gid != 0);
    const auto is_others = [this](uid_t user) { return user != 0 && user != root_; };
    if (is_others(status_.st_uid)) {
      exchanged_ = user_name(status_.st_uid) + ", whose " + where_.string() + " is";
    } else if (is_open && !is_sticky) {
      exchanged_ = "whoever may write in " + where_.string();
    } else if (is_open && is_others(entry.st_uid)) {
      exchanged_ = user_name(entry.st_uid) + ", whose " + (where_ / name).string() + " is";
    }
  }

  static constexpr int kMostLinks = 40;  // as the kernel's own

  FileDescriptor at_;
  std::filesystem::path where_ = "/";
  struct stat status_ {};
  uid_t root_ = 0;
  std::string exchanged_;
  int links_ = 0;
};

// zone.db, and where it leads to if it is a link.
void look_at_file(const std::filesystem::path& store, const Walk& directory, StorePlace& place) {
  struct stat status {};
  if (::fstatat(directory.at().get(), "zone.db", &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return;
  }
  place.file = status.st_uid;
  if (S_ISLNK(status.st_mode)) {
    Walk file;
    if (file.go(store / "zone.db") == 0) {
      place.leads_to = StorePlace::Entry{file.status().st_uid, file.exchanged()};
    }
  }
}

}  // namespace

Result<StorePlace> look_at_place(const std::filesystem::path& store) {
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(store, failure);
  Walk walk;
  const int failed = failure ? failure.value() : walk.go(absolute);
  if (failed != 0 && failed != ENOENT && failed != ENOTDIR) {
    return zonestore::fail(ErrorCode::kPermission, "cannot open " + store.string() + ": " + std::strerror(failed));
  }
  StorePlace place;
  const struct stat& status = walk.status();
  place.directory = {status.st_uid, walk.exchanged()};
  place.is_there = failed == 0;
  place.is_open =
      (status.st_mode & kWritableByAll) != 0 || ((status.st_mode & kWritableByGroup) != 0 && status.st_gid != 0);
  place.group = status.st_gid;
  place.device = status.st_dev;
  place.inode = status.st_ino;
  place.root = walk.root();
  if (place.is_there) {
    look_at_file(absolute, walk, place);
  } else if (place.is_open && (status.st_mode & S_ISVTX) == 0 && place.directory.exchanged.empty()) {
    place.directory.exchanged = "whoever may write where it would be made";
  }
  return place;
}

}  // namespace zonectl
