// One line and an exit code as the plug-ins of Nagios, Icinga and their like give them (Monitoring Plugins
// Development Guidelines, sections 2.5 and 2.6):
//
//   ZONESTORE WARNING - maintain-late: maintain is late for 3 of them: ... | institutions=2000;;;0 ...
//
// Pure. Threads: any.
#pragma once

#include <span>
#include <string>

#include "tools/zonectl/session/exit_code.h"
#include "zonestore/base/error.h"
#include "zonestore/operations/views/status.h"

namespace zonectl {

enum class MonitorCode : int { kOk = 0, kWarning = 1, kCritical = 2, kUnknown = 3 };
// The process ends with the same number.
[[nodiscard]] constexpr ExitCode exit_code_of(MonitorCode code) {
  return static_cast<ExitCode>(code);
}

struct MonitorLine {
  MonitorCode code = MonitorCode::kUnknown;
  std::string text;  // one line, with its end
};

// Does this command line ask for it? Read before it is parsed: a line that cannot be parsed is answered too.
[[nodiscard]] bool asks_for_monitor_line(std::span<const std::string> args);

[[nodiscard]] MonitorLine monitor_line(const zonestore::StoreStatus& status);
// Of what kept it from answering: UNKNOWN.
[[nodiscard]] MonitorLine monitor_line(const zonestore::Error& error);

}  // namespace zonectl
