// zonectl add for many institutions: --file FILE.csv, --resume.
#pragma once

#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"

namespace zonectl {

struct BulkAddOptions {
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  std::optional<std::string> file;
  BulkSettings settings;
};

void declare(Arguments& arguments, BulkAddOptions& options);
[[nodiscard]] zonestore::Result<ExitCode> run_bulk_add(Session& session, const BulkAddOptions& options,
                                                       const ChangeOptions& change);

}  // namespace zonectl
