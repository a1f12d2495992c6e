// zonectl status: the store at a glance, and whether it needs attention. Who looks at our own name servers is a child
// (look/), made before the store is opened.
#include <memory>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/look/serial_looks.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/json_status.h"
#include "tools/zonectl/telling/monitor_line.h"
#include "tools/zonectl/telling/status_words.h"
#include "zonestore/operations/views/troubles.h"

namespace zonectl::status {
namespace {

using zonestore::Result;
using zonestore::StoreStatus;

struct Options {
  bool offline = false;
  bool monitor = false;
  look::Flags flags;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().flag("--offline", options.offline, "do not ask our own name servers");
  arguments.operators().flag(kMonitorFlag, options.monitor,
                             "one line with figures and the exit codes of monitoring plug-ins: 0 well, 1 warning, "
                             "2 critical, 3 it could not be told");
  declare(arguments, options.flags);
}

// Asks while the store is walked.
Result<StoreStatus> look(Session& session, const Options& options) {
  const std::unique_ptr<look::Lookout> lookout =
      options.offline ? nullptr : std::make_unique<look::Lookout>(means_of(session, options.flags));
  Result<zonestore::Store> store = session.open_to_read();
  if (!store) {
    return tl::unexpected(store.error());
  }
  std::optional<look::SerialLooks> servers;
  if (lookout) {
    servers.emplace(*lookout);
    if (const Result<void> begun = servers->begin(*store); !begun) {
      return tl::unexpected(begun.error());
    }
  }
  Result<StoreStatus> status = store_status(*store);
  if (status && servers) {
    Result<zonestore::OwnServersSeen> seen = servers->take(*store);
    if (!seen) {
      return tl::unexpected(seen.error());
    }
    status->servers = *std::move(seen);
  }
  return status;
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (options.monitor && session.json()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "--monitor prints one line, --json a document",
                           "give one of them");
  }
  const Result<StoreStatus> status = look(session, options);
  if (!status) {
    return tl::unexpected(status.error());
  }
  if (options.monitor) {
    const MonitorLine line = monitor_line(*status);
    session.out() << line.text;
    return exit_code_of(line.code);
  }
  const auto in_json = [](const StoreStatus& told) { return to_json(told); };
  const auto exit_of = [](const StoreStatus& told) {
    return needs_attention(told) ? ExitCode::kFailed : ExitCode::kDone;
  };
  return session.tell(status, in_json, write_status, exit_of);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"status", "show the store at a glance, and whether anything needs attention",
       "zonectl status\nzonectl status --monitor",
       exits_of_reading(
           {{ExitCode::kDone, "nothing needs attention"},
            {ExitCode::kFailed, "something needs attention; with --monitor: a warning; or the command failed"},
            {ExitCode::kUsage, "wrong usage; with --monitor: something critical"},
            {ExitCode::kRefused, "with --monitor alone: whatever kept it from answering"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::status
