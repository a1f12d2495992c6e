#include "zonestore/base/file_place.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zonestore {
namespace {

namespace fs = std::filesystem;

tl::unexpected<std::error_code> failure(int reason) {
  return tl::unexpected(std::error_code(reason == 0 ? EIO : reason, std::system_category()));
}

fs::path parent_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

SystemResult<FilePlace> FilePlace::open(const fs::path& file) {
  const fs::path name = file.filename();
  if (name.empty() || name == "." || name == "..") {
    return failure(EISDIR);
  }
  FileDescriptor directory(::open(parent_of(file).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) {
    return failure(errno);
  }
  return FilePlace(file, std::move(directory));
}

FilePlace::FilePlace(fs::path path, FileDescriptor directory)
    : path_(std::move(path)), name_(path_.filename().string()), directory_(std::move(directory)) {}

fs::path FilePlace::real_directory() const {
  std::error_code error;
  const fs::path real = fs::read_symlink("/proc/self/fd/" + std::to_string(directory()), error);
  return error ? parent_of(path_) : real;
}

bool FilePlace::is_where_its_path_leads() const {
  struct stat held {};
  struct stat named {};
  return ::fstat(directory(), &held) == 0 && ::stat(parent_of(path_).c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

SystemResult<void> FilePlace::sync() const {
  const FileDescriptor opened(::openat(directory(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // O_PATH has no fsync
  if (!opened.is_open() || ::fsync(opened.get()) != 0) {
    return failure(errno);
  }
  return {};
}

}  // namespace zonestore
