// zonectl revoke for many institutions: --all SLOT, --file LIST SLOT, --signer NAME, --resume, --give-up N.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "zonestore/dkim/selector.h"

namespace zonectl {

struct BulkRevokeOptions {
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

void declare(Arguments& arguments, BulkRevokeOptions& options);
// `slot`: of --all and --file.
[[nodiscard]] zonestore::Result<ExitCode> run_bulk_revoke(Session& session, const BulkRevokeOptions& options,
                                                          std::optional<zonestore::dkim::SlotId> slot,
                                                          bool stop_signing, const ChangeOptions& change);

}  // namespace zonectl
