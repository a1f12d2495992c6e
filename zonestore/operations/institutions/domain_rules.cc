#include "zonestore/operations/institutions/domain_rules.h"

#include <nlohmann/json.hpp>

#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

void check_domain_is_free(db::Connection& connection, const dkim::Code& code, const Name& domain) {
  const std::optional<std::string> owner = rows::owner_of_domain(connection, domain);
  if (owner && *owner != code.text()) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            "the domain " + domain.to_text_no_dot() + " belongs to " + *owner + " already",
                            "zonectl domain remove " + *owner + " " + domain.to_text_no_dot() + " frees it",
                            Refusal{Guard::kExists, std::nullopt}});
  }
}

std::string domains_json(const std::vector<Name>& domains) {
  nlohmann::json names = nlohmann::json::array();
  for (const Name& domain : domains) {
    names.push_back(domain.to_text_no_dot());
  }
  return nlohmann::json{{"domains", names}}.dump();
}

}  // namespace zonestore
