#include "zonestore/signer/beneath.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zonestore::signer {
namespace {

constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW;

// ENOSYS: an older kernel. EPERM: a filter of system calls that does not know it (a file never answers that here).
bool is_missing(int error) {
  return error == ENOSYS || error == EPERM;
}

}  // namespace

FileDescriptor open_beneath(int directory, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | kAlways));
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;  // refused otherwise
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  for (;;) {
    const long opened = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (opened >= 0) {
      return FileDescriptor(static_cast<int>(opened));
    }
    if (is_missing(errno)) {
      return open_beneath_by_hand(directory, path, flags, mode);
    }
    if (errno != EAGAIN && errno != EINTR) {  // EAGAIN: somebody moved a directory meanwhile
      return {};
    }
  }
}

FileDescriptor open_beneath_by_hand(int directory, const std::string& path, int flags, mode_t mode) {
  if (path.empty() || path.front() == '/' || ("/" + path + "/").find("/../") != std::string::npos) {
    errno = EXDEV;
    return {};
  }
  FileDescriptor folder;
  int at = directory;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = path.find('/', begin)) != std::string::npos; begin = end + 1) {
    const std::string component = path.substr(begin, end - begin);
    folder = FileDescriptor(::openat(at, component.c_str(), O_PATH | O_DIRECTORY | kAlways));
    if (!folder.is_open()) {
      return {};
    }
    at = folder.get();
  }
  return FileDescriptor(::openat(at, path.substr(begin).c_str(), flags | kAlways, mode));
}

}  // namespace zonestore::signer
