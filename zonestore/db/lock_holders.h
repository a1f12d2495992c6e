// Who holds a lock that one waits for in vain: from /proc/locks and stat alone. Nothing here opens the locked file:
// closing any descriptor of a database drops the locks that SQLite holds on it.
//
// The kernel lists a lock by the holder's process id as this process's pid namespace numbers it. One that has no
// number here is left out of the list, or has the number 0 or -1: the text says so. Threads: no state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace zonestore::db {

enum class LockKind : std::uint8_t {
  kDatabase,  // SQLite's byte ranges (https://www.sqlite.org/lockingv3.html)
  kWhole,     // flock(2)
};

struct LockHolder {
  std::int64_t pid = 0;  // 0 or less: a process of another pid namespace
  bool writes = false;   // holds, or waits in line for, the right to write; else it reads
  friend bool operator==(const LockHolder&, const LockHolder&) = default;
};

struct LockedFile {
  unsigned major = 0;
  unsigned minor = 0;
  std::uint64_t inode = 0;
};

// Of the text of /proc/locks; each holder once, writers first. Where a file system shows another device there than
// stat does (btrfs, overlayfs), a database is found by its inode and SQLite's own byte range. Pure.
[[nodiscard]] std::vector<LockHolder> holders_in(std::string_view locks, const LockedFile& file, LockKind kind);

// "pid 812 (dnsd) is reading, pid 815 (zonectl) is writing", of processes other than this one.
[[nodiscard]] std::string who_holds(const std::filesystem::path& file, LockKind kind);

}  // namespace zonestore::db
