// How bulk commands begin: --resume, --give-up N, and a new run, of those that a file names.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/report.h"
#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/operations/views/views.h"

namespace zonectl {

struct BulkWays {
  std::string command;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  bool begins = false;  // a way to begin a new run was named; else --give-up is all that was asked for
};
struct BulkSteps {
  // Goes on with the interrupted run of the command.
  std::function<zonestore::Result<ExitCode>(const ResumedRun&)> resume;
  std::function<zonestore::Result<ExitCode>()> begin;
  // In the place of kNotFound, where there is no such run.
  std::function<zonestore::Result<ExitCode>()> nothing_to_resume{};
};
[[nodiscard]] zonestore::Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store,
                                                    const ChangeOptions& change, const BulkWays& ways,
                                                    const BulkSteps& steps);

// Of many, the first word is the slot: `revoke --all sel1`. None: nullopt. Errors: kInvalid.
[[nodiscard]] zonestore::Result<std::optional<zonestore::dkim::SlotId>> slot_of_many(
    const std::optional<std::string>& word);

// The institutions that a list names, one code a line, each once, in its order.
struct NamedInstitutions {
  std::vector<zonestore::BulkPlan::Item> items;
  std::vector<FileFault> faults;  // all of them: no code, named twice, no such institution, what `accept` says
};
using AcceptNamed = std::function<zonestore::Result<void>(const zonestore::InstitutionView&)>;
[[nodiscard]] NamedInstitutions named_institutions(zonestore::Store& store, const std::string& text,
                                                   const AcceptNamed& accept = {});

[[nodiscard]] std::vector<zonestore::BulkPlan::Item> items_of(const std::vector<zonestore::dkim::Code>& codes);

}  // namespace zonectl
