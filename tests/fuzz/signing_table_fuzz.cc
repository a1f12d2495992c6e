// OpenDKIM's SigningTable in both of its forms: each line means a domain, addresses in it, or none that it names; the
// mail of a domain that a line names is signed by some line; and what is taken is read again as the same. Input: the
// file.
#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/signing_index.h"

namespace {

using zonectl::Scope;
using zonectl::SigningTable;

void check_again(const SigningTable& table) {
  std::string text = "\n";  // a pattern may begin with what is a byte order mark at the beginning of a file
  for (const zonectl::SigningLine& line : table.lines) {
    text += line.pattern + " " + line.key + "\n";
  }
  const SigningTable again = zonectl::parse_signing_table(text, table.form);
  FUZZ_REQUIRE(again.faults.empty() && again.lines.size() == table.lines.size());
  for (std::size_t i = 0; i < table.lines.size(); ++i) {
    FUZZ_REQUIRE(again.lines[i].pattern == table.lines[i].pattern && again.lines[i].key == table.lines[i].key);
  }
}

// What the index finds is what one finds who goes through all lines.
void check_line_of(const SigningTable& table, const zonestore::Name& domain, const zonectl::SigningLine* found) {
  FUZZ_REQUIRE(found != nullptr);
  const auto first = std::find_if(table.lines.begin(), table.lines.end(), [&](const zonectl::SigningLine& each) {
    return table.form == zonectl::SigningTableForm::kPatterns ? each.fits(zonectl::any_address(domain))
                                                              : each.pattern == domain.to_text_no_dot();
  });
  FUZZ_REQUIRE(first != table.lines.end() && &*first == found);
}

void check_table(const SigningTable& table, std::string_view text) {
  dnsd::fuzz::check_faults(table.faults, text);
  const zonectl::SigningIndex index(table);
  for (const zonectl::SigningLine& line : table.lines) {
    FUZZ_REQUIRE(line.line >= 1 && line.line <= dnsd::fuzz::most_lines(text));
    FUZZ_REQUIRE(!line.pattern.empty() && !line.key.empty());
    const Scope scope = table.scope_of(line);
    FUZZ_REQUIRE(scope.domain.has_value() == (scope.kind != Scope::Kind::kOthers));
    if (scope.kind == Scope::Kind::kDomain) {
      check_line_of(table, *scope.domain, index.line_for(*scope.domain));
    }
  }
  check_again(table);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_table(zonectl::parse_signing_table(text), text);
  check_table(zonectl::parse_signing_table(text, zonectl::SigningTableForm::kFlat), text);
  check_table(zonectl::parse_signing_table(text, zonectl::SigningTableForm::kPatterns), text);
  return 0;
}
