// zonectl version.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"

namespace zonectl {
namespace {

struct Options {};

void arguments(Arguments&, Options&) {}

zonestore::Result<ExitCode> body(Session& session, const Options&) {
  if (session.json()) {
    print(session.out(), Json{{"program", "zonectl"}, {"version", DNSD_VERSION}});
  } else {
    session.out() << "zonectl " << DNSD_VERSION << '\n';
  }
  return ExitCode::kDone;
}

}  // namespace

void define_version(CommandLine& line) {
  line.command<Options>({"version",
                         "print the program's version",
                         "zonectl version",
                         {{ExitCode::kDone, "done"}, {ExitCode::kFailed}, {ExitCode::kUsage}},
                         For::kOperators,
                         false},
                        arguments, body);
}

}  // namespace zonectl
