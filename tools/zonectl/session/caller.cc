#include "tools/zonectl/session/caller.h"

#include <charconv>
#include <fstream>

#include <pwd.h>
#include <unistd.h>

namespace zonectl {

uid_t person_of(const CallerTraces& traces, Role role) {
  if (traces.login) {
    return *traces.login;
  }
  return role == Role::kOperator ? traces.sudo.value_or(traces.real) : traces.real;
}

std::optional<uid_t> parse_user_id(std::string_view text) {
  constexpr uid_t kNobodyAtAll = static_cast<uid_t>(-1);
  uid_t user = kNobodyAtAll;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), user);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number && user != kNobodyAtAll ? std::optional(user) : std::nullopt;
}

CallerTraces read_caller_traces(const std::optional<std::string>& sudo_uid) {
  std::string login;
  std::ifstream("/proc/self/loginuid") >> login;  // not there without the kernel's audit: unset
  return {parse_user_id(login), sudo_uid ? parse_user_id(*sudo_uid) : std::nullopt, ::getuid()};
}

std::string user_name(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  return entry == nullptr ? "uid " + std::to_string(user) : entry->pw_name;
}

}  // namespace zonectl
