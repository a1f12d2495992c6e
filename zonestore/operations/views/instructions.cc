#include "zonestore/operations/views/instructions.h"

#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/domain_rows.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kCustomerTtl = 3600;

CustomerRecord customer_record(const Name& owner, std::string type, std::string value,
                               const std::string& file_value) {
  CustomerRecord record{owner.to_text(), std::move(type), std::move(value), kCustomerTtl, ""};
  record.zone_file_line = record.name + " " + std::to_string(record.ttl) + " IN " + record.type + " " + file_value;
  return record;
}

DomainInstructions instructions_for(const Name& domain, const dkim::Code& code, const Store::Impl& impl) {
  DomainInstructions result;
  result.domain = domain;
  for (const dkim::SlotId slot : dkim::kSlots) {
    const std::string target = db::unwrap(dkim::selector_name(code, slot, impl.dkim_zone)).to_text();
    result.cnames.push_back(
        customer_record(db::unwrap(impl.customer_selectors.name(slot, domain)), "CNAME", target, target));
  }
  result.spf_term = "include:" + impl.spf_zone.to_text_no_dot();
  const std::string text = "v=spf1 " + result.spf_term + " ~all";
  result.spf = customer_record(domain, "TXT", text, "\"" + text + "\"");
  return result;
}

std::vector<DomainInstructions> instructions_of(const rows::InstitutionRow& row, Store::Impl& impl) {
  std::vector<DomainInstructions> result;
  for (const Name& domain : rows::domains_of(impl.connection, row.id)) {
    result.push_back(instructions_for(domain, row.code, impl));
  }
  return result;
}

}  // namespace

Result<std::vector<DomainInstructions>> instructions(Store& store, const dkim::Code& code) {
  return db::at_border<std::vector<DomainInstructions>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    return instructions_of(require_institution(impl.connection, code), impl);
  });
}

Result<void> all_instructions(
    Store& store,
    const std::function<bool(const std::string& code, const std::vector<DomainInstructions>& domains)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    rows::for_each_institution(impl.connection, false, [&](const rows::InstitutionRow& row) {
      return row.facts.phase == dkim::Phase::kDeparting || visitor(row.code.text(), instructions_of(row, impl));
    });
    return {};
  });
}

}  // namespace zonestore
