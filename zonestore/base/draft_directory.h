// A directory that appears whole and durable, as the files of durable_file.h do: filled under another name beside its
// place, and put there by one step.
//
// The place was opened, and perhaps judged, before (file_place.h): what is made, renamed and removed is in that
// directory, wherever it is by then. Those who fill the draft may know paths alone (SQLite does): so it takes its
// place only if the path that they were given still leads to it.
// Errors: those of the system. Ownership: a draft that does not take its place is gone with the object, and all that
// is in it. Threads: one thread at a time.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/file_place.h"

namespace zonestore {

class DraftDirectory {
 public:
  [[nodiscard]] static SystemResult<DraftDirectory> create(FilePlace place, mode_t mode);
  DraftDirectory(DraftDirectory&& other) noexcept;
  DraftDirectory& operator=(DraftDirectory&&) = delete;
  DraftDirectory(const DraftDirectory&) = delete;
  DraftDirectory& operator=(const DraftDirectory&) = delete;
  ~DraftDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }  // to fill it by
  [[nodiscard]] const FilePlace& place() const { return place_; }
  // EEXIST if there is something, which stays; ESTALE if its path leads elsewhere by now: then what was written may
  // lie there, and nothing takes the place.
  [[nodiscard]] SystemResult<void> put_beside_nothing();

 private:
  DraftDirectory(FilePlace place, std::string draft, FileDescriptor descriptor);
  [[nodiscard]] bool is_where_its_path_leads() const;

  FilePlace place_;
  std::string draft_;  // its name in the place; empty: nothing to clean up
  std::filesystem::path path_;
  FileDescriptor descriptor_;
};

}  // namespace zonestore
