// OpenDKIM's SigningTable in both of its forms: each line means a domain, addresses in it, or none that it names; the
// mail of a domain that a line names is signed by some line; and what is taken is read again as the same. Input: the
// file.
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/signing_table.h"

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

void check_table(const SigningTable& table, std::string_view text) {
  dnsd::fuzz::check_faults(table.faults, text);
  for (const zonectl::SigningLine& line : table.lines) {
    FUZZ_REQUIRE(line.line >= 1 && line.line <= dnsd::fuzz::most_lines(text));
    FUZZ_REQUIRE(!line.pattern.empty() && !line.key.empty());
    const Scope scope = table.scope_of(line);
    FUZZ_REQUIRE(scope.domain.has_value() == (scope.kind != Scope::Kind::kOthers));
    FUZZ_REQUIRE(scope.kind != Scope::Kind::kDomain || table.line_for(*scope.domain) != nullptr);
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
