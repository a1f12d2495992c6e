// What the file system says about the files of a store, in the words of an operator.
//
// Nothing here opens a file: closing any descriptor of a database drops the locks that SQLite holds on it.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/base/file_place.h"

namespace zonestore::db {

// The Error for a system call that failed with `system_error` (an errno value); "cannot <verb> <path>: ...".
[[nodiscard]] Error file_error(std::string_view verb, const std::filesystem::path& path, int system_error);

// Why this process cannot use the file: missing, not a regular file, permissions, a read-only file system.
// nullopt: the file system allows it. For writing, the directory counts too: the journal is made there.
[[nodiscard]] std::optional<Error> find_obstacle(const std::filesystem::path& file, bool for_writing);

// Why SQLite must not look for a journal of the file: something else stands in its place, such as a pipe, whose
// opening would never end. nullopt: there is a regular file, or nothing.
[[nodiscard]] std::optional<Error> find_journal_obstacle(const std::filesystem::path& file);

// True if there is a rollback journal beside the file that this process may not read.
[[nodiscard]] bool has_unreadable_journal(const std::filesystem::path& file);

// Why a file that a command is told to write, or a directory that it is told to make, must not be there: it would lie
// in a store or in a backup, whose files it could replace. Links in the way to it are followed. nullopt: it does not.
[[nodiscard]] std::optional<Error> find_store_around(const std::filesystem::path& target);
// The same of a place that is open: what is judged is the directory that will be written in, upwards by descriptors,
// whatever the path leads to by then.
[[nodiscard]] std::optional<Error> find_store_around(const FilePlace& place);

}  // namespace zonestore::db
