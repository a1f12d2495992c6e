#include "dnsd/served_mark.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>

#include "zonestore/base/file_descriptor.h"

namespace dnsd {

void leave_served_mark(const ServiceDirectories& directories, const util::Log& log) {
  const std::string directory = directories.state.substr(0, directories.state.find(':'));
  if (directory.empty()) {
    return;
  }
  const std::string mark = directory + "/served";
  constexpr mode_t kMode = 0644;
  const zonestore::FileDescriptor made(
      ::open(mark.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kMode));
  if (!made.is_open()) {
    log.warning("served_mark_missing", {{"file", mark},
                                        {"reason", std::strerror(errno)},
                                        {"hint", "without it the unit does not start while the store is missing"}});
  }
}

}  // namespace dnsd
