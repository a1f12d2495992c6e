// The same change of several institutions that were named, each a transaction of its own, where doing it again does
// no harm: freeze, thaw, remove. It is told as a run of many is, with its totals and exit codes, but kept nowhere:
// who stopped it gives the command anew.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/report.h"

namespace zonectl {

struct EachChange {
  std::string command;  // "freeze"
  std::string doing;    // "freezing", for the progress
  BulkWords words;
  std::vector<std::string> lines;  // told beneath the totals
  std::function<zonestore::Result<zonestore::Changed>(zonestore::Store&, const zonestore::ChangeContext&,
                                                      const zonestore::dkim::Code&)>
      change;
};

// Errors: kNotFound if one of them is not there, before any is touched; those of opening the store.
[[nodiscard]] zonestore::Result<ExitCode> change_each(Session& session, const ChangeOptions& options,
                                                      const std::vector<zonestore::dkim::Code>& codes,
                                                      const EachChange& each);

}  // namespace zonectl
