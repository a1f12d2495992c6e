// OpenDKIM's KeyTable, as `zonectl import --keytable` reads it: each name comes once, no fault shows a piece of a
// key, and what is taken is read again as the same when it is written. Input: the file.
#include <set>
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/key_table.h"

namespace {

void check_again(const std::vector<zonectl::KeyTableEntry>& entries) {
  std::string text = "\n";  // a name may begin with what is a byte order mark at the beginning of a file
  for (const zonectl::KeyTableEntry& entry : entries) {
    text += entry.name + " " + (entry.domain ? entry.domain->to_text() : "%") + ":" + entry.selector + ":" +
            std::string(std::string_view(entry.key)) + "\n";
  }
  const zonectl::KeyTable again = zonectl::parse_key_table(text);
  FUZZ_REQUIRE(again.faults.empty() && again.entries.size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    FUZZ_REQUIRE(again.entries[i].name == entries[i].name && again.entries[i].domain == entries[i].domain);
    FUZZ_REQUIRE(again.entries[i].selector == entries[i].selector && again.entries[i].key == entries[i].key);
    FUZZ_REQUIRE(again.entries[i].is_path == entries[i].is_path);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const zonestore::Name domain = *zonestore::Name::parse("mosamuseum.com");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const zonectl::KeyTable table = zonectl::parse_key_table(text);
  dnsd::fuzz::check_faults(table.faults, text);
  std::set<std::string> names;
  std::size_t before = 0;
  for (const zonectl::KeyTableEntry& entry : table.entries) {
    FUZZ_REQUIRE(entry.line > before && entry.line <= dnsd::fuzz::most_lines(text));
    FUZZ_REQUIRE(!entry.name.empty() && !entry.key.empty() && !entry.selector.empty());
    FUZZ_REQUIRE(names.insert(entry.name).second);
    FUZZ_REQUIRE(entry.path_for(domain).find('%') == std::string::npos);
    before = entry.line;
  }
  check_again(table.entries);
  return 0;
}
