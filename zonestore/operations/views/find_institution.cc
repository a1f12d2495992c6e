#include "zonestore/operations/views/find_institution.h"

#include <optional>
#include <string>
#include <utility>

#include "zonestore/base/printable.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/change/unknown_institution.h"
#include "zonestore/rows/domain_rows.h"

namespace zonestore {

namespace {

Error unknown(db::Connection& connection, const dkim::Code& code, Suggest suggest) {
  if (suggest == Suggest::kNearest) {
    return unknown_institution(connection, code);
  }
  return {ErrorCode::kNotFound, "there is no institution " + code.text(), "zonectl list shows those that are there",
          std::nullopt};
}

// mail.mosamuseum.com, of which mosamuseum.com is known.
std::optional<std::string> owner_above(db::Connection& connection, const Name& domain, Name& above) {
  for (above = domain.parent(); above.label_count() > 1; above = above.parent()) {
    if (auto owner = rows::owner_of_domain(connection, above)) {
      return owner;
    }
  }
  return std::nullopt;
}

Error unknown_domain(db::Connection& connection, const Name& domain, Suggest suggest) {
  Error error{ErrorCode::kNotFound, "no institution has the mail domain " + domain.to_text_no_dot(),
              "zonectl list shows the domains of each", std::nullopt};
  Name above;
  if (suggest == Suggest::kNothing) {
    return error;
  }
  if (const auto owner = owner_above(connection, domain, above)) {
    error.hint = "did you mean " + above.to_text_no_dot() + ", which " + *owner + " has?  " + error.hint;
  } else if (const auto near = nearest_domain(connection, domain)) {
    error.hint = "did you mean " + *near + "?  " + error.hint;
  }
  return error;
}

dkim::Code owner_of(db::Connection& connection, const Name& domain, Suggest suggest) {
  const std::optional<std::string> owner = rows::owner_of_domain(connection, domain);
  if (!owner) {
    throw db::Failure(unknown_domain(connection, domain, suggest));
  }
  return db::unwrap(dkim::Code::parse(*owner));
}

dkim::SlotId slot_of(const dkim::CustomerSelectors& selectors, const std::string& selector) {
  const std::optional<dkim::SlotId> slot = selectors.slot_of(selector);
  if (slot) {
    return *slot;
  }
  if (selectors.reads_as_slot(selector) && !dkim::reads_as_slot(selector)) {  // stxsel3
    throw db::Failure(selectors.parse_slot(selector).error());
  }
  throw db::Failure(Error{ErrorCode::kInvalid, "'" + printable(selector) + "' is no selector of ours",
                          "they are " + selectors.of(dkim::SlotId::kSel1) +
                              "._domainkey.DOMAIN in the institution's zone, and sel1-CODE._domainkey.ZONE in ours",
                          std::nullopt});
}

}  // namespace

Result<NamedInstitution> find_institution(Store& store, const dkim::Reference& reference, Suggest suggest) {
  return db::at_border<NamedInstitution>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    if (reference.zone && !(*reference.zone == impl.dkim_zone)) {
      throw db::Failure(Error{ErrorCode::kNotFound,
                              reference.text + " lies in the zone " + reference.zone->to_text_no_dot() +
                                  "; the keys of this store are in " + impl.dkim_zone.to_text_no_dot(),
                              "zonectl show " + reference.code->text() + " shows the names of its selectors",
                              std::nullopt});
    }
    const std::optional<dkim::SlotId> slot =
        reference.selector.empty() ? reference.slot : slot_of(impl.customer_selectors, reference.selector);
    dkim::Code code = reference.code ? *reference.code : owner_of(impl.connection, *reference.domain, suggest);
    const std::optional<rows::InstitutionRow> row = rows::find_institution(impl.connection, code);
    if (!row || row->facts.phase == dkim::Phase::kDeparted) {
      throw db::Failure(unknown(impl.connection, code, suggest));
    }
    return NamedInstitution{std::move(code), slot};
  });
}

}  // namespace zonestore
