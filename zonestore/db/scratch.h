// A database that is read as it is and written in memory alone: for dry runs. Inside db/ only.
//
//   SQLite ──> scratch ──> reads, and the SHARED lock ──> the real file, opened for reading
//                     └──> writes, locks above SHARED ──> memory; syncs are nothing
//
// A layer over SQLite's own access to files (https://www.sqlite.org/vfs.html), so that the code that decides,
// migrates and commits is the very same; what it has written is gone with the connection. The real file is opened by
// SQLite's layer for it, which knows what else this process has open: no lock of another connection is lost.
//
// What was committed is seen by later transactions for as long as the file below stays as it was when the first of
// them was written; when another program has changed it, all of it is dropped, whole. A write that was rolled back is
// never kept. Between transactions the real lock is given back, so that no writer waits, unless `hold` says
// otherwise: then it is kept across them, each time for a second at most.
// A hot journal is not rolled back: SQLITE_READONLY_ROLLBACK, as for readers.
//
// Threads: those of the connection.
#pragma once

#include <cstdint>

struct sqlite3;

namespace zonestore::db {

// The name to open a database with. Registered once a process.
[[nodiscard]] const char* scratch_layer();

// How often what had been committed was dropped. The handle: of a database that was opened with that name.
[[nodiscard]] std::uint64_t scratch_drops(sqlite3* handle);
void hold_scratch(sqlite3* handle, bool hold);

}  // namespace zonestore::db
