#include "zonestore/signer/directory_view.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/joined.h"
#include "zonestore/db/failure.h"
#include "zonestore/signer/beneath.h"

namespace zonestore::signer {
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kPrivateFolderMode = 0700;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kPrivateFileMode = 0600;
constexpr mode_t kAllModeBits = 07777;
constexpr mode_t kOthers = 0007;
constexpr std::size_t kNamedStrangers = 5;

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

std::string octal(mode_t mode) {
  std::string digits = "0000";
  for (std::size_t at = digits.size(); at-- > 0; mode >>= 3U) {
    digits[at] = static_cast<char>('0' + (mode & 7U));
  }
  return digits;
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

// Wipes what it read, which may be a private key.
struct Buffer {
  Buffer() = default;
  ~Buffer() { ::explicit_bzero(bytes.data(), bytes.size()); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&&) = delete;
  Buffer& operator=(Buffer&&) = delete;
  std::array<char, 16384> bytes{};
};

ssize_t read_some(int descriptor, Buffer& buffer) {
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.bytes.data(), buffer.bytes.size());
    if (got >= 0 || errno != EINTR) {
      return got;
    }
  }
}

}  // namespace

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

std::string path_in(const std::string& folder, const std::string& name) {
  return folder == "." ? name : std::string(folder).append("/").append(name);
}

bool is_nobodys(const std::string& name) {
  return name == kManifestName || name == std::string(kDraftMark).append(kManifestName) || name == ".lock" ||
         name == "lost+found";
}

void throw_directory_error(const std::string& path, const std::string& what, int error) {
  throw db::Failure(
      Error{code_of(error), what + " " + path + ": " + std::strerror(error),
            "make it the store user's with the signer's group: install -d -o zonestore -g GROUP -m 2750 "
            "DIR",
            std::nullopt});
}

void throw_foreign(const std::string& path, const std::vector<std::string>& names) {
  throw db::Failure(Error{ErrorCode::kRefused,
                          path + " holds what is not ours: " + joined_first(names, kNamedStrangers),
                          "give the signer a directory of its own: install -d -o zonestore -g GROUP -m 2750 DIR",
                          Refusal{Guard::kForeign, std::nullopt}});
}

DirectoryView::DirectoryView(std::string path)
    : path_(std::move(path)), directory_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  struct stat facts {};
  if (!directory_.is_open() || ::fstat(directory_.get(), &facts) != 0) {
    throw_directory_error(path_, "cannot open the signer's directory", errno);
  }
  group_ = facts.st_gid;
  group_reads_ = (facts.st_mode & S_IRGRP) != 0 && (facts.st_mode & S_IXGRP) != 0;
}

mode_t DirectoryView::file_mode() const {
  return group_reads_ ? kFileMode : kPrivateFileMode;
}

mode_t DirectoryView::folder_mode() const {
  return group_reads_ ? kFolderMode : kPrivateFolderMode;
}

std::optional<DirectoryView::Leaf> DirectoryView::leaf_if_there(const std::string& file) const {
  const std::string folder = folder_of(file);
  std::string name = file.substr(file.rfind('/') + 1);
  if (folder == ".") {
    return Leaf{directory_.get(), std::move(name)};
  }
  if (!open_folder_.is_open() || open_folder_path_ != folder) {
    open_folder_ = open_beneath(directory_.get(), folder, O_RDONLY | O_DIRECTORY);
    open_folder_path_ = folder;
  }
  if (open_folder_.is_open()) {
    return Leaf{open_folder_.get(), std::move(name)};
  }
  if (errno == ENOENT) {
    return std::nullopt;
  }
  fail_at(folder, "cannot open", errno);
}

DirectoryView::Leaf DirectoryView::leaf(const std::string& file) const {
  std::optional<Leaf> found = leaf_if_there(file);
  if (!found) {
    fail_at(folder_of(file), "cannot open", ENOENT);
  }
  return *std::move(found);
}

std::optional<struct stat> DirectoryView::facts(const std::string& file) const {
  const std::optional<Leaf> at = leaf_if_there(file);
  struct stat facts {};
  if (!at || ::fstatat(at->folder, at->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  return facts;
}

bool DirectoryView::has(const std::string& name) const {
  return facts(name).has_value();
}

bool DirectoryView::is_folder(const std::string& name) const {
  const std::optional<struct stat> found = facts(name);
  return found && S_ISDIR(found->st_mode);
}

std::string DirectoryView::read(const std::string& file) const {
  const std::optional<Leaf> at = leaf_if_there(file);
  const FileDescriptor opened(
      at ? ::openat(at->folder, at->name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1);
  if (!opened.is_open()) {
    if (!at || errno == ENOENT) {
      return {};
    }
    fail_at(file, "cannot read", errno);
  }
  std::string text;
  Buffer buffer;
  ssize_t got = 0;
  while ((got = read_some(opened.get(), buffer)) > 0) {
    text.append(buffer.bytes.data(), static_cast<std::size_t>(got));
  }
  if (got < 0) {
    fail_at(file, "cannot read", errno);
  }
  return text;
}

std::string DirectoryView::read_link(const std::string& link) const {
  const std::optional<Leaf> at = leaf_if_there(link);
  std::array<char, 256> target{};
  const ssize_t length = at ? ::readlinkat(at->folder, at->name.c_str(), target.data(), target.size()) : -1;
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

std::vector<std::string> DirectoryView::list(const std::string& folder) const {
  FileDescriptor opened = open_beneath(directory_.get(), folder, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) {
    if (errno == ENOENT) {
      return {};
    }
    fail_at(folder, "cannot list", errno);
  }
  const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(::fcntl(opened.get(), F_DUPFD_CLOEXEC, 0)));
  std::vector<std::string> names;
  while (const dirent* const entry = stream ? ::readdir(stream.get()) : nullptr) {
    const std::string_view name(static_cast<const char*>(entry->d_name));
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<Difference> DirectoryView::difference_of_facts(const struct stat& facts) const {
  const mode_t mode = facts.st_mode & kAllModeBits;
  if (!S_ISREG(facts.st_mode)) {
    return Difference{"is no file", false};
  }
  if ((mode & kOthers) != 0) {
    return Difference{"has mode " + octal(mode) + ": everybody may read it", true};
  }
  if (mode != file_mode()) {
    return Difference{"has mode " + octal(mode) + ", not " + octal(file_mode()), false};
  }
  if (facts.st_uid != ::geteuid()) {
    return Difference{"belongs to user " + std::to_string(facts.st_uid) + ", not " + std::to_string(::geteuid()),
                      true};
  }
  if (facts.st_gid != group_) {
    return Difference{"belongs to group " + std::to_string(facts.st_gid) + ", not " + std::to_string(group_), true};
  }
  return std::nullopt;
}

bool DirectoryView::same_bytes(const std::string& file, ByteView content) const {
  const Leaf at = leaf(file);
  const FileDescriptor opened(::openat(at.folder, at.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  Buffer buffer;
  ssize_t got = opened.is_open() ? 1 : -1;
  while (got > 0 && (got = read_some(opened.get(), buffer)) > 0) {
    const auto size = static_cast<std::size_t>(got);
    if (size > content.size() || std::memcmp(buffer.bytes.data(), content.data(), size) != 0) {
      return false;
    }
    content = content.subspan(size);
  }
  if (got < 0) {
    fail_at(file, "cannot read", errno);
  }
  return content.empty();
}

std::optional<Difference> DirectoryView::difference(const std::string& file, ByteView content) const {
  const std::optional<struct stat> found = facts(file);
  if (!found) {
    return Difference{"is missing", false};
  }
  if (std::optional<Difference> differs = difference_of_facts(*found)) {
    return differs;
  }
  if (static_cast<std::size_t>(found->st_size) != content.size() || !same_bytes(file, content)) {
    return Difference{"has another content than it should", false};
  }
  return std::nullopt;
}

std::optional<Manifest> DirectoryView::manifest(const std::string& folder) const {
  const std::string file = path_in(folder, std::string(kManifestName));
  const std::optional<struct stat> found = facts(file);
  return found && S_ISREG(found->st_mode) ? parse_manifest(read(file)) : std::nullopt;
}

void DirectoryView::fail_at(const std::string& file, const char* what, int error) const {
  if (error == ELOOP || error == ENOTDIR || error == EXDEV) {  // never followed, whoever made it
    throw_foreign(path_, {file + " (a symbolic link or a file, where a folder should be)"});
  }
  throw_directory_error(path_ + "/" + file, what, error);
}

}  // namespace zonestore::signer
