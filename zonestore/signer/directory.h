// A signer's directory on disk: locked, and altered only in steps that a reader never sees half of.
//
// A new file is written beside its place, made durable, and renamed into it; a directory is made durable after that.
// Files and folders take the group of the directory; where that group may read it, they are readable to it (0640,
// 0750), else to nobody else (0600, 0700). Paths are relative to the directory. Threads: one. Errors: db::Failure is
// thrown.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "zonestore/base/bytes.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/moment.h"

namespace zonestore::signer {

class Directory {
 public:
  // Makes it (0750) if it is missing; its parent must be there.
  static void make(const std::string& path);

  // Opens it and takes its lock (flock on DIR/.lock), for which it waits so long: two syncs at once do not mix.
  // Throws kMissing, kPermission, kBusy, kIo.
  Directory(std::string path, Milliseconds lock_wait);

  [[nodiscard]] bool has_file(const std::string& file) const;
  [[nodiscard]] std::string read(const std::string& file) const;                 // "" if it is not there
  [[nodiscard]] std::string read_link(const std::string& link) const;            // "" if it is none
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const;  // names; none if missing
  void make_folder(const std::string& folder);                                   // with those above it
  void write_new(const std::string& file, ByteView content);                     // precondition: not there
  void replace(const std::string& file, std::string_view text);                  // what is the same stays
  void replace_link(const std::string& link, const std::string& target);         // likewise
  void remove(const std::string& file);                                          // if it is there
  void remove_drafts(const std::string& folder);                                 // of writers that were killed
  void remove_folder_if_empty(const std::string& folder);
  void make_durable();  // the folders in which names have come or gone since the last call

 private:
  [[nodiscard]] FileDescriptor open_draft(const std::string& draft) const;
  void put(const std::string& file, ByteView content);
  void rename_into_place(const std::string& draft, const std::string& file);
  void touch(const std::string& file);
  [[noreturn]] void fail_at(const std::string& file, const char* what, int error) const;

  std::string path_;
  FileDescriptor directory_;
  FileDescriptor lock_;
  gid_t group_ = 0;
  bool group_reads_ = false;
  std::set<std::string> touched_;
};

// Looks without a lock: is there such a file?
[[nodiscard]] bool has_file(const std::string& directory, const std::string& file);

}  // namespace zonestore::signer
