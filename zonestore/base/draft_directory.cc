#include "zonestore/base/draft_directory.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/durable_file.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

tl::unexpected<std::error_code> failure(int reason) {
  return tl::unexpected(std::error_code(reason == 0 ? EIO : reason, std::system_category()));
}

}  // namespace

SystemResult<DraftDirectory> DraftDirectory::create(FilePlace place, mode_t mode) {
  const std::string draft = draft_name(place.name()).string();
  if (::mkdirat(place.directory(), draft.c_str(), mode & 0700U) != 0) {
    return failure(errno);
  }
  FileDescriptor opened(::openat(place.directory(), draft.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened.is_open() || ::fchmod(opened.get(), mode) != 0) {
    const int reason = errno;
    ::unlinkat(place.directory(), draft.c_str(), AT_REMOVEDIR);
    return failure(reason);
  }
  return DraftDirectory(std::move(place), draft, std::move(opened));
}

DraftDirectory::DraftDirectory(FilePlace place, std::string draft, FileDescriptor descriptor)
    : place_(std::move(place)),
      draft_(std::move(draft)),
      path_(place_.real_directory() / draft_),
      descriptor_(std::move(descriptor)) {}

DraftDirectory::DraftDirectory(DraftDirectory&& other) noexcept
    : place_(std::move(other.place_)),
      draft_(std::exchange(other.draft_, {})),
      path_(std::move(other.path_)),
      descriptor_(std::move(other.descriptor_)) {}

DraftDirectory::~DraftDirectory() {
  if (!draft_.empty()) {
    std::error_code ignored;
    fs::remove_all("/proc/self/fd/" + std::to_string(place_.directory()) + "/" + draft_, ignored);
  }
}

bool DraftDirectory::is_where_its_path_leads() const {
  struct stat held {};
  struct stat named {};
  return ::fstat(descriptor_.get(), &held) == 0 && ::stat(path_.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

SystemResult<void> DraftDirectory::put_beside_nothing() {
  if (!is_where_its_path_leads()) {
    return failure(ESTALE);
  }
  if (const auto synced = sync_file(descriptor_); !synced) {
    return synced;
  }
  const int place = place_.directory();
  if (::renameat2(place, draft_.c_str(), place, place_.name().c_str(), RENAME_NOREPLACE) != 0) {
    return failure(errno);
  }
  draft_.clear();
  return place_.sync();
}

}  // namespace zonestore
