// What is wrong with a zone or with its file: all of it, not only the first.
// Threads: plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/error.h"

namespace zonestore {

struct ZoneFault {
  std::size_t line = 0;        // of the file, on which the record begins; 0: of no one record
  std::optional<Guard> guard;  // the rule that is broken; nullopt: malformed
  std::string message;         // one line, no trailing period
  std::string hint;            // what to do about it, may be empty
};

// Counts every fault and keeps the first kMaxKept, so that a file of nonsense takes no memory.
class ZoneFaults {
 public:
  static constexpr std::size_t kMaxKept = 1'000;

  void add(ZoneFault fault);
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // At most `most` of those that are kept, by line.
  [[nodiscard]] std::vector<ZoneFault> first(std::size_t most) const;

 private:
  std::vector<ZoneFault> kept_;
  std::size_t count_ = 0;
};

}  // namespace zonestore
