#include "zonestore/zone/zone_fault.h"

#include <algorithm>
#include <utility>

namespace zonestore {
namespace {

// A message may quote the file's own words, whose bytes must neither break its line nor steer the terminal.
std::string on_one_line(std::string text) {
  const auto is_control = [](unsigned char byte) { return byte < ' ' || byte == 0x7F; };
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

}  // namespace

void ZoneFaults::add(ZoneFault fault) {
  ++count_;
  if (kept_.size() < kMaxKept) {
    fault.message = on_one_line(std::move(fault.message));
    fault.hint = on_one_line(std::move(fault.hint));
    kept_.push_back(std::move(fault));
  }
}

void ZoneFaults::warn(std::size_t line, const std::string& message) {
  if (++warning_count_ <= kMaxWarnings) {
    warnings_.push_back((line == 0 ? "" : "line " + std::to_string(line) + ": ") + on_one_line(message));
  }
}

void ZoneFaults::doubt(ZoneFault fault, const std::string& remedy) {
  if (is_lenient()) {
    warn(fault.line, fault.message + (remedy.empty() ? "" : ": " + remedy));
  } else {
    add(std::move(fault));
  }
}

std::vector<std::string> ZoneFaults::warnings() const {
  std::vector<std::string> warnings = warnings_;
  if (warning_count_ > kMaxWarnings) {
    warnings.push_back("and " + std::to_string(warning_count_ - kMaxWarnings) + " more warnings");
  }
  return warnings;
}

std::vector<ZoneFault> ZoneFaults::first(std::size_t most) const {
  std::vector<ZoneFault> sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ZoneFault& left, const ZoneFault& right) { return left.line < right.line; });
  if (sorted.size() > most) {
    sorted.resize(most);
  }
  return sorted;
}

}  // namespace zonestore
