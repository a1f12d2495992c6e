#include "tools/zonectl/session/report.h"

namespace zonectl {
namespace {

// On a terminal "2026-11-23T18:01:02Z (in 14 min 10 s)": the form that can be copied, then the one that can be felt.
std::string clearing_time(const Terminal& terminal, const Times& times, zonestore::WallTime time) {
  const std::string absolute = zonestore::to_rfc3339(time);
  return terminal.interactive ? absolute + " (" + distance_text(time, times.now()) + ")" : absolute;
}

}  // namespace

void report(std::ostream& err, const Terminal& terminal, const Times& times, const zonestore::Error& error) {
  const std::string message = printable(error.message);
  const std::string hint = printable(error.hint);
  if (!error.refusal) {
    err << terminal.styled(Style::kBad, "zonectl:") << ' ' << message << '\n';
    if (!hint.empty()) {
      err << "  " << hint << '\n';
    }
    return;
  }
  err << terminal.styled(Style::kBad, "refused: " + std::string(zonestore::guard_code(error.refusal->guard)) + ":")
      << ' ' << message << '\n';
  if (error.refusal->clears_at) {
    err << "  clears at " << clearing_time(terminal, times, *error.refusal->clears_at) << '\n';
  }
  if (!hint.empty()) {
    constexpr std::string_view kLead = "  instead: ";
    const bool wraps = terminal.interactive && terminal.width > 2 * kLead.size();
    err << kLead << (wraps ? wrapped(hint, terminal.width - kLead.size(), std::string(kLead.size(), ' ')) : hint)
        << '\n';
  }
}

}  // namespace zonectl
