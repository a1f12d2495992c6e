// zonectl undo for the rotations of one bulk run: --run N, --resume, --give-up N.
#pragma once

#include <cstdint>
#include <optional>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"

namespace zonectl::bulk_undo {

struct Options {
  std::optional<std::uint32_t> run;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  BulkSettings settings;

  [[nodiscard]] bool is_bulk() const { return run || resume || give_up; }
  [[nodiscard]] bool has_settings() const { return settings.canary || settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change);

}  // namespace zonectl::bulk_undo
