// A signer's directory, locked, and altered only in steps that a reader never sees half of, and only where it is
// ours.
//
// Ours is what the manifest of its folder names (manifest.h). Changes are asked for and then made together by commit:
//   1. folders, and the manifests with the names that are to come: durable before there is a file of that name
//   2. files beside their place, made durable; then each is renamed into it, and links too
//   3. removals; then manifests without them, and folders that are empty
// Each step is durable before the next begins: by a sync of each file, or, for many, of the file system once. Killed
// in between it leaves whole files, and manifests that name too much.
//
// Files and folders take the group of the directory; where that group may read it, they are readable to it (0640,
// 0750), else to nobody else (0600, 0700). Paths are relative to the directory. Threads: one. Errors: db::Failure is
// thrown; kRefused/kForeign for a file in the way that is not ours.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/base/moment.h"
#include "zonestore/crypto/secret_bytes.h"
#include "zonestore/signer/directory_lock.h"
#include "zonestore/signer/directory_view.h"

namespace zonestore::signer {

// A directory that holds something and has no manifest.
enum class Unmarked : std::uint8_t {
  kIsForeign,
  kIsOurs,  // enrolled before there were manifests: the caller says by `adopt` which files are
};

class Directory : public DirectoryView {
 public:
  // Makes it (0750) if it is missing; its parent must be there.
  static void make(const std::string& path);
  // Throws kRefused/kForeign, with what is there, unless the directory is empty or this signer's.
  static void check_ours(const DirectoryView& view, const Identity& identity);

  // Opens it and takes its lock, for which it waits so long by this clock: two syncs at once do not mix. A manifest
  // is written if there is none. Throws kMissing, kPermission, kBusy, kIo; kRefused/kForeign.
  Directory(std::string path, Identity identity, Unmarked unmarked, Milliseconds lock_wait, const Clock& clock);

  // ---- what is ours ----

  [[nodiscard]] bool owns(const std::string& file);
  // The folder's names that are ours; none if the folder is not.
  [[nodiscard]] std::set<std::string> owned(const std::string& folder);
  // What lies in the folder and is not ours; not what lies in folders below it.
  [[nodiscard]] std::vector<std::string> strangers(const std::string& folder);
  // Of a folder without a manifest: those of `names` that are there are ours from now on, and half-written files of
  // before there were manifests. Without any of them it stays a stranger's; with no `names` the folder alone is ours.
  void adopt(const std::string& folder, const std::set<std::string>& names);

  // ---- changes, made by commit ----

  void put(const std::string& file, ByteView content);                // what is as it should be stays
  void put_link(const std::string& link, const std::string& target);  // likewise
  void make_folder(const std::string& folder);                        // to be ours, as `keys`
  void remove(const std::string& file);                               // if it is ours and there
  void remove_folder_if_empty(const std::string& folder);             // with its manifest
  void remove_drafts(const std::string& folder);                      // of syncs that were killed
  void commit();

  // The manifest of a folder in which nothing is ours any more goes, whatever else lies there.
  void leave(const std::string& folder);
  // The last of it all: the root's manifest and the lock. What is left there is nobody's of ours.
  void abandon();

 private:
  struct File {
    std::string path;
    crypto::SecretBytes content;
    std::string link_target;  // not empty: a link
  };
  [[nodiscard]] Manifest& known(const std::string& folder);
  void claim(const std::string& file);
  void make_folders();
  void write_manifests(const std::set<std::string>& folders, bool durably);
  void place_files();
  void take_away();
  void make_one_folder(const std::string& folder);
  void write_draft(const std::string& file, ByteView content);
  void link_draft(const std::string& link, const std::string& target);
  void rename_into_place(const std::string& file);
  void settle_all();
  void settle_data(const std::vector<std::string>& drafts);
  void settle_folders(const std::set<std::string>& folders);
  [[nodiscard]] FileDescriptor open_new(const std::string& draft);
  void remove_empty_folders();

  Identity identity_;
  Unmarked unmarked_;
  DirectoryLock lock_;
  std::map<std::string, Manifest> manifests_;  // of the folders that were looked at
  std::set<std::string> new_folders_;          // to be made, parents first
  std::set<std::string> grown_;                // folders whose manifests name more than on disk
  std::vector<File> files_;
  std::vector<std::string> removals_;
  std::set<std::string> emptied_;
};

}  // namespace zonestore::signer
