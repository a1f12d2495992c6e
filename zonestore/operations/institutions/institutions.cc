#include "zonestore/operations/institutions/institutions.h"

#include <utility>

#include "zonestore/judgement/due.h"
#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/institutions/domain_rules.h"
#include "zonestore/operations/institutions/new_institution.h"
#include "zonestore/operations/keys/fresh_keys.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

constexpr std::size_t kPlainUdpBytes = 512;  // RFC 1035 section 4.2.1

[[noreturn]] void throw_exists(const rows::InstitutionRow& row, const Now& now) {
  const std::string& code = row.code.text();
  if (row.facts.phase == dkim::Phase::kDeparting) {
    throw db::Failure(Error{
        ErrorCode::kRefused, code + " is being removed: its records stay until the mail under way has arrived",
        "zonectl undo " + code + " takes the removal back; zonectl add " + code + " after that time begins anew",
        Refusal{Guard::kExists, dkim::leaves_at(row.facts, now)}});
  }
  throw db::Failure(Error{ErrorCode::kRefused, "there is an institution " + code + " already", "zonectl show " + code,
                          Refusal{Guard::kExists, std::nullopt}});
}

// May this code be added now? A departing institution whose mail has arrived is as good as departed.
std::optional<rows::InstitutionRow> earlier_institution(db::Connection& connection, const dkim::Code& code,
                                                        const Now& now) {
  std::optional<rows::InstitutionRow> row = rows::find_institution(connection, code);
  if (row && row->facts.phase != dkim::Phase::kDeparted &&
      !(row->facts.phase == dkim::Phase::kDeparting && has_left(row->facts, now))) {
    throw_exists(*row, now);
  }
  return row;
}

// A server that follows by transfer has the new keys a little later, and until then answers that there are none.
bool waits_for_secondaries(ChangeScope& change, std::optional<Guard> overridden) {
  return overridden != Guard::kNotRipe &&
         rows::has_enrolled_secondary(change.connection(), rows::read_dkim_zone(change.connection()));
}

// The rows of an institution that starts: new, or back after it had left.
rows::InstitutionRow start_rows(ChangeScope& change, const dkim::Code& code, const NewInstitution& details,
                                std::optional<Guard> overridden, std::vector<std::string>& withdrawn) {
  db::Connection& connection = change.connection();
  const crypto::Algorithm algorithm = details.options.algorithm;
  std::optional<rows::InstitutionRow> earlier = earlier_institution(connection, code, change.now());
  if (!earlier) {
    (void)rows::insert_institution(connection, code, algorithm, change.wall());
  } else {
    // What maintain would have done a little later: whoever comes back before it ran has no keys of his earlier life.
    for (const dkim::SlotId slot : dkim::kSlots) {
      withdraw(connection, *earlier, slot, change.wall(), withdrawn);
    }
    rows::store_facts(connection, *earlier, change.wall());
    rows::restart_institution(connection, earlier->id, algorithm, change.wall());
  }
  rows::InstitutionRow row = *rows::find_institution(connection, code);
  if (overridden == Guard::kNotRipe || (!earlier && !waits_for_secondaries(change, overridden))) {
    // The name was never served: nobody can hold an older answer, so that signing begins at once; or the operator
    // takes it that somebody may.
    row.facts.phase = dkim::Phase::kSigning;
    row.facts.active = details.signs_with;
    row.facts.moved = change.moment();
  }
  return row;
}

void warn_about_size(const InstitutionView& view, Changed& outcome) {
  for (const SlotView& slot : view.slots) {
    if (slot.answer_size_bytes > kPlainUdpBytes) {
      outcome.warnings.push_back("the answer for " + dkim::to_text(slot.slot) + " is " +
                                 std::to_string(slot.answer_size_bytes) +
                                 " bytes: resolvers without EDNS must ask again over TCP");
    }
  }
}

void add_domains(ChangeScope& change, const rows::InstitutionRow& row, const std::vector<Name>& domains) {
  for (const Name& domain : domains) {
    check_domain_is_free(change.connection(), row.code, domain);
    if (!rows::owner_of_domain(change.connection(), domain)) {
      rows::insert_domain(change.connection(), row.id, domain, change.wall());
    }
  }
}

// The ids of the keys that are no longer used come back: those of the institution's earlier life.
std::vector<std::string> add_in_one_transaction(Store& store, const ChangeContext& context, const dkim::Code& code,
                                                const NewInstitution& details, FreshKeys& keys,
                                                InstitutionChanged& outcome) {
  std::vector<std::string> withdrawn;
  ChangeScope change(store, context, details.command, code.text());
  check_signer_kinds(change.connection(), context, code, details.options.algorithm);
  rows::InstitutionRow row = start_rows(change, code, details, overridden(context), withdrawn);
  keys.put_into(change.connection(), row, change.wall());
  rows::store_facts(change.connection(), row, change.wall());
  add_domains(change, row, details.options.domains);
  if (!context.signers_later) {  // of many at once it would be the same line for each
    warn_of_cnames(change.connection(), row, details.options.domains, outcome);
  }
  change.publish(row);
  if (!row.facts.active && details.signs_with != dkim::SlotId::kSel1) {
    rows::end_a_moment_later(change.connection(), row.id, dkim::other(details.signs_with));
  }
  row = *rows::find_institution(change.connection(), code);  // with what the names have served until now
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
  change.finish({details.what,
                 {},
                 audit_state(row, policy, change.now()).set("domains", audit_value(outcome.institution.domains))},
                outcome);
  return withdrawn;
}

}  // namespace

void check_key_type(const ChangeContext& context, const dkim::Code& code, crypto::Algorithm algorithm) {
  if (algorithm != crypto::Algorithm::kEd25519 || overridden(context) == Guard::kKeyType) {
    return;
  }
  throw db::Failure(
      Error{ErrorCode::kRefused,
            "Ed25519 would be the only signature of " + code.text() + ", and large receivers do not verify it",
            "zonectl add " + code.text() + " --key rsa2048", Refusal{Guard::kKeyType, std::nullopt}});
}

namespace {

// INST... SLOT could not be told apart from INST... INST.
void check_is_no_slot(const Store::Impl& store, const dkim::Code& code) {
  if (store.customer_selectors.reads_as_slot(code.text())) {
    throw db::Failure(Error{ErrorCode::kInvalid, "the code " + code.text() + " is what a selector is called",
                            "take another code: commands take " + code.text() + " for a slot", std::nullopt});
  }
}

}  // namespace

void check_addable(Store::Impl& store, const dkim::Code& code, const AddOptions& options) {
  check_is_no_slot(store, code);
  const db::Transaction reading(store.connection, db::Transaction::Kind::kRead);
  // Before a key is made, which takes a while; the transaction asks it all again.
  (void)earlier_institution(store.connection, code, store.now());
  for (const Name& domain : options.domains) {
    check_domain_is_free(store.connection, code, domain);
  }
}

void add_with_keys(Store& store, const ChangeContext& context, const dkim::Code& code, const NewInstitution& details,
                   FreshKeys& keys, InstitutionChanged& outcome) {
  if (!context.dry_run) {
    keys.store_in_vault(store.impl().clock->now().wall);
  }
  const std::vector<std::string> withdrawn = add_in_one_transaction(store, context, code, details, keys, outcome);
  if (!context.dry_run) {
    keys.keep();
  }
  (void)destroy_in_vault(store.impl(), context, withdrawn, outcome);
  follow_once(store, context, code, outcome);
  warn_about_size(outcome.institution, outcome);
}

Result<InstitutionChanged> add_institution(Store& store, const ChangeContext& context, const dkim::Code& code,
                                           const AddOptions& options) {
  return db::at_border<InstitutionChanged>([&] {
    const MomentKeeper keeper(store.impl(), context);
    check_addable(store.impl(), code, options);  // first: another key type would not help one that is there
    check_key_type(context, code, options.algorithm);
    check_signer_kinds(store.impl().connection, context, code, options.algorithm);
    FreshKeys keys(store.impl(), context, code, options.algorithm, {dkim::kSlots.begin(), dkim::kSlots.end()});
    InstitutionChanged outcome;
    const std::string what = "added with two " + std::string(crypto::to_text(options.algorithm)) + " keys";
    add_with_keys(store, context, code, {"add", what, options}, keys, outcome);
    return outcome;
  });
}

namespace {

InstitutionChanged stop_signing(Store& store, const ChangeContext& context, const dkim::Code& code) {
  ChangeScope change(store, context, "remove", code.text());
  rows::InstitutionRow row = change.institution(code);
  const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
  InstitutionChanged outcome;
  outcome.dry_run = context.dry_run;
  if (row.facts.phase == dkim::Phase::kDeparting) {  // a second removal does not begin the drain anew
    outcome.changed = false;
    outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
    return outcome;
  }
  const AuditValue before = audit_state(row, policy, change.now());
  row.facts = dkim::departing(std::move(row.facts), policy, change.moment());
  rows::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  outcome.servers_follow_within =
      rows::follows_within(change.connection(), rows::read_dkim_zone(change.connection()), change.moment());
  change.finish({"signing stopped; both records stay until " + to_rfc3339(dkim::leaves_at(row.facts, change.now())),
                 before, audit_state(row, policy, change.now())},
                outcome);
  return outcome;
}

}  // namespace

Result<void> check_add_institution(Store& store, const ChangeContext& context, const dkim::Code& code,
                                   const AddOptions& options) {
  return db::at_border<void>([&] {
    check_addable(store.impl(), code, options);
    check_key_type(context, code, options.algorithm);
    check_signer_kinds(store.impl().connection, context, code, options.algorithm);
  });
}

Result<InstitutionChanged> remove_institution(Store& store, const ChangeContext& context, const dkim::Code& code) {
  return db::at_border<InstitutionChanged>([&] {
    InstitutionChanged outcome = stop_signing(store, context, code);
    follow_once(store, context, code, outcome);
    return outcome;
  });
}

}  // namespace zonestore
