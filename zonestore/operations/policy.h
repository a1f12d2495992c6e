// Durations as policy, per store and per institution.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/dkim/selector.h"
#include "zonestore/operations/store.h"

namespace zonestore {

struct PolicyValue {
  std::string key;     // "ttl-active", "ttl-other", "slack", "drain"
  Seconds value;       // in force
  Seconds by_default;  // of the program
  enum class From : std::uint8_t { kDefault, kStore, kInstitution } from = From::kDefault;
};
struct PolicyChanged : Changed {
  std::vector<PolicyValue> policy;
};

// All keys. For an institution: what is in force for it. Errors: kNotFound.
[[nodiscard]] Result<std::vector<PolicyValue>> show_policy(Store& store, const std::optional<dkim::Code>& code);

// `value` nullopt: back to the store's value (for the store: to the default). Published TTLs follow at once; drains
// that have begun keep their length. Errors: kInvalid (unknown key with the list; TTL of 0 or above a day),
// kRefused/kPolicyFloor for a drain below 96 h (can be overridden), kNotFound.
[[nodiscard]] Result<PolicyChanged> set_policy(Store& store, const ChangeContext& context,
                                               const std::optional<dkim::Code>& code, std::string_view key,
                                               std::optional<Seconds> value);

}  // namespace zonestore
