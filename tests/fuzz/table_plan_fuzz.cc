// From OpenDKIM's two tables to institutions: no code and no domain comes twice, and each has one or two keys, of
// which one may sign. Input: a KeyTable, a form feed, a SigningTable; without one there is no SigningTable.
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/table_plan.h"

namespace {

using zonectl::TablePlan;

void check_institutions(const TablePlan& plan) {
  std::set<std::string> codes;
  std::set<std::string> domains;
  for (const zonectl::PlannedInstitution& each : plan.institutions) {
    FUZZ_REQUIRE(codes.insert(each.code.text()).second);
    FUZZ_REQUIRE(!each.keys.empty() && each.keys.size() <= 2 && (!each.signing || *each.signing < each.keys.size()));
    FUZZ_REQUIRE(!each.domains.empty() && each.domains.front() == each.domain);
    for (const zonestore::Name& domain : each.domains) {
      FUZZ_REQUIRE(domains.insert(domain.to_text()).second);
    }
    for (const zonectl::PlannedKey& key : each.keys) {
      FUZZ_REQUIRE(key.entry != nullptr && key.path.empty() != key.entry->is_path);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = text.find('\f');
  const zonectl::KeyTable keys = zonectl::parse_key_table(text.substr(0, half));
  std::optional<zonectl::SigningTable> signing;
  if (half != std::string_view::npos) {
    signing = zonectl::parse_signing_table(text.substr(half + 1));
  }
  const TablePlan plan = zonectl::plan_institutions(keys, signing ? &*signing : nullptr, {});
  for (const auto* faults : {&plan.key_faults, &plan.signing_faults, &plan.key_notes, &plan.signing_notes}) {
    dnsd::fuzz::check_faults(*faults, text);
  }
  check_institutions(plan);
  return 0;
}
