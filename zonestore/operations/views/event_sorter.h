// Puts any number of events in order, in bounded memory: in a table of a temporary database in the store's directory,
// for what two million events take is neither memory's nor, as /tmp often is, a memory file system's. For the sources
// of this folder only.
//
// Ownership: a file without a name, gone with the object. Threads: one. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "zonestore/db/connection.h"
#include "zonestore/operations/views/plan.h"

namespace zonestore {

class EventSorter {
 public:
  // Who may not write in `directory` has the file in the directory for temporary files.
  explicit EventSorter(const std::filesystem::path& directory);

  void add(const PlannedEvent& event);
  // By time, then by code, then as they were added. The visitor returns false to stop.
  void visit(const std::function<bool(const PlannedEvent&)>& visitor);

 private:
  db::Connection connection_;
  std::int64_t added_ = 0;
};

}  // namespace zonestore
