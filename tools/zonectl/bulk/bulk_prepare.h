// zonectl prepare for many institutions: --all, --file LIST, --resume, --give-up N.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "zonestore/dkim/selector.h"

namespace zonectl::bulk_prepare {

struct Options {
  bool all = false;
  bool resume = false;
  std::optional<std::string> file;
  std::optional<std::uint32_t> give_up;
  BulkSettings settings;

  [[nodiscard]] int ways() const { return int{all} + int{resume} + int{file.has_value()}; }
  [[nodiscard]] bool is_bulk() const { return ways() > 0 || give_up; }
  [[nodiscard]] bool has_settings() const { return settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
// `slot` nullopt: of each the one that needs a key.
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options,
                                              std::optional<zonestore::dkim::SlotId> slot,
                                              const ChangeOptions& change);

}  // namespace zonectl::bulk_prepare
