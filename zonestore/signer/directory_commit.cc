// How the changes of a Directory get onto the disk: see directory.h for the order and what each step makes durable.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/failure.h"
#include "zonestore/signer/beneath.h"
#include "zonestore/signer/directory.h"

namespace zonestore::signer {
namespace {

constexpr mode_t kNewFileMode = 0600;
constexpr mode_t kUmaskBits = 0777;
// Beyond so many files one sync of the whole file system is cheaper than one of each.
constexpr std::size_t kFewFiles = 8;

std::string draft_of(const std::string& file) {
  return path_in(folder_of(file), std::string(kDraftMark).append(file.substr(file.rfind('/') + 1)));
}

std::string manifest_of(const std::string& folder) {
  return path_in(folder, std::string(kManifestName));
}

}  // namespace

void Directory::make_folders() {
  std::set<std::string> parents;
  for (const std::string& folder : new_folders_) {  // a folder sorts after those that it lies in
    make_one_folder(folder);
    parents.insert(folder_of(folder));
  }
  new_folders_.clear();
  settle_folders(parents);
}

void Directory::make_one_folder(const std::string& folder) {
  const Leaf at = leaf(folder);
  if (::mkdirat(at.folder, at.name.c_str(), folder_mode()) != 0 && errno != EEXIST) {
    fail_at(folder, "cannot make", errno);
  }
  struct stat facts {};
  if (::fstatat(at.folder, at.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(facts.st_mode)) {
    fail_at(folder, "cannot make", ENOTDIR);
  }
  if (facts.st_gid != group() &&
      ::fchownat(at.folder, at.name.c_str(), static_cast<uid_t>(-1), group(), AT_SYMLINK_NOFOLLOW) != 0) {
    fail_at(folder, "cannot give to the directory's group", errno);
  }
  // Only where the umask took bits: chmod by one who is not in the group would take the set-group-id bit.
  if ((facts.st_mode & kUmaskBits) != folder_mode() &&
      ::fchmodat(at.folder, at.name.c_str(), folder_mode(), 0) != 0) {
    fail_at(folder, "cannot set the mode of", errno);
  }
}

FileDescriptor Directory::open_new(const std::string& draft) {
  const Leaf at = leaf(draft);
  (void)::unlinkat(at.folder, at.name.c_str(), 0);  // of a writer that was killed; it bears the name of what is ours
  auto made = create_file_at(at.folder, at.name, kNewFileMode);
  if (!made) {
    fail_at(draft, "cannot write", made.error().value());
  }
  return std::move(*made);
}

void Directory::write_draft(const std::string& file, ByteView content) {
  const std::string draft = draft_of(file);
  const FileDescriptor descriptor = open_new(draft);
  struct stat facts {};
  if (::fstat(descriptor.get(), &facts) != 0) {
    fail_at(draft, "cannot write", errno);
  }
  const bool is_manifest = file.ends_with(kManifestName);
  if (!is_manifest && facts.st_gid != group() && ::fchown(descriptor.get(), static_cast<uid_t>(-1), group()) != 0) {
    fail_at(draft, "cannot give to the directory's group", errno);
  }
  if (!is_manifest && file_mode() != kNewFileMode && ::fchmod(descriptor.get(), file_mode()) != 0) {
    fail_at(draft, "cannot set the mode of", errno);
  }
  if (const auto written = write_all(descriptor, content); !written) {
    fail_at(file, "cannot write", written.error().value());
  }
}

void Directory::link_draft(const std::string& link, const std::string& target) {
  const Leaf at = leaf(draft_of(link));
  (void)::unlinkat(at.folder, at.name.c_str(), 0);
  if (::symlinkat(target.c_str(), at.folder, at.name.c_str()) != 0) {
    fail_at(link, "cannot link", errno);
  }
}

void Directory::rename_into_place(const std::string& file) {
  const Leaf at = leaf(file);
  const std::string draft = std::string(kDraftMark).append(at.name);
  if (const auto placed = rename_at(at.folder, draft, at.name); !placed) {
    (void)::unlinkat(at.folder, draft.c_str(), 0);
    throw_directory_error(path() + "/" + file, "cannot put in place", placed.error().value());
  }
}

void Directory::settle_all() {
  if (const auto synced = sync_file_system(descriptor()); !synced) {
    fail_at(".", "cannot make durable", synced.error().value());
  }
}

void Directory::settle_data(const std::vector<std::string>& files) {
  if (files.size() > kFewFiles) {
    return settle_all();
  }
  for (const std::string& file : files) {
    const Leaf at = leaf(draft_of(file));
    if (const auto synced = sync_file_at(at.folder, at.name); !synced) {
      fail_at(file, "cannot write", synced.error().value());
    }
  }
}

void Directory::settle_folders(const std::set<std::string>& folders) {
  if (folders.size() > kFewFiles) {
    return settle_all();
  }
  for (const std::string& folder : folders) {
    const FileDescriptor opened = open_beneath(descriptor(), folder, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open()) {
      fail_at(folder, "cannot make durable", errno);
    }
    if (const auto synced = sync_file(opened); !synced) {
      fail_at(folder, "cannot make durable", synced.error().value());
    }
  }
}

void Directory::write_manifests(const std::set<std::string>& folders, bool durably) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    const std::string text = to_text(manifests_.at(folder));
    write_draft(manifest_of(folder), Bytes(text.begin(), text.end()));
    files.push_back(manifest_of(folder));
  }
  if (durably) {
    settle_data(files);
  }
  for (const std::string& file : files) {
    rename_into_place(file);
  }
  if (durably) {
    settle_folders(folders);
  }
}

void Directory::place_files() {
  std::vector<File> files = std::exchange(files_, {});
  std::vector<std::string> drafts;
  std::set<std::string> folders;
  for (const File& file : files) {
    if (file.link_target.empty()) {
      write_draft(file.path, file.content.view());
      drafts.push_back(file.path);
    } else {
      link_draft(file.path, file.link_target);
    }
    folders.insert(folder_of(file.path));
  }
  settle_data(drafts);
  for (const File& file : files) {
    rename_into_place(file.path);
  }
  settle_folders(folders);
}

void Directory::take_away() {
  std::set<std::string> folders;
  for (const std::string& file : std::exchange(removals_, {})) {
    const Leaf at = leaf(file);
    if (::unlinkat(at.folder, at.name.c_str(), 0) != 0 && errno != ENOENT) {
      fail_at(file, "cannot remove", errno);
    }
    manifests_.at(folder_of(file)).names.erase(at.name);
    folders.insert(folder_of(file));
  }
  settle_folders(folders);
  write_manifests(folders, false);  // it may name too much, until the next
  remove_empty_folders();
}

void Directory::remove_empty_folders() {
  std::set<std::string> parents;
  for (const std::string& folder : std::exchange(emptied_, {})) {
    const std::vector<std::string> there = list(folder);
    if (there.size() > 1 || (there.size() == 1 && there.front() != kManifestName)) {
      continue;
    }
    const Leaf manifest_at = leaf(manifest_of(folder));
    (void)::unlinkat(manifest_at.folder, manifest_at.name.c_str(), 0);
    forget_folder();
    const Leaf at = leaf(folder);
    (void)::unlinkat(at.folder, at.name.c_str(), AT_REMOVEDIR);
    manifests_.erase(folder);
    parents.insert(folder_of(folder));
  }
  settle_folders(parents);
}

}  // namespace zonestore::signer
