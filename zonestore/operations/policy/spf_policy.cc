#include "zonestore/operations/policy/spf_policy.h"

#include <algorithm>

#include "zonestore/base/joined.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/views/spf_view.h"
#include "zonestore/publish/spf_publisher.h"
#include "zonestore/rows/spf_rows.h"

namespace zonestore {
namespace {

using rows::SpfTermRow;

AuditValue audited_spf(const SpfView& view) {
  AuditValue value{{"terms", AuditValue::list_of(view.terms, [](const std::string& term) { return term; })}};
  AuditValue leaving;
  bool any_leaves = false;
  for (const SpfTermView& term : view.details) {
    if (term.leaves_at) {
      leaving.set(term.term, to_rfc3339(*term.leaves_at));
      any_leaves = true;
    }
  }
  if (any_leaves) {
    value.set("leaving", std::move(leaving));
  }
  return value;
}

std::optional<SpfTermRow> find_term(db::Connection& connection, const spf::Term& term) {
  for (SpfTermRow& row : rows::read_spf_terms(connection)) {
    if (row.term == term.text()) {
      return std::move(row);
    }
  }
  return std::nullopt;
}

// Publishes and ends the change, or says that nothing was altered.
SpfChanged finish(ChangeScope& change, const ChangeContext& context, const SpfView& before,
                  const std::vector<std::string>& altered, const std::string& verb, SpfChanged outcome) {
  outcome.dry_run = context.dry_run;
  if (altered.empty()) {
    outcome.changed = false;
    outcome.spf = before;
    return outcome;
  }
  const PublishedZone zone = change.store().published(change.store().spf_zone);
  publish::publish_spf(change.connection(), change.zone(zone), zone, change.now());
  outcome.spf = spf_view(change.store(), change.now());
  change.finish({verb + " " + joined(altered, " "), audited_spf(before), audited_spf(outcome.spf)}, outcome);
  return outcome;
}

// ---- allow ----

[[noreturn]] void refuse_scope(const spf::Term& term, const std::string& what) {
  throw db::Failure(
      Error{ErrorCode::kRefused,
            term.text() + " is " + what + ": whoever sends from such an address would pass as every customer",
            "allow the public addresses that send, one by one; or zonectl spf allow " + term.text() +
                " --override E_WIDE_TERM --reason \"...\"",
            Refusal{Guard::kWideTerm, std::nullopt}});
}

void check_scope(const spf::Term& term, const ChangeContext& context, SpfChanged& outcome) {
  const spf::Scope scope = scope_of(term);
  if (scope.reach == spf::Reach::kDocumentation) {
    outcome.warnings.push_back(term.text() + " is an address for documentation (" + std::string(scope.block) +
                               "): nobody sends from there");
    return;
  }
  if (scope.reach == spf::Reach::kPublic || overridden(context) == Guard::kWideTerm) {
    return;
  }
  refuse_scope(term, scope.reach == spf::Reach::kVeryWide
                         ? std::string("wider than ") + (term.is_ip4() ? "/8" : "/19")
                         : "not public but " + std::string(scope.block));
}

// Both stay: to leave the narrower one out would need the same waits, and again when the wider one goes.
void name_covered(db::Connection& connection, const spf::Term& term, SpfChanged& outcome) {
  std::vector<std::string> narrower;
  for (const SpfTermRow& row : rows::read_spf_terms(connection)) {
    const spf::Term known = db::unwrap(spf::Term::parse(row.term));
    if (known.covers(term)) {
      outcome.warnings.push_back(term.text() + " is covered by " + known.text() + "; both stay in the record");
    } else if (term.covers(known)) {
      narrower.push_back(known.text());
    }
  }
  if (!narrower.empty()) {
    outcome.warnings.push_back(term.text() + " covers " + joined(narrower, " ") +
                               "; all stay in the record until they are denied");
  }
}

// True if it was added, or stays where it was to leave.
bool allow_one(ChangeScope& change, const ChangeContext& context, const spf::Term& term, SpfChanged& outcome) {
  if (std::optional<SpfTermRow> known = find_term(change.connection(), term)) {
    if (!known->leave) {
      outcome.warnings.push_back(term.text() + " is allowed already");
      return false;
    }
    known->leave.reset();
    rows::store_spf_term(change.connection(), *known);
    outcome.warnings.push_back(term.text() + " was to leave, and stays");
    return true;
  }
  check_scope(term, context, outcome);
  name_covered(change.connection(), term, outcome);
  rows::insert_spf_term(change.connection(), {term.text()}, change.wall());
  return true;
}

void check_room(const SpfView& view, const std::vector<std::string>& added, const Name& apex) {
  const bool all_fit = std::all_of(view.details.begin(), view.details.end(), [&added](const SpfTermView& term) {
    return term.has_room || std::find(added.begin(), added.end(), term.term) == added.end();
  });
  if (!all_fit) {
    throw db::Failure(
        Error{ErrorCode::kInvalid,
              std::to_string(view.terms.size()) + " SPF terms do not fit the record at " + apex.to_text_no_dot() +
                  " and the " + std::to_string(spf::kMaxIncludes) + " that it may include",
              "merge neighbouring addresses into networks, or take terms out with zonectl spf deny", std::nullopt});
  }
}

// ---- deny ----

SpfTermRow require_term(db::Connection& connection, const spf::Term& term) {
  std::optional<SpfTermRow> row = find_term(connection, term);
  if (!row) {
    throw db::Failure(Error{ErrorCode::kNotFound, term.text() + " is not among the allowed",
                            "zonectl spf show lists them", std::nullopt});
  }
  return *std::move(row);
}

void name_what_still_allows(const SpfView& before, const std::vector<spf::Term>& denied, SpfChanged& outcome) {
  for (const spf::Term& term : denied) {
    for (const std::string& text : before.terms) {
      const spf::Term other = db::unwrap(spf::Term::parse(text));
      if (other.covers(term) && std::find(denied.begin(), denied.end(), other) == denied.end()) {
        outcome.warnings.push_back(text + " still allows " + term.text());
      }
    }
  }
}

}  // namespace

Result<SpfChanged> spf_allow(Store& store, const ChangeContext& context, const std::vector<spf::Term>& terms) {
  return db::at_border<SpfChanged>([&] {
    ChangeScope change(store, context, "spf allow", store.spf_zone().to_text_no_dot());
    const SpfView before = spf_view(change.store(), change.now());
    SpfChanged outcome;
    std::vector<std::string> added;
    for (const spf::Term& term : terms) {
      if (allow_one(change, context, term, outcome)) {
        added.push_back(term.text());
      }
    }
    check_room(spf_view(change.store(), change.now()), added, store.spf_zone());
    return finish(change, context, before, added, "allowed", std::move(outcome));
  });
}

Result<SpfChanged> spf_deny(Store& store, const ChangeContext& context, const std::vector<spf::Term>& terms,
                            std::optional<Seconds> drain) {
  return db::at_border<SpfChanged>([&] {
    ChangeScope change(store, context, "spf deny", store.spf_zone().to_text_no_dot());
    const SpfView before = spf_view(change.store(), change.now());
    SpfChanged outcome;
    std::vector<std::string> denied;
    for (const spf::Term& term : terms) {
      SpfTermRow row = require_term(change.connection(), term);
      if (drain) {
        row.leave = rows::SpfLeave{change.moment(), *drain};
        rows::store_spf_term(change.connection(), row);
      } else {
        rows::delete_spf_term(change.connection(), row.term);
      }
      denied.push_back(row.term);
    }
    name_what_still_allows(before, terms, outcome);
    const std::string verb = drain ? "denied after " + to_duration_text(*drain) : "denied";
    return finish(change, context, before, denied, verb, std::move(outcome));
  });
}

Result<SpfView> spf_show(Store& store) {
  return db::at_border<SpfView>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    return spf_view(store.impl(), store.impl().now());
  });
}

std::optional<SpfStepTaken> spf_maintain(Store& store, const ChangeContext& context) {
  Store::Impl& impl = store.impl();
  SpfStepTaken taken;
  {
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    const SpfView view = spf_view(impl, now);
    if (!view.next_step_at || *view.next_step_at > now.moment.wall) {
      return std::nullopt;
    }
    if (context.dry_run) {
      taken.what = view.next_step;
      return taken;
    }
  }
  ChangeScope change(store, context, "maintain", impl.spf_zone.to_text_no_dot());
  const SpfView before = spf_view(change.store(), change.now());
  const PublishedZone zone = impl.published(impl.spf_zone);
  taken.what = publish::publish_spf(change.connection(), change.zone(zone), zone, change.now());
  if (taken.what.empty()) {
    return std::nullopt;  // somebody else was here first
  }
  change.finish({taken.what, audited_spf(before), audited_spf(spf_view(impl, change.now()))}, taken);
  return taken;
}

}  // namespace zonestore
