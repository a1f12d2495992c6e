// How bulk commands begin: --resume, --give-up N, and a new run, of those that a file names.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/report.h"
#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl {

struct BulkWays {
  std::string command;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  bool begins = false;              // a way to begin a new run was named; else --give-up is all that was asked for
  std::optional<std::string> file;  // that the list of a new run stands in
  BulkSettings settings;            // of a new run; the guard and the reason come with the change's own options
};

using BulkItems = std::vector<zonestore::BulkPlan::Item>;
struct BulkList {
  BulkItems items;
  std::vector<FileFault> faults;  // of the file: if there are any nothing is begun
};

// The command's own part.
struct BulkSteps {
  // Whom a new run is about.
  std::function<zonestore::Result<BulkList>()> list;
  // Works through a run, a new one or one that goes on.
  std::function<zonestore::Result<ExitCode>(const BegunRun&, Interruption&)> work;
  // What the run keeps beside its settings.
  std::function<void(RunArguments&)> keep{};
  // Before a new run: asks a person, whose Ctrl-C ends the program here and interrupts the run from then on; and does
  // what must be done before anything else.
  std::function<zonestore::Result<void>(const BulkItems&)> ask{};
  std::function<zonestore::Result<void>(const zonestore::ChangeContext&)> do_first{};
  // In the place of kNotFound, where there is no run to go on with.
  std::function<zonestore::Result<ExitCode>(Interruption&)> nothing_to_resume{};
};

// Goes on with the interrupted run, gives one up, begins a new one: as the flags say.
[[nodiscard]] zonestore::Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store,
                                                    const ChangeOptions& change, const BulkWays& ways,
                                                    const BulkSteps& steps);

// The institutions that a list names, one a line, by its code or as zonestore/dkim/reference.h has it, each once, in
// its order. Faults: no name, named twice, no such institution, what `accept` says.
using AcceptNamed = std::function<zonestore::Result<void>(const zonestore::InstitutionView&)>;
[[nodiscard]] BulkList named_institutions(zonestore::Store& store, const std::string& text,
                                          const AcceptNamed& accept = {});
// Those of the command line, or of the file; where none is named, those that are found. Errors: of the command
// line's, kNotFound and what `accept` says.
[[nodiscard]] zonestore::Result<BulkList> named_or_found(
    const Session& session, zonestore::Store& store, const std::vector<zonestore::dkim::Code>& named,
    const std::optional<std::string>& file,
    const std::function<zonestore::Result<std::vector<zonestore::dkim::Code>>()>& find,
    const AcceptNamed& accept = {});
// All of them are there.
[[nodiscard]] zonestore::Result<BulkList> list_of_known(zonestore::Store& store,
                                                        const std::vector<zonestore::dkim::Code>& codes,
                                                        const AcceptNamed& accept = {});

[[nodiscard]] BulkList list_of(const std::vector<zonestore::dkim::Code>& codes);

}  // namespace zonectl
