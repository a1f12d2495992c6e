// Which values a policy may have. For the sources of this folder only. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonestore/operations/change/change_scope.h"

namespace zonestore {

// Throws kInvalid with the list of keys.
[[nodiscard]] rows::PolicyKey require_policy_key(std::string_view text);

[[nodiscard]] bool is_ttl(rows::PolicyKey key);
// "7d"; of `every` "off" for 0.
[[nodiscard]] std::string policy_duration_text(rows::PolicyKey key, Seconds value);
// Its reverse. Not of the window.
[[nodiscard]] Seconds parse_policy_duration(rows::PolicyKey key, std::string_view text);

// Throws kInvalid, or kRefused/kPolicyFloor unless that is overridden. `others` is what is in force beside it.
void check_policy_value(const ChangeContext& context, rows::PolicyKey key, Seconds value,
                        const dkim::LifecyclePolicy& others);

}  // namespace zonestore
