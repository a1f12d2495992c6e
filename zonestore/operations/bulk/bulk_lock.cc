#include "zonestore/operations/bulk/bulk_lock.h"

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/db/file_check.h"
#include "zonestore/db/lock_holders.h"
#include "zonestore/db/session.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0600;
// Who only asks holds it for an instant too: that is no reason to be refused.
constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kBetweenAttempts{20};

[[noreturn]] void throw_foreign(const fs::path& file) {
  throw db::Failure(Error{ErrorCode::kForeign,
                          file.string() + " is no lock of ours: it must be a plain file of the store's owner, alone",
                          "look at what it is, and move it away", std::nullopt});
}

// What root makes is the owner's of the directory, who must be able to open it next time.
void check_is_ours(const FileDescriptor& descriptor, const fs::path& file) {
  struct stat status {};
  struct stat directory {};
  if (::fstat(descriptor.get(), &status) != 0 || ::stat(file.parent_path().c_str(), &directory) != 0) {
    throw db::Failure(db::file_error("look at", file, errno));
  }
  const bool is_ours = status.st_uid == ::geteuid() || status.st_uid == directory.st_uid;
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || !is_ours) {
    throw_foreign(file);
  }
  if (::geteuid() == 0 && status.st_uid != directory.st_uid &&
      ::fchown(descriptor.get(), directory.st_uid, directory.st_gid) != 0) {
    throw db::Failure(db::file_error("hand over", file, errno));
  }
}

// Closed if there is no such file and none is to be made.
FileDescriptor open_lock(const fs::path& file, int flags) {
  FileDescriptor descriptor(::open(file.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, kMode));
  if (!descriptor.is_open()) {
    const int reason = errno;
    if (reason == ENOENT) {
      return descriptor;
    }
    if (reason == ELOOP || reason == EISDIR || reason == ENXIO) {
      throw_foreign(file);
    }
    throw db::Failure(db::file_error("open", file, reason));
  }
  check_is_ours(descriptor, file);
  return descriptor;
}

bool try_lock(const FileDescriptor& descriptor, int how, const fs::path& file) {
  for (int attempt = 1;; ++attempt) {
    if (::flock(descriptor.get(), how | LOCK_NB) == 0) {
      return true;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw db::Failure(db::file_error("lock", file, errno));
    }
    if (attempt == kAttempts) {
      return false;
    }
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

fs::path lock_file(const fs::path& dir, const std::string& command) {
  return dir / ("bulk." + command + ".lock");
}

}  // namespace

std::shared_ptr<const FileDescriptor> lock_bulk_command(const fs::path& dir, const std::string& command) {
  const fs::path file = lock_file(dir, command);
  FileDescriptor descriptor = open_lock(file, O_RDWR | O_CREAT);
  if (!descriptor.is_open()) {
    throw db::Failure(db::file_error("make", file, ENOENT));
  }
  if (!try_lock(descriptor, LOCK_EX, file)) {
    return nullptr;
  }
  return std::make_shared<const FileDescriptor>(std::move(descriptor));
}

std::string who_holds_bulk_command(const fs::path& dir, const std::string& command) {
  return db::who_holds(lock_file(dir, command), db::LockKind::kWhole);
}

bool is_bulk_command_locked(const fs::path& dir, const std::string& command) {
  const fs::path file = lock_file(dir, command);
  const FileDescriptor descriptor = open_lock(file, O_RDONLY);
  return descriptor.is_open() && !try_lock(descriptor, LOCK_SH, file);
}

}  // namespace zonestore
