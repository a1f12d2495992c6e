// The same change of several institutions that were named, each a transaction of its own, where doing it again does
// no harm: freeze, thaw, remove. It is told as a run of many is, with its totals and exit codes, but kept nowhere:
// who stopped it gives the command anew.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/report.h"
#include "tools/zonectl/session/arguments.h"

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

// Those that are named, by words of the command line or in a file.
struct NamedOrListed {
  std::vector<zonestore::dkim::Code> named;
  std::optional<std::string> file;

  [[nodiscard]] bool is_several() const { return file || named.size() > 1; }
  [[nodiscard]] bool is_nobody() const { return !file && named.empty(); }
};

// INST... and --file LIST; `is_left_out` (--all) stands for both.
void named_or_listed_arguments(Arguments& arguments, NamedOrListed& whom,
                               const std::function<bool()>& is_left_out = {});
// kInvalid for both at once.
[[nodiscard]] zonestore::Result<void> check_named_or_listed(const NamedOrListed& whom);

// Errors: kNotFound if one of the command line is not there, before any is touched; those of opening the store. What
// is wrong in the file is told, all of it, and nothing is done.
[[nodiscard]] zonestore::Result<ExitCode> change_each(Session& session, const ChangeOptions& options,
                                                      const NamedOrListed& whom, const EachChange& each);

}  // namespace zonectl
