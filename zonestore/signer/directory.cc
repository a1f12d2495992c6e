#include "zonestore/signer/directory.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/text_encodings.h"
#include "zonestore/db/failure.h"
#include "zonestore/signer/beneath.h"
#include "zonestore/signer/layout.h"

namespace zonestore::signer {
namespace {

constexpr mode_t kNewFolderMode = 0750;
constexpr std::string_view kRoot = ".";
constexpr std::size_t kOldDraftDigits = 8;

// ".new-0123abcd": a draft of before drafts were named by what they are of.
bool is_old_draft(std::string_view name) {
  name.remove_prefix(std::min(name.size(), name.starts_with(kDraftMark) ? kDraftMark.size() : name.size()));
  return is_hex(name, kOldDraftDigits);
}

std::vector<std::string> without_nobodys(std::vector<std::string> names) {
  std::erase_if(names, is_nobodys);
  return names;
}

// The name of what a draft is of; the name itself for all else.
std::string of_draft(const std::string& name) {
  return name.starts_with(kDraftMark) ? name.substr(kDraftMark.size()) : name;
}

std::string owner_text(const Manifest& manifest, const Identity& identity) {
  const bool other_store = manifest.owner.store_id != identity.store_id;
  // What is no name of a signer was not written by us: it may be anything, and is not shown.
  const std::string name = parse_signer_name(manifest.owner.signer) ? "signer " + manifest.owner.signer : "a signer";
  return "the files of " + name + (other_store ? " of another store" : "");
}

}  // namespace

void Directory::make(const std::string& path) {
  if (::mkdir(path.c_str(), kNewFolderMode) != 0 && errno != EEXIST) {
    throw_directory_error(path, "cannot make", errno);
  }
}

void Directory::check_ours(const DirectoryView& view, const Identity& identity) {
  const std::optional<Manifest> manifest = view.manifest(std::string(kRoot));
  if (manifest && manifest->owner != identity) {
    throw_foreign(view.path(), {owner_text(*manifest, identity)});
  }
  const std::vector<std::string> there = without_nobodys(view.list(std::string(kRoot)));
  if (!manifest && !there.empty()) {
    throw_foreign(view.path(), there);
  }
}

Directory::Directory(std::string path, Identity identity, Unmarked unmarked, Milliseconds lock_wait,
                     const Clock& clock)
    : DirectoryView(std::move(path)), identity_(std::move(identity)), unmarked_(unmarked) {
  const std::string root(kRoot);
  const auto check = [&] {
    if (unmarked_ == Unmarked::kIsForeign || manifest(root)) {
      check_ours(*this, identity_);
    }
  };
  check();  // before a lock is put there
  lock_ = DirectoryLock(descriptor(), this->path(), lock_wait, clock);
  check();
  if (!manifest(root)) {
    (void)manifests_.try_emplace(root, Manifest{identity_, {}});
    write_manifests({root}, true);
  }
}

Manifest& Directory::known(const std::string& folder) {
  const auto found = manifests_.find(folder);
  if (found != manifests_.end()) {
    return found->second;
  }
  std::optional<Manifest> read = manifest(folder);
  if (read && read->owner != identity_) {
    throw_foreign(path() + "/" + folder, {owner_text(*read, identity_)});
  }
  if (!read) {
    const std::vector<std::string> there = without_nobodys(list(folder));
    if (!there.empty()) {
      throw_foreign(path() + "/" + folder, there);
    }
    new_folders_.insert(folder);
    grown_.insert(folder);
    read = Manifest{identity_, {}};
  }
  return manifests_.emplace(folder, *std::move(read)).first->second;
}

bool Directory::owns(const std::string& file) {
  return owned(folder_of(file)).contains(file.substr(file.rfind('/') + 1));
}

std::set<std::string> Directory::owned(const std::string& folder) {
  const auto found = manifests_.find(folder);
  if (found != manifests_.end()) {
    return found->second.names;
  }
  const std::optional<Manifest> read = manifest(folder);
  return read && read->owner == identity_ ? read->names : std::set<std::string>{};
}

std::vector<std::string> Directory::strangers(const std::string& folder) {
  const std::set<std::string> ours = owned(folder);
  std::vector<std::string> names = without_nobodys(list(folder));
  std::erase_if(names, [&](const std::string& name) {
    const auto is_our_folder = [&] {
      const std::string below = path_in(folder, name);
      const std::optional<Manifest> its = is_folder(below) ? manifest(below) : std::nullopt;
      return its && its->owner == identity_;
    };
    return ours.contains(name) || ours.contains(of_draft(name)) || is_our_folder();
  });
  return names;
}

void Directory::adopt(const std::string& folder, const std::set<std::string>& names) {
  if (unmarked_ != Unmarked::kIsOurs || (folder != kRoot && manifest(folder))) {
    return;
  }
  const std::vector<std::string> there = list(folder);
  Manifest ours{identity_, owned(folder)};
  const std::size_t before = ours.names.size();
  for (const std::string& name : there) {
    if (names.contains(name) || is_old_draft(name)) {
      ours.names.insert(name);
    }
  }
  const bool is_new = ours.names.size() > before;
  if (is_new || (names.empty() && !there.empty())) {
    manifests_.insert_or_assign(folder, std::move(ours));
    grown_.insert(folder);
  }
}

void Directory::claim(const std::string& file) {
  const std::string folder = folder_of(file);
  const std::string name = file.substr(file.rfind('/') + 1);
  if (known(folder).names.contains(name)) {
    return;
  }
  if (has(file)) {
    throw_foreign(path(), {file});
  }
  known(folder).names.insert(name);
  grown_.insert(folder);
}

void Directory::make_folder(const std::string& folder) {
  if (folder == kRoot) {
    return;
  }
  if (folder_of(folder) != kRoot) {
    make_folder(folder_of(folder));
  }
  (void)known(folder);
}

void Directory::put(const std::string& file, ByteView content) {
  make_folder(folder_of(file));
  claim(file);
  if (difference(file, content)) {
    files_.push_back({file, crypto::SecretBytes(Bytes(content.begin(), content.end())), {}});
  }
}

void Directory::put_link(const std::string& link, const std::string& target) {
  make_folder(folder_of(link));
  claim(link);
  if (read_link(link) != target) {
    files_.push_back({link, {}, target});
  }
}

void Directory::remove(const std::string& file) {
  if (owns(file)) {
    (void)known(folder_of(file));
    removals_.push_back(file);
  }
}

void Directory::remove_folder_if_empty(const std::string& folder) {
  if (manifest(folder) || manifests_.contains(folder)) {
    emptied_.insert(folder);
  }
}

void Directory::remove_drafts(const std::string& folder) {
  const std::set<std::string> ours = owned(folder);
  const std::optional<Manifest> marker = manifest(folder);
  const bool is_ours = marker && marker->owner == identity_;
  for (const std::string& name : list(folder)) {
    const bool is_manifests = of_draft(name) == kManifestName && name != kManifestName && is_ours;
    const bool is_draft =
        is_manifests || (name.starts_with(kDraftMark) && (ours.contains(of_draft(name)) || ours.contains(name)));
    if (is_draft && ::unlinkat(leaf(path_in(folder, name)).folder, name.c_str(), 0) != 0 && errno != ENOENT) {
      fail_at(path_in(folder, name), "cannot remove", errno);
    }
    if (ours.contains(name) && is_draft) {
      known(folder).names.erase(name);
      grown_.insert(folder);
    }
  }
}

void Directory::commit() {
  make_folders();
  write_manifests(std::exchange(grown_, {}), true);
  place_files();
  take_away();
}

void Directory::leave(const std::string& folder) {
  const std::optional<Manifest> its = manifest(folder);
  if (!its || its->owner != identity_ || !its->names.empty()) {
    return;
  }
  const Leaf at = leaf(path_in(folder, std::string(kManifestName)));
  (void)::unlinkat(at.folder, at.name.c_str(), 0);
  manifests_.erase(folder);
}

void Directory::abandon() {
  commit();
  for (const std::string_view name : {kManifestName, std::string_view(".lock")}) {
    (void)::unlinkat(descriptor(), std::string(name).c_str(), 0);
  }
  settle_folders({std::string(kRoot)});
}

}  // namespace zonestore::signer
