#include "tools/zonectl/output/whole_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;

namespace {

tl::unexpected<zonestore::Error> cannot_write(const std::filesystem::path& file, int reason) {
  return zonestore::fail(reason == EACCES || reason == EPERM ? ErrorCode::kPermission : ErrorCode::kIo,
                         "cannot write " + file.string() + ": " + std::strerror(reason));
}

bool synchronised(const std::filesystem::path& path, int flags) {
  const zonestore::FileDescriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC));
  return descriptor.get() >= 0 && ::fsync(descriptor.get()) == 0;
}

}  // namespace

Result<WholeFile> WholeFile::create(const std::filesystem::path& file) {
  std::error_code failure;
  const auto status = std::filesystem::status(file, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return zonestore::fail(ErrorCode::kInvalid, file.string() + " is not a file",
                           "name a file; without --out the zone goes to standard output");
  }
  // The file that a symbolic link names is replaced, not the link.
  const std::filesystem::path target =
      std::filesystem::exists(status) ? std::filesystem::canonical(file, failure) : file;
  const std::filesystem::path temporary = target.string() + ".new-" + std::to_string(::getpid());
  WholeFile whole(target, temporary);
  if (!whole.stream_) {
    const int reason = errno;
    whole.temporary_.clear();
    return cannot_write(file, reason);
  }
  return whole;
}

WholeFile::WholeFile(std::filesystem::path file, std::filesystem::path temporary)
    : file_(std::move(file)), temporary_(std::move(temporary)), stream_(temporary_) {}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : file_(std::move(other.file_)),
      temporary_(std::exchange(other.temporary_, {})),
      stream_(std::move(other.stream_)) {}

WholeFile::~WholeFile() {
  if (!temporary_.empty()) {
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
  }
}

Result<void> WholeFile::commit() {
  errno = 0;
  stream_.close();
  if (!stream_ || !synchronised(temporary_, O_WRONLY)) {
    return cannot_write(file_, errno == 0 ? EIO : errno);
  }
  std::error_code failure;
  std::filesystem::rename(temporary_, file_, failure);
  if (failure) {
    return cannot_write(file_, failure.value());
  }
  temporary_.clear();
  const std::filesystem::path folder = file_.has_parent_path() ? file_.parent_path() : ".";
  if (!synchronised(folder, O_RDONLY | O_DIRECTORY)) {
    return cannot_write(file_, errno);
  }
  return {};
}

}  // namespace zonectl
