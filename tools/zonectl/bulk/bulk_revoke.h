// zonectl revoke for many institutions: --all SLOT, --file LIST SLOT, --signer NAME, --resume, --give-up N.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "zonestore/dkim/selector.h"

namespace zonectl::bulk_revoke {

struct Options {
  bool all = false;
  bool resume = false;
  bool yes = false;
  std::optional<std::string> file;
  std::optional<std::string> signer;
  std::optional<std::uint32_t> give_up;
  BulkSettings settings;

  [[nodiscard]] int ways() const { return int{all} + int{resume} + int{file.has_value()} + int{signer.has_value()}; }
  [[nodiscard]] bool is_bulk() const { return ways() > 0 || give_up; }
  [[nodiscard]] bool has_settings() const { return settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
// `slot`: of --all and --file.
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options,
                                              std::optional<zonestore::dkim::SlotId> slot, bool stop_signing,
                                              const ChangeOptions& change);

}  // namespace zonectl::bulk_revoke
