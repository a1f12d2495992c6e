// Policy as rows, per store and per institution: durations in the table policy, windows in rotation_window.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore::rows {

// The keys of the policy table, in the order in which they are shown.
enum class PolicyKey : std::uint8_t { kTtlActive, kTtlOther, kSlack, kDrain, kEvery, kJitter, kWindow, kSignerLimit };
inline constexpr std::array kPolicyKeys{PolicyKey::kTtlActive, PolicyKey::kTtlOther,   PolicyKey::kSlack,
                                        PolicyKey::kDrain,     PolicyKey::kEvery,      PolicyKey::kJitter,
                                        PolicyKey::kWindow,    PolicyKey::kSignerLimit};
[[nodiscard]] std::string_view to_text(PolicyKey key);  // "ttl-active"
[[nodiscard]] std::optional<PolicyKey> parse_policy_key(std::string_view text);
// Of all keys but kWindow, which is no duration (0).
[[nodiscard]] Seconds value_of(const dkim::LifecyclePolicy& policy, PolicyKey key);

inline constexpr InstitutionId kWholeStore{0};  // the scope of the store's own values
// Not of kWindow.
[[nodiscard]] std::optional<Seconds> read_policy_value(db::Connection& connection, InstitutionId scope,
                                                       PolicyKey key);
void store_policy_value(db::Connection& connection, InstitutionId scope, PolicyKey key, std::optional<Seconds> value);
[[nodiscard]] std::optional<std::string> read_window(db::Connection& connection, InstitutionId scope);
void store_window(db::Connection& connection, InstitutionId scope, const std::optional<std::string>& text);
// What is in force for an institution (or, with kWholeStore, where none has its own).
[[nodiscard]] dkim::LifecyclePolicy read_policy(db::Connection& connection, InstitutionId scope);

void delete_policy(db::Connection& connection, InstitutionId scope);  // all of its own

}  // namespace zonestore::rows
