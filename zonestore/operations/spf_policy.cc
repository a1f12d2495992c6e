#include "zonestore/operations/spf_policy.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "zonestore/operations/change_scope.h"

namespace zonestore {
namespace {

std::vector<std::string> texts_of(const std::vector<spf::Term>& terms) {
  std::vector<std::string> texts;
  texts.reserve(terms.size());
  for (const spf::Term& term : terms) {
    texts.push_back(term.text());
  }
  return texts;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) {
    line += (line.empty() ? "" : " ") + text;
  }
  return line;
}

SpfView spf_view(Store::Impl& impl) {
  const std::vector<spf::Term> terms = publish::read_spf_terms(impl.connection);
  return SpfView{texts_of(terms), db::unwrap(spf::lay_out(terms, impl.spf_zone))};
}

std::string terms_json(const SpfView& view) {
  return nlohmann::json{{"terms", view.terms}}.dump();
}

SpfChanged finish(ChangeScope& change, const ChangeContext& context, const SpfView& before,
                  const std::vector<std::string>& altered, const std::string& verb, SpfChanged outcome) {
  outcome.dry_run = context.dry_run;
  if (altered.empty()) {
    outcome.changed = false;
    outcome.spf = before;
    return outcome;
  }
  const PublishedZone zone = change.store().published(change.store().spf_zone);
  publish::publish_spf(change.connection(), change.zone(zone), zone);
  outcome.spf = spf_view(change.store());
  change.finish({verb + " " + joined(altered), terms_json(before), terms_json(outcome.spf)}, outcome);
  return outcome;
}

// Adds one term unless what is there covers it; true if it was added.
bool allow_one(ChangeScope& change, const spf::Term& term, SpfChanged& outcome) {
  for (const spf::Term& known : publish::read_spf_terms(change.connection())) {
    if (known.covers(term)) {
      outcome.warnings.push_back(known == term ? term.text() + " is allowed already"
                                               : term.text() + " is covered by " + known.text() + " already");
      return false;
    }
    if (term.covers(known)) {
      outcome.warnings.push_back(term.text() + " covers " + known.text() +
                                 ", which is no longer needed: zonectl spf deny " + known.text());
    }
  }
  publish::insert_spf_term(change.connection(), term, change.wall());
  return true;
}

}  // namespace

Result<SpfChanged> spf_allow(Store& store, const ChangeContext& context, const std::vector<spf::Term>& terms) {
  return db::at_border<SpfChanged>([&] {
    ChangeScope change(store, context, "spf allow", store.spf_zone().to_text_no_dot());
    const SpfView before = spf_view(change.store());
    SpfChanged outcome;
    std::vector<std::string> added;
    for (const spf::Term& term : terms) {
      if (allow_one(change, term, outcome)) {
        added.push_back(term.text());
      }
    }
    return finish(change, context, before, added, "allowed", std::move(outcome));
  });
}

Result<SpfChanged> spf_deny(Store& store, const ChangeContext& context, const std::vector<spf::Term>& terms) {
  return db::at_border<SpfChanged>([&] {
    ChangeScope change(store, context, "spf deny", store.spf_zone().to_text_no_dot());
    const SpfView before = spf_view(change.store());
    for (const spf::Term& term : terms) {
      if (std::find(before.terms.begin(), before.terms.end(), term.text()) == before.terms.end()) {
        throw db::Failure(Error{ErrorCode::kNotFound, term.text() + " is not among the allowed",
                                "zonectl spf show lists them", std::nullopt});
      }
      publish::delete_spf_term(change.connection(), term);
    }
    return finish(change, context, before, texts_of(terms), "denied", SpfChanged{});
  });
}

Result<SpfView> spf_show(Store& store) {
  return db::at_border<SpfView>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    return spf_view(store.impl());
  });
}

}  // namespace zonestore
