// What rotate and undo have in common.
#pragma once

#include <functional>

#include "tools/zonectl/session/command_line.h"
#include "zonestore/operations/rotation/rotation.h"

namespace zonectl {

struct SwapCommandOptions {
  zonestore::SwapOptions swap;
  ChangeOptions change;
};

using SwapOperation = std::function<zonestore::Result<zonestore::Swapped>(
    zonestore::Store&, const zonestore::ChangeContext&, const zonestore::dkim::Code&, const zonestore::SwapOptions&)>;

[[nodiscard]] zonestore::Result<ExitCode> run_swap(Session& session, const SwapCommandOptions& options,
                                                   const zonestore::dkim::Code& code, const SwapOperation& operation);

}  // namespace zonectl
