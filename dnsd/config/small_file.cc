#include "dnsd/config/small_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/file_text.h"

namespace dnsd::config {
namespace {

tl::unexpected<std::string> system_failure() {
  return util::fail(std::generic_category().message(errno));
}

std::string unfit(const struct stat& status, std::size_t most_bytes) {
  if (S_ISDIR(status.st_mode)) {
    return "it is not a regular file: it is a directory";
  }
  if (!S_ISREG(status.st_mode)) {
    return "it is not a regular file";
  }
  if (status.st_size > static_cast<off_t>(most_bytes)) {
    return "it is longer than " + std::to_string(most_bytes) + " bytes";
  }
  return {};
}

// What has grown meanwhile is read no further.
util::Result<std::string> read_whole(int descriptor, std::size_t most_bytes) {
  std::string text(most_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count < 0 && errno != EINTR) {
      return system_failure();
    }
    if (count == 0) {
      break;
    }
    size += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  text.resize(size);
  return text;
}

}  // namespace

util::Result<std::string> read_small_file(const std::filesystem::path& file, std::size_t most_bytes,
                                          const std::function<std::string(const struct stat&)>& fault_of) {
  struct stat status {};
  // Looked at before it is opened: to open a device may do something.
  if (::stat(file.c_str(), &status) != 0) {
    return system_failure();
  }
  if (const std::string fault = unfit(status, most_bytes); !fault.empty()) {
    return util::fail(fault);
  }
  // It may be another one by now: a pipe in its place must not hold up the server.
  const zonestore::FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor.is_open() || ::fstat(descriptor.get(), &status) != 0) {
    return system_failure();
  }
  std::string fault = unfit(status, most_bytes);
  if (fault.empty() && fault_of) {
    fault = fault_of(status);
  }
  if (!fault.empty()) {
    return util::fail(fault);
  }
  return read_whole(descriptor.get(), most_bytes).map([](const std::string& text) {
    return std::string(zonestore::without_byte_order_mark(text));
  });
}

}  // namespace dnsd::config
