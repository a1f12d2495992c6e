// zonectl revoke for many institutions: several that are named, --all SLOT, --file LIST SLOT, --signer NAME,
// --resume, --give-up N.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "zonestore/dkim/selector.h"

namespace zonectl::bulk_revoke {

struct Options {
  std::vector<zonestore::dkim::Code> named;  // INST...: one is none of many
  bool all = false;
  bool resume = false;
  std::optional<std::string> file;
  std::optional<std::string> signer;
  std::optional<std::uint32_t> give_up;
  BulkSettings settings;

  [[nodiscard]] int ways() const { return int{all} + int{resume} + int{file.has_value()} + int{signer.has_value()}; }
  [[nodiscard]] bool stands_for_names() const { return ways() > 0 || (give_up && named.empty()); }
  [[nodiscard]] bool is_bulk() const { return stands_for_names() || named.size() > 1; }
  [[nodiscard]] bool has_settings() const { return settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
// `slot`: of --all and --file.
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options,
                                              std::optional<zonestore::dkim::SlotId> slot, bool stop_signing,
                                              const ChangeOptions& change);

}  // namespace zonectl::bulk_revoke
