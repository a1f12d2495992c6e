#include "zonestore/operations/policy/policy_rules.h"

#include "zonestore/base/duration.h"
#include "zonestore/base/joined.h"
#include "zonestore/dkim/schedule.h"

namespace zonestore {
namespace {

using rows::PolicyKey;

constexpr Seconds kMaxTtl{86'400};
constexpr Seconds kMaxSignerLimit{3'600};

[[noreturn]] void throw_range(PolicyKey key, std::string_view range, Seconds value, const std::string& why) {
  throw db::Failure(
      Error{ErrorCode::kInvalid,
            std::string(rows::to_text(key)) + " must be " + std::string(range) + ", not " + to_duration_text(value),
            why, std::nullopt});
}

[[noreturn]] void throw_floor(const std::string& message, Seconds floor) {
  throw db::Failure(
      Error{ErrorCode::kRefused, message,
            "choose at least " + to_duration_text(floor) + ", or --override E_POLICY_FLOOR --reason \"...\"",
            Refusal{Guard::kPolicyFloor, std::nullopt}});
}

void check_range(PolicyKey key, Seconds value) {
  if (is_ttl(key) && (value < Seconds(1) || value > kMaxTtl)) {
    throw_range(key, "from 1s to 1d", value, "a TTL of 0 makes some verifiers keep a key for ever");
  }
  if (key == PolicyKey::kSignerLimit && (value < Seconds(1) || value > kMaxSignerLimit)) {
    throw_range(key, "from 1s to 1h", value, "an operator waits for it in front of zonectl rotate");
  }
}

}  // namespace

PolicyKey require_policy_key(std::string_view text) {
  const std::optional<PolicyKey> key = rows::parse_policy_key(text);
  if (key) {
    return *key;
  }
  const std::string known = joined(rows::kPolicyKeys, ", ", [](PolicyKey one) { return rows::to_text(one); });
  throw db::Failure(Error{ErrorCode::kInvalid, "there is no policy '" + std::string(text) + "'",
                          "the policies are " + known, std::nullopt});
}

bool is_ttl(PolicyKey key) {
  return key == PolicyKey::kTtlActive || key == PolicyKey::kTtlOther;
}

std::string policy_duration_text(PolicyKey key, Seconds value) {
  return key == PolicyKey::kEvery && value == Seconds(0) ? "off" : to_duration_text(value);
}

Seconds parse_policy_duration(PolicyKey key, std::string_view text) {
  return key == PolicyKey::kEvery && text == "off" ? Seconds(0) : db::unwrap(parse_duration(text));
}

void check_policy_value(const ChangeContext& context, PolicyKey key, Seconds value,
                        const dkim::LifecyclePolicy& others) {
  check_range(key, value);
  if (overridden(context) == Guard::kPolicyFloor) {
    return;
  }
  if (key == PolicyKey::kDrain && value < dkim::kDrainFloor) {
    throw_floor("a drain of " + to_duration_text(value) + " is below the floor of " +
                    to_duration_text(dkim::kDrainFloor) +
                    ": mail waits in queues for up to five days, and would arrive without its key",
                dkim::kDrainFloor);
  }
  if (key == PolicyKey::kSlack && value < dkim::kSlackFloor) {
    throw_floor("a slack of " + to_duration_text(value) + " is below the floor of " +
                    to_duration_text(dkim::kSlackFloor) +
                    ": resolvers that count a TTL from a little later would still hold what was there before",
                dkim::kSlackFloor);
  }
  const Seconds shortest = dkim::rotation_length(others);
  if (key == PolicyKey::kEvery && value != Seconds(0) && value < shortest) {
    throw_floor("a rotation every " + to_duration_text(value) + " is more often than it can be done: the drain and " +
                    "the ripening of the next key take " + to_duration_text(shortest),
                shortest);
  }
}

}  // namespace zonestore
