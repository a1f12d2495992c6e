#include "zonestore/operations/views/find_institution.h"

#include <optional>
#include <string>

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

}  // namespace

Result<dkim::Code> find_institution(Store& store, const dkim::Reference& reference, Suggest suggest) {
  return db::at_border<dkim::Code>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    if (reference.zone && !(*reference.zone == impl.dkim_zone)) {
      throw db::Failure(Error{ErrorCode::kNotFound,
                              reference.text + " lies in the zone " + reference.zone->to_text_no_dot() +
                                  "; the keys of this store are in " + impl.dkim_zone.to_text_no_dot(),
                              "zonectl show " + reference.code->text() + " shows the names of its selectors",
                              std::nullopt});
    }
    dkim::Code code = reference.code ? *reference.code : owner_of(impl.connection, *reference.domain, suggest);
    const std::optional<rows::InstitutionRow> row = rows::find_institution(impl.connection, code);
    if (!row || row->facts.phase == dkim::Phase::kDeparted) {
      throw db::Failure(unknown(impl.connection, code, suggest));
    }
    return code;
  });
}

}  // namespace zonestore
