// What is wrong with the files that bulk commands are given: each fault with its line, told by reason.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/session/session.h"
#include "tools/zonectl/text/json_value.h"

namespace zonectl {

struct FileFault {
  std::size_t line = 0;  // from 1 on; 0: of the file as a whole
  zonestore::Error error;
  std::string reason = {};  // what faults of one kind share; empty: the guard, or the message but for its numbers
  std::string file = {};    // empty: the one that the command was given
};

// One line a reason: "list.csv:12: what (and 3 more: lines 15, 19, 30)", by their first lines, with its hint.
[[nodiscard]] std::vector<zonestore::Error> by_reason(const std::string& file, const std::vector<FileFault>& faults);

// "faults" (the first 50: line, error, and file if it is another), "fault_count" and "fault_reasons" (of each reason
// its count and its first error).
[[nodiscard]] Json faults_json(const std::string& file, const std::vector<FileFault>& faults);

// Tells every reason on standard error, and prints the JSON form if it was asked for. The exit code: that of what is
// malformed, else of the first.
[[nodiscard]] ExitCode tell_faults(const Session& session, const std::string& file,
                                   const std::vector<FileFault>& faults);

}  // namespace zonectl
