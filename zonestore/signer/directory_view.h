// A signer's directory as it is, without a lock and without a change: what lies there, and whether a file is what it
// should be, by content, mode and owner.
//
// Paths are relative to the directory; no symbolic link beneath it is followed. Threads: one. Errors: db::Failure is
// thrown (kMissing, kPermission, kIo; kRefused/kForeign for a symbolic link in the place of a folder).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "zonestore/base/bytes.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/signer/manifest.h"

namespace zonestore::signer {

// How a file differs from what it should be.
struct Difference {
  std::string what;      // "is missing", "has another content", "has mode 0666: everybody may read it"
  bool exposed = false;  // others than the signer may read a private key
};

class DirectoryView {
 public:
  explicit DirectoryView(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return directory_.get(); }
  [[nodiscard]] std::string read(const std::string& file) const;                 // "" if it is not there
  [[nodiscard]] std::string read_link(const std::string& link) const;            // "" if it is none
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const;  // names; none if it is missing
  [[nodiscard]] bool has(const std::string& name) const;                         // anything of that name
  [[nodiscard]] bool is_folder(const std::string& name) const;
  // nullopt: a regular file of these bytes, this process's, with the directory's group and mode.
  [[nodiscard]] std::optional<Difference> difference(const std::string& file, ByteView content) const;
  // What .zonectl in a folder says; nullopt if there is none that we understand.
  [[nodiscard]] std::optional<Manifest> manifest(const std::string& folder) const;

 protected:
  struct Leaf {
    int folder;  // the descriptor of the folder that it lies in; good until the next look
    std::string name;
  };
  // Throws kMissing without the folder.
  [[nodiscard]] Leaf leaf(const std::string& file) const;
  [[nodiscard]] std::optional<Leaf> leaf_if_there(const std::string& file) const;
  void forget_folder() { open_folder_ = FileDescriptor(); }
  [[noreturn]] void fail_at(const std::string& file, const char* what, int error) const;

  [[nodiscard]] gid_t group() const { return group_; }
  [[nodiscard]] mode_t file_mode() const;
  [[nodiscard]] mode_t folder_mode() const;

 private:
  [[nodiscard]] std::optional<struct stat> facts(const std::string& file) const;
  [[nodiscard]] std::optional<Difference> difference_of_facts(const struct stat& facts) const;
  [[nodiscard]] bool same_bytes(const std::string& file, ByteView content) const;

  std::string path_;
  FileDescriptor directory_;
  gid_t group_ = 0;
  bool group_reads_ = false;
  mutable FileDescriptor open_folder_;  // the last one that was looked at
  mutable std::string open_folder_path_;
};

// "keys/mosa" of "keys/mosa/1.pem"; "." of "KeyTable".
[[nodiscard]] std::string folder_of(const std::string& file);
// "keys/mosa/1.pem"; the name alone in ".".
[[nodiscard]] std::string path_in(const std::string& folder, const std::string& name);

// Which of a directory's entries a stranger has put there, or whoever formatted the file system: all but these.
[[nodiscard]] bool is_nobodys(const std::string& name);

// "cannot open the signer's directory /x: ...", with how to make it.
[[noreturn]] void throw_directory_error(const std::string& path, const std::string& what, int error);
// Names what lies there, the first few and how many more.
[[noreturn]] void throw_foreign(const std::string& path, const std::vector<std::string>& names);

}  // namespace zonestore::signer
