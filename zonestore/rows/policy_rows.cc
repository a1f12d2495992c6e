#include "zonestore/rows/policy_rows.h"

#include "zonestore/rows/id_columns.h"

namespace zonestore::rows {
namespace {

void apply(dkim::LifecyclePolicy& policy, PolicyKey key, Seconds value) {
  switch (key) {
    case PolicyKey::kTtlActive:
      policy.ttl_active = Ttl{static_cast<std::uint32_t>(value.count())};
      break;
    case PolicyKey::kTtlOther:
      policy.ttl_other = Ttl{static_cast<std::uint32_t>(value.count())};
      break;
    case PolicyKey::kSlack:
      policy.slack = value;
      break;
    case PolicyKey::kDrain:
      policy.drain = value;
      break;
    case PolicyKey::kEvery:
      policy.every = value;
      break;
    case PolicyKey::kJitter:
      policy.jitter = value;
      break;
    case PolicyKey::kSignerLimit:
      policy.signer_limit = value;
      break;
    case PolicyKey::kWindow:
      break;  // a text, in a table of its own
  }
}

}  // namespace

std::string_view to_text(PolicyKey key) {
  switch (key) {
    case PolicyKey::kTtlActive:
      return "ttl-active";
    case PolicyKey::kTtlOther:
      return "ttl-other";
    case PolicyKey::kSlack:
      return "slack";
    case PolicyKey::kDrain:
      return "drain";
    case PolicyKey::kEvery:
      return "every";
    case PolicyKey::kJitter:
      return "jitter";
    case PolicyKey::kWindow:
      return "window";
    case PolicyKey::kSignerLimit:
      return "signer-limit";
  }
  return "";
}

std::optional<PolicyKey> parse_policy_key(std::string_view text) {
  for (const PolicyKey key : kPolicyKeys) {
    if (to_text(key) == text) {
      return key;
    }
  }
  return std::nullopt;
}

Seconds value_of(const dkim::LifecyclePolicy& policy, PolicyKey key) {
  switch (key) {
    case PolicyKey::kTtlActive:
      return Seconds(zonestore::seconds(policy.ttl_active));
    case PolicyKey::kTtlOther:
      return Seconds(zonestore::seconds(policy.ttl_other));
    case PolicyKey::kSlack:
      return policy.slack;
    case PolicyKey::kDrain:
      return policy.drain;
    case PolicyKey::kEvery:
      return policy.every;
    case PolicyKey::kJitter:
      return policy.jitter;
    case PolicyKey::kSignerLimit:
      return policy.signer_limit;
    case PolicyKey::kWindow:
      break;
  }
  return {};
}

std::optional<Seconds> read_policy_value(db::Connection& connection, InstitutionId scope, PolicyKey key) {
  db::Statement& row = connection.cached("SELECT value_s FROM policy WHERE institution_id = ?1 AND key = ?2");
  row.bind(1, to_column(scope)).bind(2, to_text(key));
  std::optional<Seconds> value;
  if (row.step()) {
    value = Seconds(row.integer(0));
  }
  row.reset();
  return value;
}

void store_policy_value(db::Connection& connection, InstitutionId scope, PolicyKey key,
                        std::optional<Seconds> value) {
  if (!value) {
    db::Statement& remove = connection.cached("DELETE FROM policy WHERE institution_id = ?1 AND key = ?2");
    remove.bind(1, to_column(scope)).bind(2, to_text(key));
    remove.run();
    return;
  }
  db::Statement& put =
      connection.cached("INSERT OR REPLACE INTO policy (institution_id, key, value_s) VALUES (?1, ?2, ?3)");
  put.bind(1, to_column(scope)).bind(2, to_text(key)).bind(3, std::int64_t{value->count()});
  put.run();
}

std::optional<std::string> read_window(db::Connection& connection, InstitutionId scope) {
  db::Statement& row = connection.cached("SELECT text FROM rotation_window WHERE institution_id = ?1");
  row.bind(1, to_column(scope));
  std::optional<std::string> text;
  if (row.step()) {
    text = row.text(0);
  }
  row.reset();
  return text;
}

void store_window(db::Connection& connection, InstitutionId scope, const std::optional<std::string>& text) {
  if (!text) {
    db::Statement& remove = connection.cached("DELETE FROM rotation_window WHERE institution_id = ?1");
    remove.bind(1, to_column(scope));
    remove.run();
    return;
  }
  db::Statement& put =
      connection.cached("INSERT OR REPLACE INTO rotation_window (institution_id, text) VALUES (?1, ?2)");
  put.bind(1, to_column(scope)).bind(2, std::string_view(*text));
  put.run();
}

dkim::LifecyclePolicy read_policy(db::Connection& connection, InstitutionId scope) {
  dkim::LifecyclePolicy policy;
  // The store's own first, then the institution's over them.
  db::Statement& rows =
      connection.cached("SELECT key, value_s FROM policy WHERE institution_id IN (0, ?1) ORDER BY institution_id");
  rows.bind(1, to_column(scope));
  while (rows.step()) {
    if (const std::optional<PolicyKey> key =
            parse_policy_key(rows.text(0))) {  // a later program's key is passed over
      apply(policy, *key, Seconds(rows.integer(1)));
    }
  }
  rows.reset();
  std::optional<std::string> window = read_window(connection, scope);
  if (!window && scope != kWholeStore) {
    window = read_window(connection, kWholeStore);
  }
  if (window) {
    // A time zone that has gone from the system stops rotations by policy, and nothing else.
    policy.window = dkim::RotationWindow::parse(*window).value_or(dkim::RotationWindow::never(*window));
  }
  return policy;
}

void delete_policy(db::Connection& connection, InstitutionId scope) {
  connection.cached("DELETE FROM policy WHERE institution_id = ?1").bind(1, to_column(scope)).run();
  connection.cached("DELETE FROM rotation_window WHERE institution_id = ?1").bind(1, to_column(scope)).run();
}

}  // namespace zonestore::rows
