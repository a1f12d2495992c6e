// The exit codes of zonectl, and how the library's errors map to them. They are a promise to scripts.
#pragma once

#include <string_view>

#include "zonestore/base/error.h"

namespace zonectl {

enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kRefused = 3,
  kPartlyDone = 4,
  kUndone = 5,
  kNotFound = 6,
  kNoStore = 66,  // EX_NOINPUT of sysexits.h: it is missing, not ours, damaged, or closed to this user
  kBusy = 75,     // EX_TEMPFAIL of sysexits.h
};

// The flag of `status` under which whatever keeps it from answering is told as monitoring plug-ins do: run.cc.
inline constexpr const char* kMonitorFlag = "--monitor";

[[nodiscard]] constexpr int value_of(ExitCode code) {
  return static_cast<int>(code);
}

// What --help says of it where the command says nothing more precise.
[[nodiscard]] std::string_view meaning(ExitCode code);

// Of an error that did not come of opening the store: for those see Session::exit_code_of.
[[nodiscard]] ExitCode exit_code_of(zonestore::ErrorCode code);

}  // namespace zonectl
