#include "zonestore/signer/directory_lock.h"

#include <cerrno>

#include <fcntl.h>

#include "zonestore/db/failure.h"
#include "zonestore/signer/beneath.h"
#include "zonestore/signer/directory_view.h"

namespace zonestore::signer {
namespace {

constexpr mode_t kLockMode = 0600;
constexpr Milliseconds kLockPause{10};
constexpr off_t kHeld = 0;  // the bytes that are locked; the file is empty
constexpr off_t kTurn = 1;

bool lock_byte(int file, off_t byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return ::fcntl(file, F_OFD_SETLK, &lock) == 0;
}

void take_byte(int file, off_t byte, const std::string& path, Milliseconds deadline, const Clock& clock) {
  Milliseconds left = deadline - clock.now().since_boot;  // what was waited counts even by a clock that stands still
  for (; !lock_byte(file, byte, F_WRLCK); left -= kLockPause) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      throw_directory_error(path + "/.lock", "cannot lock", errno);
    }
    if (clock.now().since_boot >= deadline || left <= Milliseconds(0)) {
      throw db::Failure(
          Error{ErrorCode::kBusy, "another sync of " + path + " is at work", "try again", std::nullopt});
    }
    clock.pause(kLockPause);
  }
}

}  // namespace

DirectoryLock::DirectoryLock(int directory, const std::string& path, Milliseconds wait, const Clock& clock)
    : file_(open_beneath(directory, ".lock", O_RDWR | O_CREAT, kLockMode)) {
  if (!file_.is_open()) {
    throw_directory_error(path + "/.lock", "cannot open", errno);
  }
  const Milliseconds deadline = clock.now().since_boot + wait;
  take_byte(file_.get(), kTurn, path, deadline, clock);
  take_byte(file_.get(), kHeld, path, deadline, clock);
  lock_byte(file_.get(), kTurn, F_UNLCK);
}

}  // namespace zonestore::signer
