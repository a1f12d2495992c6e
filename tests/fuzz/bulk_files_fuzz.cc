// The files that bulk commands are given: CSV of `add --file`, KeyTable and SigningTable of `import --keytable`. What
// is taken is whole, and each fault is one clean line of a line that is there. Input: one byte that picks the reader,
// then the file.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "tests/fuzz/text_rules.h"
#include "tools/zonectl/bulk/csv.h"
#include "tools/zonectl/bulk/institution_file.h"
#include "tools/zonectl/bulk/key_table.h"
#include "tools/zonectl/bulk/signing_table.h"
#include "tools/zonectl/bulk/table_plan.h"

namespace {

// A lone CR may end a line, too.
std::size_t most_lines(std::string_view text) {
  return 1 + static_cast<std::size_t>(
                 std::count_if(text.begin(), text.end(), [](char each) { return each == '\n' || each == '\r'; }));
}

void check_faults(const std::vector<zonectl::FileFault>& faults, std::string_view text) {
  for (const zonectl::FileFault& fault : faults) {
    dnsd::fuzz::check_message(fault.error.message);
    FUZZ_REQUIRE(fault.line <= most_lines(text));
  }
}

void check_csv(std::string_view text) {
  const zonectl::Csv csv = zonectl::parse_csv(text);
  std::size_t before = 0;
  for (const zonectl::CsvRow& row : csv.rows) {
    FUZZ_REQUIRE(row.line > before && row.line <= most_lines(text));
    FUZZ_REQUIRE(!row.fields.empty());
    before = row.line;
  }
  for (const zonectl::CsvFault& fault : csv.faults) {
    dnsd::fuzz::check_message(fault.what);
    FUZZ_REQUIRE(fault.line >= 1 && fault.line <= most_lines(text));
  }
}

void check_institutions(std::string_view text) {
  const zonectl::InstitutionFile file = zonectl::parse_institution_file(text);
  check_faults(file.faults, text);
  std::set<std::string> codes;
  for (const zonectl::InstitutionLine& each : file.institutions) {
    FUZZ_REQUIRE(each.line >= 1 && each.line <= most_lines(text));
    codes.insert(each.code.text());
    const std::string kept = zonectl::to_json_text(each.options);
    const auto again = zonectl::parse_add_options(kept);
    FUZZ_REQUIRE(again.has_value() && zonectl::to_json_text(*again) == kept);
  }
  FUZZ_REQUIRE(!file.faults.empty() || codes.size() == file.institutions.size());
}

void check_key_table(std::string_view text) {
  const zonectl::KeyTable table = zonectl::parse_key_table(text);
  check_faults(table.faults, text);
  std::set<std::string> names;
  for (const zonectl::KeyTableEntry& entry : table.entries) {
    FUZZ_REQUIRE(!entry.name.empty() && !entry.key.empty() && !entry.selector.empty());
    names.insert(entry.name);
  }
  FUZZ_REQUIRE(!table.faults.empty() || names.size() == table.entries.size());
}

void check_signing_table(std::string_view text) {
  const zonectl::SigningTable table = zonectl::parse_signing_table(text);
  check_faults(table.faults, text);
  for (const zonectl::SigningLine& line : table.lines) {
    FUZZ_REQUIRE(!line.pattern.empty() && !line.key.empty());
    const zonectl::Scope scope = table.scope_of(line);
    FUZZ_REQUIRE(scope.domain.has_value() == (scope.kind != zonectl::Scope::Kind::kOthers));
    FUZZ_REQUIRE(scope.kind != zonectl::Scope::Kind::kDomain || table.line_for(*scope.domain) != nullptr);
  }
}

// One text as both tables, so that their names meet.
void check_plan(std::string_view text) {
  const std::size_t half = text.find('\f');
  const zonectl::KeyTable keys = zonectl::parse_key_table(text.substr(0, half));
  const zonectl::SigningTable signing =
      zonectl::parse_signing_table(half == std::string_view::npos ? std::string_view() : text.substr(half + 1));
  const zonectl::TablePlan plan = zonectl::plan_institutions(keys, &signing, {});
  check_faults(plan.key_faults, text);
  check_faults(plan.signing_faults, text);
  std::set<std::string> codes;
  std::set<std::string> domains;
  for (const zonectl::PlannedInstitution& each : plan.institutions) {
    FUZZ_REQUIRE(codes.insert(each.code.text()).second);
    FUZZ_REQUIRE(!each.keys.empty() && each.keys.size() <= 2 && (!each.signing || *each.signing < each.keys.size()));
    for (const zonestore::Name& domain : each.domains) {
      FUZZ_REQUIRE(domains.insert(domain.to_text()).second);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 5) {
    case 0:
      check_csv(text);
      break;
    case 1:
      check_institutions(text);
      break;
    case 2:
      check_key_table(text);
      break;
    case 3:
      check_signing_table(text);
      break;
    default:
      check_plan(text);
  }
  return 0;
}
