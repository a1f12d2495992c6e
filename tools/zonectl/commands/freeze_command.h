// What freeze and thaw have in common: institutions, or --all for the whole store.
#pragma once

#include "tools/zonectl/bulk/each.h"
#include "tools/zonectl/session/command_line.h"
#include "zonestore/operations/policy/freeze.h"

namespace zonectl {

struct FreezeCommandOptions {
  NamedOrListed whom;
  bool all = false;
  ChangeOptions change;
};

void freeze_scope_arguments(Arguments& arguments, FreezeCommandOptions& options);

struct FreezeVerb {
  std::string command;  // "freeze"
  std::string doing;    // "freezing"
  BulkWords words;
  std::vector<std::string> lines;
  // Of one institution; of nullopt: the whole store.
  std::function<zonestore::Result<zonestore::FreezeChanged>(zonestore::Store&, const zonestore::ChangeContext&,
                                                            const std::optional<zonestore::dkim::Code>&)>
      change;
};
[[nodiscard]] zonestore::Result<ExitCode> run_freeze(Session& session, const FreezeCommandOptions& options,
                                                     const FreezeVerb& verb);

}  // namespace zonectl
