// A reader of CSV (RFC 4180) as spreadsheets write it, with line numbers: none of Debian's C++ libraries has both.
// Pure.
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

// Rows by CRLF or LF, quotes doubled inside quotes; a byte order mark is skipped. Fields by commas, semicolons or
// tabs, whichever the first row has most of (a list's own separator is a semicolon where numbers have a comma), or by
// what a line "sep=;" before it says. Without the blanks around them; a no-break space is a blank. Fields that are
// missing at a row's end are empty (spreadsheets leave them out), and a row of empty fields is left out as an empty
// line is. Faults: a quote inside a bare field, text behind a closing quote, a quote that never closes (reading ends
// there), a NUL or a lone CR, more fields than the first row has, unless they are empty.
[[nodiscard]] Csv parse_csv(std::string_view text);

}  // namespace zonectl
