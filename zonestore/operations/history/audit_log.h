// Who changed what, when and why.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct AuditEntry {
  std::int64_t id = 0;
  WallTime at;
  std::string actor;
  std::string login;
  std::string command;
  std::string subject;        // the institution's code, a zone, or empty
  std::string what;           // one line for people
  std::string override_code;  // empty: none
  std::string reason;
  std::string before_json;
  std::string after_json;
};

struct LogFilter {
  std::optional<std::string> subject;
  std::optional<WallTime> since;
  std::optional<std::uint32_t> newest;  // only the newest so many
};
// Oldest first. The visitor returns false to stop.
[[nodiscard]] Result<void> read_log(Store& store, const LogFilter& filter,
                                    const std::function<bool(const AuditEntry&)>& visitor);

}  // namespace zonestore
