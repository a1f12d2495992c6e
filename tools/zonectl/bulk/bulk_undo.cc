#include "tools/zonectl/bulk/bulk_undo.h"

#include <map>
#include <optional>
#include <utility>

#include "tools/zonectl/bulk/opening.h"
#include "zonestore/operations/rotation/rotation.h"

namespace zonectl::bulk_undo {

using zonestore::BulkItem;
using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

namespace {

// The rotations' run, in the arguments that the run of undos keeps; of institutions that were named there is none.
constexpr const char* kOfRun = "of_run";

BulkWords words() {
  return {"taken back", "would be taken back"};
}

// Moves signing back, of a run's rotations where its last move is that run's, and proves that it arrived. A removal
// that is taken back may have nothing that signs.
class UndoWork {
 public:
  UndoWork(Store& store, ChangeContext context, std::optional<std::int64_t> of_run)
      : store_(store), context_(std::move(context)) {
    options_.undoes.run = of_run;
  }

  BulkWork work() {
    return {"undo",
            "taking back",
            [this](const ChangeContext& context, const BulkItem& item) { return change(context, item); },
            {},
            {},
            [this](const Batch& batch, std::vector<std::string>& warnings) { return settle(batch, warnings); }};
  }

 private:
  Result<zonestore::Changed> change(const ChangeContext& context, const BulkItem& item) {
    ChangeContext own = context;
    own.signers_later = true;  // once for a batch, below
    const auto swapped = zonestore::undo(store_, own, item.code, options_);
    if (!swapped) {
      return tl::unexpected(swapped.error());
    }
    to_.insert_or_assign(item.code.text(), swapped->returned ? swapped->returned->signs_with : swapped->to);
    return zonestore::Changed(*swapped);
  }

  using Batch = std::vector<const BulkItem*>;
  std::vector<std::optional<BulkWork::Fault>> settle(const Batch& batch, std::vector<std::string>& warnings) {
    follow_at_once(store_, context_, warnings);
    std::vector<std::optional<BulkWork::Fault>> faults;
    for (const BulkItem* item : batch) {
      const std::optional<zonestore::dkim::SlotId> to = to_.at(item->code.text());
      const Result<void> proven = to ? prove_signing_key(store_, item->code, *to) : Result<void>{};
      faults.push_back(proven ? std::nullopt : std::optional(BulkWork::Fault{proven.error(), false}));
    }
    return faults;
  }

  Store& store_;
  zonestore::SwapOptions options_;
  ChangeContext context_;
  std::map<std::string, std::optional<zonestore::dkim::SlotId>> to_;  // by code
};

Result<ExitCode> work_through(const Session& session, Store& store, const BegunRun& begun,
                              Interruption& interruption) {
  UndoWork undos(store, begun.context, begun.arguments.number(kOfRun));
  const BulkReport report =
      run_bulk(session, store, begun.context, begun.run, begun.settings, undos.work(), interruption);
  return end_run(session, store, begun.context, report, words());
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().one("--run", "N", options.run, Need::kOptional, &parse_count,
                            "the rotations of bulk run N, each only if its last move of signing is that run's");
  arguments.operators().flag("--resume", options.resume, "go on with the last run of many that was interrupted");
  arguments.operators().one(
      "--give-up", "N", options.give_up, Need::kOptional, &parse_count,
      "end the interrupted run N of undos as it is; with --run or several INST, before a new one begins");
  declare(arguments, options.settings, true);
}

Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change) {
  if (options.resume && (options.run || options.give_up || options.has_settings() || change.expect)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl undo --resume");
  }
  const BulkWays ways{"undo",       options.resume,  options.give_up, options.run || !options.named.empty(),
                      std::nullopt, options.settings};
  return session.change(change, [&](Store& store, const ChangeContext& /*context*/) {
    return open_bulk(
        session, store, change, ways,
        {.list =
             [&] {
               return options.run ? rotations_of_run(store, *options.run).map(list_of)
                                  : list_of_known(store, options.named);
             },
         .work = [&](const BegunRun& begun,
                     Interruption& interruption) { return work_through(session, store, begun, interruption); },
         .keep =
             [&](RunArguments& kept) {
               if (options.run) {
                 kept.set(kOfRun, std::int64_t{*options.run});
               }
             }});
  });
}

}  // namespace zonectl::bulk_undo
