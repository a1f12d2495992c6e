// Who asks, for the audit: the person as the kernel knows it, not as a variable that the caller sets says it.
//
// loginuid is set once, when somebody logs in, and sudo and su leave it. Where it is unset (no login: a timer, a
// container) sudo's SUDO_UID counts under the operators' dispatcher alone, which only sudo calls; elsewhere anybody
// may have set it, and the real user counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "tools/zonectl/session/rights.h"

namespace zonectl {

struct CallerTraces {
  std::optional<uid_t> login;  // /proc/self/loginuid
  std::optional<uid_t> sudo;   // $SUDO_UID
  uid_t real;
};

[[nodiscard]] uid_t person_of(const CallerTraces& traces, Role role);

// nullopt: it is no user's number, or the one that stands for none (4294967295).
[[nodiscard]] std::optional<uid_t> parse_user_id(std::string_view text);

// Reads the process's own; call it before it becomes another user.
[[nodiscard]] CallerTraces read_caller_traces(const std::optional<std::string>& sudo_uid);

// "alice"; "uid 1001" of one that has no name.
[[nodiscard]] std::string user_name(uid_t user);

}  // namespace zonectl
