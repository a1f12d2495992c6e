// A strict reader of CSV (RFC 4180) with line numbers: none of Debian's C++ libraries has both. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"

namespace zonectl {

struct CsvRow {
  std::size_t line = 0;  // where it begins; a quoted field may hold line ends
  std::vector<std::string> fields;
};

struct CsvFault {
  std::size_t line = 0;
  std::string what;
};

struct Csv {
  std::vector<CsvRow> rows;  // the header is the first; empty lines are left out
  std::vector<CsvFault> faults;
};

// Fields by commas, rows by CRLF or LF, quotes doubled inside quotes; a byte order mark is skipped. Faults: a quote
// inside a bare field, text behind a closing quote, a quote that never closes (reading ends there), a NUL or a lone
// CR, a row that has more or fewer fields than the first.
[[nodiscard]] Csv parse_csv(std::string_view text);

}  // namespace zonectl
