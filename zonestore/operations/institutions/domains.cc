#include <algorithm>
#include <utility>

#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/institutions/domain_rules.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/domain_rows.h"

namespace zonestore {
namespace {

// One change to the list of domains, which publishes nothing: our zones do not name the institution's.
template <class Edit>
InstitutionChanged edit_domains(Store& store, const ChangeContext& context, const dkim::Code& code,
                                const std::string& command, Edit&& edit) {
  ChangeScope change(store, context, command, code.text());
  const rows::InstitutionRow row = change.institution(code);
  const AuditValue before{{"domains", audit_value(rows::domains_of(change.connection(), row.id))}};
  InstitutionChanged outcome;
  const std::string what = edit(change, row, outcome);
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  if (what.empty()) {
    outcome.changed = false;
    outcome.dry_run = context.dry_run;
    return outcome;
  }
  change.finish({what, before, {{"domains", audit_value(outcome.institution.domains)}}}, outcome);
  return outcome;
}

template <class Edit>
Result<InstitutionChanged> change_domains(Store& store, const ChangeContext& context, const dkim::Code& code,
                                          const std::string& command, Edit&& edit) {
  return db::at_border<InstitutionChanged>([&] {
    InstitutionChanged outcome = edit_domains(store, context, code, command, std::forward<Edit>(edit));
    follow_once(store, context, code, outcome);
    return outcome;
  });
}

}  // namespace

Result<InstitutionChanged> add_domain(Store& store, const ChangeContext& context, const dkim::Code& code,
                                      const Name& domain) {
  return change_domains(store, context, code, "domain add",
                        [&](ChangeScope& change, const auto& row, Changed& outcome) -> std::string {
                          check_domain_is_free(change.connection(), code, domain);
                          if (rows::owner_of_domain(change.connection(), domain)) {
                            return "";
                          }
                          rows::insert_domain(change.connection(), row.id, domain, change.wall());
                          warn_of_cnames(change.connection(), row, {domain}, outcome);
                          return "domain " + domain.to_text_no_dot() + " added";
                        });
}

Result<InstitutionChanged> remove_domain(Store& store, const ChangeContext& context, const dkim::Code& code,
                                         const Name& domain) {
  return change_domains(
      store, context, code, "domain remove", [&](ChangeScope& change, const auto& row, Changed&) -> std::string {
        if (rows::owner_of_domain(change.connection(), domain) != code.text()) {
          throw db::Failure(Error{ErrorCode::kNotFound, code.text() + " has no domain " + domain.to_text_no_dot(),
                                  "zonectl show " + code.text() + " lists its domains", std::nullopt});
        }
        rows::delete_domain(change.connection(), row.id, domain);
        return "domain " + domain.to_text_no_dot() + " removed";
      });
}

}  // namespace zonestore
