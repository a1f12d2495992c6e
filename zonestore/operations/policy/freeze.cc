#include "zonestore/operations/policy/freeze.h"

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/rows/freeze_rows.h"

namespace zonestore {
namespace {

AuditValue audited_freeze(const std::optional<dkim::Freeze>& freeze) {
  if (!freeze) {
    return {{"frozen", nullptr}};
  }
  return {{"frozen", {{"since", to_rfc3339(freeze->since)}, {"reason", freeze->reason}}}};
}

bool are_equal(const std::optional<dkim::Freeze>& one, const std::optional<dkim::Freeze>& another) {
  return one.has_value() == another.has_value() && (!one || one->reason == another->reason);
}

// `reason` nullopt thaws.
FreezeChanged set_freeze(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                         const std::optional<std::string>& reason) {
  ChangeScope change(store, context, reason ? "freeze" : "thaw", code ? code->text() : "");
  db::Connection& connection = change.connection();
  const rows::InstitutionId scope = code ? change.institution(*code).id : rows::kWholeStore;
  const std::optional<dkim::Freeze> before = rows::read_freeze(connection, scope);
  FreezeChanged outcome;
  outcome.dry_run = context.dry_run;
  if (reason) {
    outcome.frozen = dkim::Freeze{!code, before ? before->since : change.wall(), *reason};
  } else if (code) {
    outcome.store_frozen = rows::read_freeze(connection, rows::kWholeStore);
  }
  if (are_equal(before, outcome.frozen)) {
    outcome.changed = false;
    return outcome;
  }
  rows::store_freeze(connection, scope, outcome.frozen);
  change.finish(
      {reason ? "frozen: " + *reason : std::string("thawed"), audited_freeze(before), audited_freeze(outcome.frozen)},
      outcome);
  return outcome;
}

}  // namespace

Result<FreezeChanged> freeze(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code,
                             const std::string& reason) {
  if (reason.find_first_not_of(' ') == std::string::npos) {
    return fail(ErrorCode::kInvalid, "a freeze needs a reason", "the next operator will want to know why");
  }
  return db::at_border<FreezeChanged>([&] { return set_freeze(store, context, code, reason); });
}

Result<FreezeChanged> thaw(Store& store, const ChangeContext& context, const std::optional<dkim::Code>& code) {
  return db::at_border<FreezeChanged>([&] { return set_freeze(store, context, code, std::nullopt); });
}

Result<std::optional<dkim::Freeze>> store_freeze(Store& store) {
  return db::at_border<std::optional<dkim::Freeze>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    return rows::read_freeze(connection, rows::kWholeStore);
  });
}

}  // namespace zonestore
