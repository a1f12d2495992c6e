// Puts any number of events in order, in bounded memory: full runs of them go, sorted, to a temporary file, and are
// merged when they are visited. Without a second run there is no file. For the sources of this folder only.
//
// Ownership: an unlinked file in the directory for temporary files, gone with the object. Threads: one. Errors:
// db::Failure kIo is thrown.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/views/plan.h"

namespace zonestore {

class EventSorter {
 public:
  static constexpr std::size_t kEventsOfRun = 50'000;
  explicit EventSorter(std::size_t events_of_run = kEventsOfRun) : events_of_run_(events_of_run) {}

  // Those of one institution in their order, one institution after the other.
  void add(const PlannedEvent& event);
  // By time, then by code, then as they were added; once. The visitor returns false to stop.
  void visit(const std::function<bool(const PlannedEvent&)>& visitor);

 private:
  // As it lies in the file: read back by this process alone.
  struct Entry {
    std::int64_t at_ms = 0;
    std::uint64_t number = 0;  // of all, as they were added
    std::uint8_t kind = 0;
    std::uint8_t slot = 0;  // 0: none
    std::uint8_t is_approximate = 0;
    std::uint8_t code_bytes = 0;
    std::uint8_t held_back_by = 0;  // 0: nothing, else the guard and one
    std::array<char, 43> code{};    // without padding behind it
  };
  static_assert(sizeof(Entry::code) >= dkim::kMaxCodeBytes && sizeof(Entry) == 64);
  class Cursor;
  static bool comes_before(const Entry& one, const Entry& other);
  static PlannedEvent event_of(const Entry& entry);

  void write_run();
  void merge(const std::function<bool(const PlannedEvent&)>& visitor);

  std::size_t events_of_run_;
  std::vector<Entry> run_;             // being collected
  std::vector<std::size_t> run_ends_;  // of those in the file, in entries
  std::uint64_t added_ = 0;
  FileDescriptor file_;
};

}  // namespace zonestore
