// A signer's own command: it makes the signer follow its directory, and its exit 0 is the acknowledgement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"

namespace zonestore::signer {

// The words between spaces: no shell, no quotes. A command that needs more is a script. Errors: kInvalid when there
// is none, or the first is no absolute path.
[[nodiscard]] Result<std::vector<std::string>> command_words(std::string_view command);

// As whom programs run that this process starts.
struct RunsAs {
  uid_t real;
  uid_t effective;
  [[nodiscard]] static RunsAs of_process();
};

// Runs it to its end: in "/", in a session of its own, no input, an environment of PATH, HOME and LANG alone, no file
// of ours open, every signal as a new process has it; killed with all that it started when the time is over. Never as
// root: a store may name any program. Errors: kIo, with how it ended and the last line that it printed; kPermission
// as root.
[[nodiscard]] Result<void> run_command(const std::vector<std::string>& words, Milliseconds time_limit,
                                       const RunsAs& runs_as = RunsAs::of_process());

}  // namespace zonestore::signer
