#include "zonestore/base/durable_file.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/text_encodings.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

tl::unexpected<std::error_code> system_failure(int reason) {
  return tl::unexpected(std::error_code(reason, std::system_category()));
}

tl::unexpected<std::error_code> last_failure() {
  return system_failure(errno == 0 ? EIO : errno);
}

SystemResult<void> done_if(bool is_done) {
  return is_done ? SystemResult<void>() : last_failure();
}

}  // namespace

SystemResult<FileDescriptor> create_file_at(int directory, const std::string& name, mode_t mode) {
  // Until its mode is set nobody else may open it.
  const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  FileDescriptor made(::openat(directory, name.c_str(), flags, mode & 0600U));
  if (!made.is_open()) {
    return last_failure();
  }
  if (::fchmod(made.get(), mode) != 0) {
    const int reason = errno;
    ::unlinkat(directory, name.c_str(), 0);
    return system_failure(reason);
  }
  return made;
}

SystemResult<FileDescriptor> create_file(const fs::path& file, mode_t mode) {
  return create_file_at(AT_FDCWD, file.string(), mode);
}

SystemResult<void> create_directory(const fs::path& directory, mode_t mode) {
  if (::mkdir(directory.c_str(), mode & 0700U) != 0) {
    return last_failure();
  }
  if (::chmod(directory.c_str(), mode) != 0) {
    const int reason = errno;
    ::rmdir(directory.c_str());
    return system_failure(reason);
  }
  return {};
}

SystemResult<FileDescriptor> unnamed_file(const fs::path& directory) {
  FileDescriptor made(::open(directory.c_str(), O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600));
  if (made.is_open() || (errno != EOPNOTSUPP && errno != EISDIR)) {
    return made.is_open() ? SystemResult<FileDescriptor>(std::move(made)) : last_failure();
  }
  const fs::path name = draft_name(directory / "zonectl");  // a file system that makes none without a name
  auto named = create_file(name, 0600);
  if (named) {
    ::unlink(name.c_str());
  }
  return named;
}

SystemResult<void> write_all(const FileDescriptor& file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return last_failure();
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written < 0 ? 0 : written));
  }
  return {};
}

SystemResult<void> sync_file(const FileDescriptor& file) {
  return done_if(::fsync(file.get()) == 0);
}

SystemResult<void> sync_file_at(int directory, const std::string& name) {
  const FileDescriptor opened(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return opened.is_open() ? sync_file(opened) : last_failure();
}

SystemResult<void> sync_file_system(int directory) {
  return done_if(::syncfs(directory) == 0);
}

SystemResult<void> rename_at(int directory, const std::string& from, const std::string& to) {
  return done_if(::renameat(directory, from.c_str(), directory, to.c_str()) == 0);
}

SystemResult<void> rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return last_failure();
  }
  const auto synced = sync_directory(directory_of(to));
  return synced && directory_of(from) != directory_of(to) ? sync_directory(directory_of(from)) : synced;
}

SystemResult<void> sync_directory(const fs::path& directory) {
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() ? sync_file(opened) : last_failure();
}

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

fs::path draft_name(const fs::path& file) {
  std::array<std::uint8_t, 8> random{};
  if (::getentropy(random.data(), random.size()) != 0) {
    throw std::system_error(errno, std::system_category(), "no random numbers for the name of a draft");
  }
  return file.string() + ".new-" + hex_of(random);
}

SystemResult<DraftFile> DraftFile::create(const fs::path& file, mode_t mode) {
  auto place = FilePlace::open(file);
  return place ? create(std::move(*place), mode) : tl::unexpected(place.error());
}

SystemResult<DraftFile> DraftFile::create(FilePlace place, mode_t mode) {
  const std::string draft = draft_name(place.name()).string();
  auto made = create_file_at(place.directory(), draft, mode);
  if (!made) {
    return tl::unexpected(made.error());
  }
  return DraftFile(std::move(place), draft, std::move(*made));
}

DraftFile::DraftFile(FilePlace place, std::string draft, FileDescriptor descriptor)
    : place_(std::move(place)), draft_(std::move(draft)), descriptor_(std::move(descriptor)) {}

DraftFile::DraftFile(DraftFile&& other) noexcept
    : place_(std::move(other.place_)),
      draft_(std::exchange(other.draft_, {})),
      descriptor_(std::move(other.descriptor_)) {}

DraftFile::~DraftFile() {
  if (!draft_.empty()) {
    ::unlinkat(place_.directory(), draft_.c_str(), 0);
  }
}

SystemResult<void> DraftFile::replace() {
  if (const auto synced = sync_file(descriptor_); !synced) {
    return synced;
  }
  if (const auto placed = rename_at(place_.directory(), draft_, place_.name()); !placed) {
    return placed;
  }
  draft_.clear();
  return place_.sync();
}

SystemResult<void> DraftFile::put_beside_nothing() {
  if (const auto synced = sync_file(descriptor_); !synced) {
    return synced;
  }
  // linkat() and not renameat2(RENAME_NOREPLACE): file systems that lack the latter have the former.
  if (::linkat(place_.directory(), draft_.c_str(), place_.directory(), place_.name().c_str(), 0) != 0) {
    return last_failure();
  }
  ::unlinkat(place_.directory(), draft_.c_str(), 0);
  draft_.clear();
  return place_.sync();
}

}  // namespace zonestore
