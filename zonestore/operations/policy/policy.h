// Policy of the key lifecycle, per store and per institution: durations, and the window of rotations by policy.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

// What a key is set to: a duration; none where it is "off" (every) or a window, whose text says it all.
struct PolicySetting {
  std::optional<Seconds> duration;
  std::string text;  // as operators write it: "7d", "off", "Tue 09:00-11:00 Europe/Zurich"
};
struct PolicyValue {
  std::string key;      // "ttl-active", "ttl-other", "slack", "drain", "every", "jitter", "window", "signer-limit"
  PolicySetting value;  // in force
  PolicySetting by_default;  // of the program
  enum class From : std::uint8_t { kDefault, kStore, kInstitution } from = From::kDefault;
};
struct PolicyChanged : Changed {
  std::vector<PolicyValue> policy;
  std::uint64_t behind = 0;  // institutions whose published TTLs have still to follow, by `maintain`; in a dry run:
                             // that would follow after the first slice
};

// The names of all keys, in the order in which they are shown.
[[nodiscard]] std::vector<std::string> policy_keys();

// All keys. For an institution: what is in force for it. Errors: kNotFound.
[[nodiscard]] Result<std::vector<PolicyValue>> show_policy(Store& store, const std::optional<dkim::Code>& code);

// Whether there is such a key and the value has its form, without a store. Errors: kInvalid.
[[nodiscard]] Result<void> check_policy_form(std::string_view key, const std::optional<std::string>& value);

// `value` as operators write it; nullopt: back to the store's value (for the store: to the default). Published TTLs
// follow at once: of the whole store in slices, so that no writer waits for more than a second, and on_slice is told
// after each how many institutions have still to follow; if it ends half-way, `maintain` goes on. Drains that have
// begun keep their length. `every` is "off" or at least what one rotation takes. Errors: kInvalid (unknown key, with
// the list; a malformed value; TTL of 0 or above a day), kRefused/kPolicyFloor for a drain below 96 h or an `every`
// that is too short (can be overridden), kNotFound.
[[nodiscard]] Result<PolicyChanged> set_policy(Store& store, const ChangeContext& context,
                                               const std::optional<dkim::Code>& code, std::string_view key,
                                               const std::optional<std::string>& value,
                                               const std::function<void(std::uint64_t)>& on_slice = {});

}  // namespace zonestore
