#include "zonestore/operations/policy.h"

#include <nlohmann/json.hpp>

#include "zonestore/operations/change_scope.h"
#include "zonestore/operations/institution_view.h"

namespace zonestore {
namespace {

constexpr Seconds kMaxTtl{86'400};

publish::InstitutionId scope_of(db::Connection& connection, const std::optional<dkim::Code>& code) {
  return code ? require_institution(connection, *code).id : publish::kWholeStore;
}

PolicyValue policy_value(db::Connection& connection, publish::InstitutionId scope, publish::PolicyKey key) {
  const Seconds by_default = publish::value_of(dkim::LifecyclePolicy{}, key);
  const std::optional<Seconds> of_store = publish::read_policy_value(connection, publish::kWholeStore, key);
  PolicyValue value{std::string(publish::to_text(key)), of_store.value_or(by_default), by_default,
                    of_store ? PolicyValue::From::kStore : PolicyValue::From::kDefault};
  if (scope != publish::kWholeStore) {
    if (const std::optional<Seconds> own = publish::read_policy_value(connection, scope, key)) {
      value.value = *own;
      value.from = PolicyValue::From::kInstitution;
    }
  }
  return value;
}

std::vector<PolicyValue> policy_values(db::Connection& connection, publish::InstitutionId scope) {
  std::vector<PolicyValue> values;
  values.reserve(publish::kPolicyKeys.size());
  for (const publish::PolicyKey key : publish::kPolicyKeys) {
    values.push_back(policy_value(connection, scope, key));
  }
  return values;
}

std::string policy_json(const std::vector<PolicyValue>& values) {
  nlohmann::json json = nlohmann::json::object();
  for (const PolicyValue& value : values) {
    json[value.key] = value.value.count();
  }
  return json.dump();
}

publish::PolicyKey require_key(std::string_view text) {
  const std::optional<publish::PolicyKey> key = publish::parse_policy_key(text);
  if (key) {
    return *key;
  }
  std::string known;
  for (const publish::PolicyKey one : publish::kPolicyKeys) {
    known += (known.empty() ? "" : ", ") + std::string(publish::to_text(one));
  }
  throw db::Failure(Error{ErrorCode::kInvalid, "there is no policy '" + std::string(text) + "'",
                          "the policies are " + known, std::nullopt});
}

void check_value(const ChangeContext& context, publish::PolicyKey key, Seconds value) {
  const bool is_ttl = key == publish::PolicyKey::kTtlActive || key == publish::PolicyKey::kTtlOther;
  if (is_ttl && (value < Seconds(1) || value > kMaxTtl)) {
    throw db::Failure(
        Error{ErrorCode::kInvalid,
              std::string(publish::to_text(key)) + " must be from 1s to 1d, not " + to_duration_text(value),
              "a TTL of 0 makes some verifiers keep a key for ever", std::nullopt});
  }
  if (key == publish::PolicyKey::kDrain && value < dkim::kDrainFloor && overridden(context) != Guard::kPolicyFloor) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            "a drain of " + to_duration_text(value) + " is below the floor of " +
                                to_duration_text(dkim::kDrainFloor) +
                                ": mail waits in queues for up to five days, and would arrive without its key",
                            "choose at least 4d, or --override E_POLICY_FLOOR --reason \"...\"",
                            Refusal{Guard::kPolicyFloor, std::nullopt}});
  }
}

// The TTLs of what is published follow the policy at once.
void republish(ChangeScope& change, const std::optional<dkim::Code>& code) {
  if (code) {
    change.publish(require_institution(change.connection(), *code));
    return;
  }
  for_each_institution(change.connection(), false, [&](const publish::InstitutionRow& row) {
    change.publish(row);
    return true;
  });
}

std::string describe(std::string_view key, std::optional<Seconds> value) {
  return std::string(key) + (value ? " set to " + to_duration_text(*value) : std::string(" unset"));
}

}  // namespace

Result<std::vector<PolicyValue>> show_policy(Store& store, const std::optional<dkim::Code>& code) {
  return db::at_border<std::vector<PolicyValue>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    return policy_values(connection, scope_of(connection, code));
  });
}

Result<PolicyChanged> set_policy(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                                 std::string_view key, std::optional<Seconds> value) {
  return db::at_border<PolicyChanged>([&] {
    const publish::PolicyKey which = require_key(key);
    if (value) {
      check_value(context, which, *value);
    }
    ChangeScope change(store, context, "policy set", code ? code->text() : "");
    const publish::InstitutionId scope = scope_of(change.connection(), code);
    const std::string before = policy_json(policy_values(change.connection(), scope));
    PolicyChanged outcome;
    if (publish::read_policy_value(change.connection(), scope, which) == value) {
      outcome.changed = false;
      outcome.dry_run = context.dry_run;
      outcome.policy = policy_values(change.connection(), scope);
      return outcome;
    }
    publish::store_policy_value(change.connection(), scope, which, value);
    republish(change, code);
    outcome.policy = policy_values(change.connection(), scope);
    change.finish({describe(key, value), before, policy_json(outcome.policy)}, outcome);
    return outcome;
  });
}

}  // namespace zonestore
