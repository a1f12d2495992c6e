#include "zonestore/operations/institutions/domain_rules.h"

#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

void check_domain_is_free(db::Connection& connection, const dkim::Code& code, const Name& domain) {
  for (const PublishedZone& zone : list_zones(connection)) {
    if (domain.is_at_or_below(zone.apex)) {
      throw db::Failure(Error{ErrorCode::kRefused,
                              "the domain " + domain.to_text_no_dot() + " lies in " + zone.apex.to_text_no_dot() +
                                  ", a zone of this store: it is no customer's mail domain",
                              "name the domain in the From: addresses of their mail",
                              Refusal{Guard::kExists, std::nullopt}});
    }
  }
  const std::optional<std::string> owner = rows::owner_of_domain(connection, domain);
  if (owner && *owner != code.text()) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            "the domain " + domain.to_text_no_dot() + " belongs to " + *owner + " already",
                            "zonectl domain remove " + *owner + " " + domain.to_text_no_dot() + " frees it",
                            Refusal{Guard::kExists, std::nullopt}});
  }
}

}  // namespace zonestore
