// zonectl undo for many institutions: several that are named, the rotations of one bulk run (--run N), --resume,
// --give-up N.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "zonestore/dkim/selector.h"

namespace zonectl::bulk_undo {

struct Options {
  std::vector<zonestore::dkim::Code> named;  // INST...: one is none of many
  std::optional<std::uint32_t> run;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  BulkSettings settings;

  [[nodiscard]] bool stands_for_names() const { return run || resume || (give_up && named.empty()); }
  [[nodiscard]] bool is_bulk() const { return stands_for_names() || named.size() > 1; }
  [[nodiscard]] bool has_settings() const { return settings.canary || settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change);

}  // namespace zonectl::bulk_undo
