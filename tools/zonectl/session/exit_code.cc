#include "tools/zonectl/session/exit_code.h"

namespace zonectl {

std::string_view meaning(ExitCode code) {
  switch (code) {
    case ExitCode::kDone:
      return "done, or nothing to do";
    case ExitCode::kFailed:
      return "failed";
    case ExitCode::kUsage:
      return "wrong usage, or a malformed code or value";
    case ExitCode::kRefused:
      return "refused by a safety guard, nothing changed";
    case ExitCode::kPartlyDone:
      return "partly done";
    case ExitCode::kUndone:
      return "done, failed its proof, and undone";
    case ExitCode::kNotFound:
      return "no such institution, slot or zone";
    case ExitCode::kNoStore:
      return "the store cannot be opened";
    case ExitCode::kBusy:
      return "the store is busy, try again";
  }
  return {};
}

ExitCode exit_code_of(zonestore::ErrorCode code) {
  using zonestore::ErrorCode;
  switch (code) {
    case ErrorCode::kInvalid:
      return ExitCode::kUsage;
    case ErrorCode::kNotFound:
      return ExitCode::kNotFound;
    case ErrorCode::kRefused:
      return ExitCode::kRefused;
    case ErrorCode::kBusy:
      return ExitCode::kBusy;
    case ErrorCode::kMissing:
    case ErrorCode::kEmpty:
    case ErrorCode::kForeign:
    case ErrorCode::kFuture:
    case ErrorCode::kDamaged:
    case ErrorCode::kHotJournal:
    case ErrorCode::kReadOnly:
    case ErrorCode::kFull:
    case ErrorCode::kPermission:
    case ErrorCode::kIo:
    case ErrorCode::kCrypto:
    case ErrorCode::kUnknown:
      break;
  }
  return ExitCode::kFailed;
}

}  // namespace zonectl
