// What is wrong with a zone or with its file: all of it, not only the first; and what is merely in doubt.
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

// What NSD, Knot and BIND load, though it is hardly what was meant, is a fault to the strict and a warning to the
// lenient.
enum class Strictness : std::uint8_t { kStrict, kLenient };

// Counts every fault and keeps the first kMaxKept, so that a file of nonsense takes no memory.
class ZoneFaults {
 public:
  static constexpr std::size_t kMaxKept = 1'000;
  static constexpr std::size_t kMaxWarnings = 20;

  explicit ZoneFaults(Strictness strictness = Strictness::kStrict) : strictness_(strictness) {}

  void add(ZoneFault fault);
  void warn(std::size_t line, const std::string& message);
  // A fault, or a warning, which then says with `remedy` what is made of it, if anything.
  void doubt(ZoneFault fault, const std::string& remedy = {});
  [[nodiscard]] Strictness strictness() const { return strictness_; }
  [[nodiscard]] bool is_lenient() const { return strictness_ == Strictness::kLenient; }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // At most `most` of those that are kept, by line.
  [[nodiscard]] std::vector<ZoneFault> first(std::size_t most) const;
  // "line 3: ...", the first kMaxWarnings as they came, and how many more there are.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  Strictness strictness_;
  std::vector<ZoneFault> kept_;
  std::size_t count_ = 0;
  std::vector<std::string> warnings_;
  std::size_t warning_count_ = 0;
};

}  // namespace zonestore
