// CSV as `zonectl add --file` reads it: rows and faults stand in lines that are there, in their order, and what is
// taken without a fault is read again as the same when it is written with every field in quotes. Input: the file.
#include <string>
#include <string_view>

#include "tests/fuzz/bulk_rules.h"
#include "tools/zonectl/bulk/csv.h"

namespace {

std::string quoted(const std::string& field) {
  std::string text = "\"";
  for (const char byte : field) {
    text += byte;
    if (byte == '"') {
      text += byte;
    }
  }
  return text + '"';
}

std::string written(const zonectl::Csv& csv) {
  std::string text;
  for (const zonectl::CsvRow& row : csv.rows) {
    std::string_view separator;
    for (const std::string& field : row.fields) {
      text.append(separator).append(quoted(field));
      separator = ",";
    }
    text += "\r\n";
  }
  return text;
}

void check_again(const zonectl::Csv& csv) {
  const zonectl::Csv again = zonectl::parse_csv(written(csv));
  FUZZ_REQUIRE(again.faults.empty());
  FUZZ_REQUIRE(again.rows.size() == csv.rows.size());
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    FUZZ_REQUIRE(again.rows[i].fields == csv.rows[i].fields);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const zonectl::Csv csv = zonectl::parse_csv(text);
  std::size_t before = 0;
  for (const zonectl::CsvRow& row : csv.rows) {
    FUZZ_REQUIRE(row.line > before && row.line <= dnsd::fuzz::most_lines(text));
    FUZZ_REQUIRE(!row.fields.empty());
    before = row.line;
  }
  for (const zonectl::CsvFault& fault : csv.faults) {
    dnsd::fuzz::check_message(fault.what);
    FUZZ_REQUIRE(fault.line >= 1 && fault.line <= dnsd::fuzz::most_lines(text));
  }
  if (csv.faults.empty()) {
    check_again(csv);
  }
  return 0;
}
