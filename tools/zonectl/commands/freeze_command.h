// What freeze and thaw have in common: an institution, or --all for the whole store.
#pragma once

#include "tools/zonectl/session/command_line.h"
#include "zonestore/operations/policy/freeze.h"

namespace zonectl {

struct FreezeCommandOptions {
  std::optional<zonestore::dkim::Code> code;
  bool all = false;
  std::optional<std::string> reason;  // of freeze
  ChangeOptions change;
};

void freeze_scope_arguments(Arguments& arguments, FreezeCommandOptions& options);

using FreezeOperation =
    std::function<zonestore::Result<zonestore::FreezeChanged>(zonestore::Store&, const zonestore::ChangeContext&)>;
[[nodiscard]] zonestore::Result<ExitCode> run_freeze(Session& session, const FreezeCommandOptions& options,
                                                     const FreezeOperation& operation);

}  // namespace zonectl
