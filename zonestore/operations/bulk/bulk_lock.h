// The lock of a bulk command: whoever works through a run of it holds the lock until its process ends, however it
// ends. So a run that is open and not locked waits to be resumed, and one that is locked is at work.
//
//   DIR/bulk.COMMAND.lock    empty, 0600, the store's owner's; it stays. flock(2), for this machine's processes
//
// For the sources of this folder only. Errors: db::Failure is thrown: kForeign for something else of that name (a
// link, a directory, another user's file): it is never followed and never opened to write.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "zonestore/base/file_descriptor.h"

namespace zonestore {

// nullptr: another process holds it. Not inherited by programs that are started.
[[nodiscard]] std::shared_ptr<const FileDescriptor> lock_bulk_command(const std::filesystem::path& dir,
                                                                      const std::string& command);

// Does another process hold it? Leaves no file behind where there was none.
[[nodiscard]] bool is_bulk_command_locked(const std::filesystem::path& dir, const std::string& command);

// Who does: "pid 815 (zonectl)", as db/lock_holders.h tells it.
[[nodiscard]] std::string who_holds_bulk_command(const std::filesystem::path& dir, const std::string& command);

}  // namespace zonestore
