// Files that we write: whole or not at all, durable when it is said so, and never through a link that somebody
// planted.
//
// A file is made as a draft: beside its place, under a name that nobody can guess, exclusively and without following
// a link, with the very mode that is asked for, whatever the umask. It takes its place by one step when all of it has
// reached the disk; its directory is opened once, and all of that is done by that descriptor (file_place.h). Errors:
// those of the system, for the caller to put into words (db::file_error does). Ownership: a draft that does not take
// its place is gone with the object. Threads: one thread at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "zonestore/base/bytes.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/file_place.h"

namespace zonestore {

// A new file of exactly that mode, open for reading and writing: EEXIST if there is anything of that name, a link
// too.
[[nodiscard]] SystemResult<FileDescriptor> create_file(const std::filesystem::path& file, mode_t mode);
// A new directory of exactly that mode: EEXIST as above.
[[nodiscard]] SystemResult<void> create_directory(const std::filesystem::path& directory, mode_t mode);
// A file without a name, of this process alone, in that directory.
[[nodiscard]] SystemResult<FileDescriptor> unnamed_file(const std::filesystem::path& directory);

[[nodiscard]] SystemResult<void> write_all(const FileDescriptor& file, ByteView bytes);
[[nodiscard]] SystemResult<void> sync_file(const FileDescriptor& file);
// Makes durable what was made, renamed or removed in it.
[[nodiscard]] SystemResult<void> sync_directory(const std::filesystem::path& directory);
// In place of what is there, if anything is; durable when it returns. Both lie in one file system.
[[nodiscard]] SystemResult<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
// The directory that holds the file: "." for a bare name.
[[nodiscard]] std::filesystem::path directory_of(const std::filesystem::path& file);

// The steps of a draft by themselves, for whoever takes each with many files at once. `directory` is open, and a name
// has no slash.
[[nodiscard]] SystemResult<FileDescriptor> create_file_at(int directory, const std::string& name, mode_t mode);
[[nodiscard]] SystemResult<void> sync_file_at(int directory, const std::string& name);  // ELOOP for a link
[[nodiscard]] SystemResult<void> rename_at(int directory, const std::string& from, const std::string& to);
// All that was written to the file system that the directory lies in.
[[nodiscard]] SystemResult<void> sync_file_system(int directory);

// "FILE.new-<16 hexadecimal digits>": a name beside the file that nobody can guess.
[[nodiscard]] std::filesystem::path draft_name(const std::filesystem::path& file);

class DraftFile {
 public:
  [[nodiscard]] static SystemResult<DraftFile> create(const std::filesystem::path& file, mode_t mode);
  // In a place that was opened, and perhaps judged, before.
  [[nodiscard]] static SystemResult<DraftFile> create(FilePlace place, mode_t mode);
  DraftFile(DraftFile&& other) noexcept;
  DraftFile& operator=(DraftFile&&) = delete;
  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;
  ~DraftFile();

  [[nodiscard]] SystemResult<void> write(ByteView bytes) { return write_all(descriptor_, bytes); }
  [[nodiscard]] const FilePlace& place() const { return place_; }
  // In place of what is there, if anything is; a link of that name is replaced, not followed.
  [[nodiscard]] SystemResult<void> replace();
  // EEXIST if there is something, which stays.
  [[nodiscard]] SystemResult<void> put_beside_nothing();

 private:
  DraftFile(FilePlace place, std::string draft, FileDescriptor descriptor);

  FilePlace place_;
  std::string draft_;  // its name in the directory; empty: nothing to clean up
  FileDescriptor descriptor_;
};

}  // namespace zonestore
