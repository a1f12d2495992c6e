// Where a file is to lie: its directory, held open, and the name in it.
//
// A path is a promise of others: between a look at it and the write, whoever may rename one of its directories can
// let it lead elsewhere, such as into a store. So the directory is opened once, what is judged is what is open, and
// all that follows (the draft, the rename, the fsync) goes by that descriptor.
// Ownership: it owns the descriptor. Threads: one thread at a time. Errors: those of the system.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <tl/expected.hpp>

#include "zonestore/base/file_descriptor.h"

namespace zonestore {

template <class T>
using SystemResult = tl::expected<T, std::error_code>;

class FilePlace {
 public:
  // The directory must be there; links on the way to it are followed, now and never again. EISDIR for a path that
  // ends in a slash, or names a directory by a dot.
  [[nodiscard]] static SystemResult<FilePlace> open(const std::filesystem::path& file);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }  // as it was given
  [[nodiscard]] const std::string& name() const { return name_; }            // without a slash
  [[nodiscard]] int directory() const { return directory_.get(); }           // O_PATH: for openat() and the like
  // Where the directory is at this moment, for messages.
  [[nodiscard]] std::filesystem::path real_directory() const;
  // False: the path that was given leads elsewhere by now, or nowhere.
  [[nodiscard]] bool is_where_its_path_leads() const;
  // Makes durable what was made, renamed or removed in the directory.
  [[nodiscard]] SystemResult<void> sync() const;

 private:
  FilePlace(std::filesystem::path path, FileDescriptor directory);

  std::filesystem::path path_;
  std::string name_;
  FileDescriptor directory_;
};

}  // namespace zonestore
