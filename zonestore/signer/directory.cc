#include "zonestore/signer/directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/db/failure.h"
#include "zonestore/dkim/key_pair.h"

namespace zonestore::signer {
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kPrivateFolderMode = 0700;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kPrivateFileMode = 0600;
constexpr mode_t kPermissionBits = 0777;
constexpr std::size_t kDraftDigits = 8;
constexpr Milliseconds kLockPause{20};
constexpr std::string_view kDraftMark = ".new-";

ErrorCode code_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return ErrorCode::kPermission;
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kMissing;
    case EROFS:
      return ErrorCode::kReadOnly;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kFull;
    default:
      return ErrorCode::kIo;
  }
}

[[noreturn]] void throw_error(const std::string& path, const std::string& what, int error) {
  throw db::Failure(
      Error{code_of(error), what + " " + path + ": " + std::strerror(error),
            "make it the store user's with the signer's group: install -d -o zonestore -g GROUP -m 2750 "
            "DIR",
            std::nullopt});
}

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

// A draft that is taken away again unless it was put in its place.
class Draft {
 public:
  Draft(int directory, const std::string& file)
      : directory_(directory),
        name_(folder_of(file) + "/" + std::string(kDraftMark) + dkim::random_hex(kDraftDigits)) {}
  ~Draft() {
    if (!placed_) {
      ::unlinkat(directory_, name_.c_str(), 0);
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  Draft(Draft&&) = delete;
  Draft& operator=(Draft&&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }
  void placed() { placed_ = true; }

 private:
  int directory_;
  std::string name_;
  bool placed_ = false;
};

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

}  // namespace

void Directory::make(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    throw_error(path, "cannot make", errno);
  }
}

Directory::Directory(std::string path, Milliseconds lock_wait)
    : path_(std::move(path)), directory_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  struct stat facts {};
  if (!directory_.is_open() || ::fstat(directory_.get(), &facts) != 0) {
    throw_error(path_, "cannot open the signer's directory", errno);
  }
  group_ = facts.st_gid;
  group_reads_ = (facts.st_mode & S_IRGRP) != 0 && (facts.st_mode & S_IXGRP) != 0;
  lock_ = FileDescriptor(
      ::openat(directory_.get(), ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kPrivateFileMode));
  if (!lock_.is_open()) {
    fail_at(".lock", "cannot open", errno);
  }
  const auto deadline = std::chrono::steady_clock::now() + lock_wait;
  while (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      fail_at(".lock", "cannot lock", errno);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw db::Failure(
          Error{ErrorCode::kBusy, "another sync of " + path_ + " is at work", "try again", std::nullopt});
    }
    std::this_thread::sleep_for(kLockPause);
  }
}

bool Directory::has_file(const std::string& file) const {
  struct stat facts {};
  return ::fstatat(directory_.get(), file.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode);
}

std::string Directory::read(const std::string& file) const {
  const FileDescriptor descriptor(::openat(directory_.get(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!descriptor.is_open()) {
    if (errno == ENOENT) {
      return {};
    }
    fail_at(file, "cannot read", errno);
  }
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(descriptor.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail_at(file, "cannot read", errno);
    }
    if (got == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string Directory::read_link(const std::string& link) const {
  std::array<char, 256> target{};
  const ssize_t length = ::readlinkat(directory_.get(), link.c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

std::vector<std::string> Directory::list(const std::string& folder) const {
  const int descriptor = ::openat(directory_.get(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return {};
    }
    fail_at(folder, "cannot list", errno);
  }
  const std::unique_ptr<DIR, CloseFolder> opened(::fdopendir(descriptor));
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(opened.get())) {
    const std::string_view name(static_cast<const char*>(entry->d_name));
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void Directory::make_folder(const std::string& folder) {
  if (folder != "." && folder_of(folder) != ".") {
    make_folder(folder_of(folder));
  }
  const mode_t mode = group_reads_ ? kFolderMode : kPrivateFolderMode;
  if (folder == "." || (::mkdirat(directory_.get(), folder.c_str(), mode) != 0 && errno == EEXIST)) {
    return;
  }
  struct stat facts {};
  if (::fstatat(directory_.get(), folder.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    fail_at(folder, "cannot make", errno);
  }
  if (facts.st_gid != group_ &&
      ::fchownat(directory_.get(), folder.c_str(), static_cast<uid_t>(-1), group_, AT_SYMLINK_NOFOLLOW) != 0) {
    fail_at(folder, "cannot give to the directory's group", errno);
  }
  // Only where the umask took bits: chmod by one who is not in the group would take the set-group-id bit.
  if ((facts.st_mode & kPermissionBits) != mode && ::fchmodat(directory_.get(), folder.c_str(), mode, 0) != 0) {
    fail_at(folder, "cannot set the mode of", errno);
  }
  touch(folder);
}

FileDescriptor Directory::open_draft(const std::string& draft) const {
  FileDescriptor descriptor(::openat(directory_.get(), draft.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFileMode));
  struct stat facts {};
  if (!descriptor.is_open() || ::fstat(descriptor.get(), &facts) != 0) {
    fail_at(draft, "cannot write", errno);
  }
  if (facts.st_gid != group_ && ::fchown(descriptor.get(), static_cast<uid_t>(-1), group_) != 0) {
    fail_at(draft, "cannot give to the directory's group", errno);
  }
  if (group_reads_ && ::fchmod(descriptor.get(), kFileMode) != 0) {
    fail_at(draft, "cannot set the mode of", errno);
  }
  return descriptor;
}

void Directory::put(const std::string& file, ByteView content) {
  Draft draft(directory_.get(), file);
  {
    const FileDescriptor descriptor = open_draft(draft.name());
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor.get(), content.data(), content.size());
      if (written < 0 && errno != EINTR) {
        fail_at(file, "cannot write", errno);
      }
      content = content.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    if (::fsync(descriptor.get()) != 0) {
      fail_at(file, "cannot write", errno);
    }
  }
  rename_into_place(draft.name(), file);
  draft.placed();
}

void Directory::rename_into_place(const std::string& draft, const std::string& file) {
  if (::renameat(directory_.get(), draft.c_str(), directory_.get(), file.c_str()) != 0) {
    fail_at(file, "cannot put in place", errno);
  }
  touch(file);
}

void Directory::write_new(const std::string& file, ByteView content) {
  make_folder(folder_of(file));
  put(file, content);
}

void Directory::replace(const std::string& file, std::string_view text) {
  if (has_file(file) && read(file) == text) {
    return;
  }
  make_folder(folder_of(file));
  const Bytes bytes(text.begin(), text.end());
  put(file, bytes);
}

void Directory::replace_link(const std::string& link, const std::string& target) {
  if (read_link(link) == target) {
    return;
  }
  make_folder(folder_of(link));
  Draft draft(directory_.get(), link);
  if (::symlinkat(target.c_str(), directory_.get(), draft.name().c_str()) != 0) {
    fail_at(link, "cannot link", errno);
  }
  rename_into_place(draft.name(), link);
  draft.placed();
}

void Directory::remove(const std::string& file) {
  if (::unlinkat(directory_.get(), file.c_str(), 0) == 0) {
    touch(file);
  } else if (errno != ENOENT) {
    fail_at(file, "cannot remove", errno);
  }
}

void Directory::remove_drafts(const std::string& folder) {
  for (const std::string& name : list(folder)) {
    if (name.starts_with(kDraftMark)) {
      remove(std::string(folder).append("/").append(name));
    }
  }
}

void Directory::remove_folder_if_empty(const std::string& folder) {
  if (::unlinkat(directory_.get(), folder.c_str(), AT_REMOVEDIR) == 0) {
    touched_.erase(folder);
    touch(folder);
  }
}

void Directory::touch(const std::string& file) {
  touched_.insert(folder_of(file));
}

void Directory::make_durable() {
  for (const std::string& folder : touched_) {
    const FileDescriptor descriptor(::openat(directory_.get(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.is_open() || ::fsync(descriptor.get()) != 0) {
      fail_at(folder, "cannot make durable", errno);
    }
  }
  touched_.clear();
}

void Directory::fail_at(const std::string& file, const char* what, int error) const {
  throw_error(path_ + "/" + file, what, error);
}

bool has_file(const std::string& directory, const std::string& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(directory + "/" + file, ignored));
}

}  // namespace zonestore::signer
