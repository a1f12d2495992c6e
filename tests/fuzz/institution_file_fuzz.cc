// The file of `zonectl add --file`: each code comes once, and what a run keeps of an institution, to be resumed, is
// read again as the same. Input: the file.
#include <set>
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/institution_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const zonectl::InstitutionFile file = zonectl::parse_institution_file(text);
  dnsd::fuzz::check_faults(file.faults, text);
  std::set<std::string> codes;
  for (const zonectl::InstitutionLine& each : file.institutions) {
    FUZZ_REQUIRE(each.line >= 1 && each.line <= dnsd::fuzz::most_lines(text));
    codes.insert(each.code.text());
    const std::string kept = zonectl::to_json_text(each.options);
    const auto again = zonectl::parse_add_options(kept);
    FUZZ_REQUIRE(again.has_value() && zonectl::to_json_text(*again) == kept);
  }
  FUZZ_REQUIRE(!file.faults.empty() || codes.size() == file.institutions.size());
  // What is kept lies in the store, which a restore may bring from elsewhere.
  if (const auto options = zonectl::parse_add_options(std::string(text))) {
    FUZZ_REQUIRE(zonectl::parse_add_options(zonectl::to_json_text(*options)).has_value());
  } else {
    dnsd::fuzz::check_message(options.error().message);
  }
  return 0;
}
