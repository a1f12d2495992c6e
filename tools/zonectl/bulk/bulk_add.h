// zonectl add for many institutions: --file FILE.csv, --resume.
#pragma once

#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"

namespace zonectl::bulk_add {

struct Options {
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  std::optional<std::string> file;
  bool skip_bad = false;  // of the file
  BulkSettings settings;
};

void declare(Arguments& arguments, Options& options);
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change);

}  // namespace zonectl::bulk_add
