#include "zonestore/operations/policy/policy.h"

#include "zonestore/dkim/schedule.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/policy/policy_rules.h"
#include "zonestore/operations/policy/ttls_follow.h"
#include "zonestore/operations/views/view_from_rows.h"

namespace zonestore {
namespace {

using rows::PolicyKey;

rows::InstitutionId policy_scope(db::Connection& connection, const std::optional<dkim::Code>& code) {
  return code ? require_institution(connection, *code).id : rows::kWholeStore;
}

PolicySetting setting_of(PolicyKey key, Seconds value) {
  const bool is_off = key == PolicyKey::kEvery && value == Seconds(0);
  return {is_off ? std::nullopt : std::optional(value), policy_duration_text(key, value)};
}

std::optional<PolicySetting> stored_setting(db::Connection& connection, rows::InstitutionId scope, PolicyKey key) {
  if (key == PolicyKey::kWindow) {
    const std::optional<std::string> text = rows::read_window(connection, scope);
    return text ? std::optional(PolicySetting{std::nullopt, *text}) : std::nullopt;
  }
  const std::optional<Seconds> value = rows::read_policy_value(connection, scope, key);
  return value ? std::optional(setting_of(key, *value)) : std::nullopt;
}

PolicyValue policy_value(db::Connection& connection, rows::InstitutionId scope, PolicyKey key) {
  const dkim::LifecyclePolicy defaults;
  const PolicySetting by_default = key == PolicyKey::kWindow ? PolicySetting{std::nullopt, defaults.window.text()}
                                                             : setting_of(key, rows::value_of(defaults, key));
  PolicyValue value{std::string(rows::to_text(key)), by_default, by_default, PolicyValue::From::kDefault};
  if (const std::optional<PolicySetting> of_store = stored_setting(connection, rows::kWholeStore, key)) {
    value.value = *of_store;
    value.from = PolicyValue::From::kStore;
  }
  if (scope != rows::kWholeStore) {
    if (const std::optional<PolicySetting> own = stored_setting(connection, scope, key)) {
      value.value = *own;
      value.from = PolicyValue::From::kInstitution;
    }
  }
  return value;
}

std::vector<PolicyValue> policy_values(db::Connection& connection, rows::InstitutionId scope) {
  std::vector<PolicyValue> values;
  values.reserve(rows::kPolicyKeys.size());
  for (const PolicyKey key : rows::kPolicyKeys) {
    values.push_back(policy_value(connection, scope, key));
  }
  return values;
}

AuditValue audited_policy(const std::vector<PolicyValue>& values) {
  AuditValue audited;
  for (const PolicyValue& value : values) {
    const std::optional<Seconds>& duration = value.value.duration;
    audited.set(value.key, duration ? AuditValue(duration->count()) : AuditValue(value.value.text));
  }
  return audited;
}

// The TTLs of what is published follow the policy: of one institution in this change, of all in slices.
void republish(ChangeScope& change, const std::optional<dkim::Code>& code, PolicyChanged& outcome) {
  if (code) {
    change.publish(require_institution(change.connection(), *code));
  } else {
    outcome.behind = begin_to_follow(change).behind;
  }
}

// What is to be stored; all nullopt: unset.
struct NewValue {
  std::optional<Seconds> duration;
  std::optional<std::string> window;
};

NewValue parse_value(PolicyKey key, const std::optional<std::string>& text) {
  if (!text) {
    return {};
  }
  if (key == PolicyKey::kWindow) {
    return {std::nullopt, db::unwrap(dkim::RotationWindow::parse(*text)).text()};
  }
  return {parse_policy_duration(key, *text), std::nullopt};
}

bool is_stored(db::Connection& connection, rows::InstitutionId scope, PolicyKey key, const NewValue& value) {
  return key == PolicyKey::kWindow ? rows::read_window(connection, scope) == value.window
                                   : rows::read_policy_value(connection, scope, key) == value.duration;
}

void store_value(db::Connection& connection, rows::InstitutionId scope, PolicyKey key, const NewValue& value) {
  if (key == PolicyKey::kWindow) {
    rows::store_window(connection, scope, value.window);
  } else {
    rows::store_policy_value(connection, scope, key, value.duration);
  }
}

std::string describe(PolicyKey key, const NewValue& value) {
  const std::string name(rows::to_text(key));
  if (value.window) {
    return name + " set to " + *value.window;
  }
  return name + (value.duration ? " set to " + policy_duration_text(key, *value.duration) : std::string(" unset"));
}

// Another key's change may make `every` too short; the guards then hold a rotation back until it can be done.
void warn_about_every(const dkim::LifecyclePolicy& policy, Changed& outcome) {
  const Seconds shortest = dkim::rotation_length(policy);
  if (policy.every > Seconds(0) && policy.every < shortest) {
    outcome.warnings.push_back("every " + to_duration_text(policy.every) + " is shorter than a rotation takes (" +
                               to_duration_text(shortest) + "): rotations by policy will come later than planned");
  }
}

PolicyChanged change_value(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                           PolicyKey key, const NewValue& value) {
  ChangeScope change(store, context, "policy set", code ? code->text() : "");
  db::Connection& connection = change.connection();
  const rows::InstitutionId scope = code ? change.institution(*code).id : rows::kWholeStore;
  if (value.duration) {
    check_policy_value(context, key, *value.duration, rows::read_policy(connection, scope));
  }
  const AuditValue before = audited_policy(policy_values(connection, scope));
  PolicyChanged outcome;
  if (is_stored(connection, scope, key, value)) {
    outcome.changed = false;
    outcome.dry_run = context.dry_run;
    outcome.policy = policy_values(connection, scope);
    return outcome;
  }
  store_value(connection, scope, key, value);
  if (is_ttl(key)) {
    republish(change, code, outcome);
  }
  outcome.policy = policy_values(connection, scope);
  warn_about_every(rows::read_policy(connection, scope), outcome);
  change.finish({describe(key, value), before, audited_policy(outcome.policy)}, outcome);
  return outcome;
}

// After the change: it is done, so that what fails now is told as what is left.
void follow_in_slices(Store& store, const ChangeContext& context, PolicyChanged& outcome,
                      const std::function<void(std::uint64_t)>& on_slice) {
  const Result<void> followed = db::at_border<void>([&] {
    if (follow_policy_ttls(store, context, "policy set", outcome, on_slice) > 0) {
      outcome.changed = true;
    }
    outcome.behind = 0;
  });
  if (!followed) {
    const Result<std::uint64_t> left = db::at_border<std::uint64_t>([&] { return ttls_behind(store.impl()); });
    outcome.behind = left.value_or(outcome.behind);
    outcome.warnings.push_back("the published TTLs of " + std::to_string(outcome.behind) +
                               " institutions have still to follow, maintain goes on: " + followed.error().message);
  }
}

PolicyChanged set_value(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                        PolicyKey key, const NewValue& value, const std::function<void(std::uint64_t)>& on_slice) {
  PolicyChanged outcome = change_value(store, context, code, key, value);
  if (context.dry_run) {
    if (outcome.behind > 0) {
      outcome.warnings.push_back("the published TTLs of " + std::to_string(outcome.behind) +
                                 " more institutions would follow in later changes, each with a serial of its own");
    }
  } else if (is_ttl(key) && !code) {
    follow_in_slices(store, context, outcome, on_slice);  // also those that a killed command left
  }
  return outcome;
}

}  // namespace

std::vector<std::string> policy_keys() {
  std::vector<std::string> names;
  names.reserve(rows::kPolicyKeys.size());
  for (const rows::PolicyKey key : rows::kPolicyKeys) {
    names.emplace_back(rows::to_text(key));
  }
  return names;
}

Result<std::vector<PolicyValue>> show_policy(Store& store, const std::optional<dkim::Code>& code) {
  return db::at_border<std::vector<PolicyValue>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    return policy_values(connection, policy_scope(connection, code));
  });
}

Result<void> check_policy_form(std::string_view key, const std::optional<std::string>& value) {
  return db::at_border<void>([&]() -> Result<void> {
    (void)parse_value(require_policy_key(key), value);
    return {};
  });
}

Result<PolicyChanged> set_policy(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                                 std::string_view key, const std::optional<std::string>& value,
                                 const std::function<void(std::uint64_t)>& on_slice) {
  return db::at_border<PolicyChanged>([&] {
    const PolicyKey which = require_policy_key(key);
    return set_value(store, context, code, which, parse_value(which, value), on_slice);
  });
}

}  // namespace zonestore
