// The columns of `list`. Pure. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/text/table.h"
#include "tools/zonectl/text/times.h"
#include "zonestore/base/error.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl::list {

struct Column {
  std::string_view name;  // as --columns takes it
  std::string_view title;
  std::string_view what;  // for --help
  Cell (*cell)(const zonestore::ListedInstitution& institution, const Times& times);
};

// Those that are shown if nobody says which.
[[nodiscard]] std::vector<Column> default_columns();
// "code,sel1,domains", in that order. Errors: kInvalid, which names them all.
[[nodiscard]] zonestore::Result<std::vector<Column>> parse_columns(std::string_view text);
// "code, phase, ...": all of them, with what they hold where their name does not say it.
[[nodiscard]] std::string columns_help();

}  // namespace zonectl::list
