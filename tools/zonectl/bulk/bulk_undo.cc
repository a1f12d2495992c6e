#include "tools/zonectl/bulk/bulk_undo.h"

#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "tools/zonectl/bulk/opening.h"
#include "zonestore/operations/rotation/rotation.h"

namespace zonectl::bulk_undo {

using zonestore::BulkItem;
using zonestore::BulkPlan;
using zonestore::BulkRun;
using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

namespace {

constexpr const char* kOfRun = "of_run";  // the rotations' run, in the arguments that the run of undos keeps

BulkWords words() {
  return {"taken back", "would be taken back"};
}

std::string arguments_of(const BulkSettings& settings, std::uint32_t of_run) {
  nlohmann::json json = nlohmann::json::parse(to_json_text(settings));
  json[kOfRun] = of_run;
  return json.dump();
}

Result<std::int64_t> run_to_undo(const BulkRun& run) {
  const nlohmann::json json = nlohmann::json::parse(run.arguments_json, nullptr, false);
  if (!json.is_object() || !json.contains(kOfRun) || !json[kOfRun].is_number_integer()) {
    return zonestore::fail(ErrorCode::kInvalid, "the run's own arguments cannot be read");
  }
  return json[kOfRun].get<std::int64_t>();
}

// Moves signing back where its last move is that run's, and proves that it arrived.
class UndoWork {
 public:
  UndoWork(Store& store, ChangeContext context, std::int64_t of_run) : store_(store), context_(std::move(context)) {
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
    to_.insert_or_assign(item.code.text(), swapped->to);
    return zonestore::Changed(*swapped);
  }

  using Batch = std::vector<const BulkItem*>;
  std::vector<std::optional<BulkWork::Fault>> settle(const Batch& batch, std::vector<std::string>& warnings) {
    follow_at_once(store_, context_, warnings);
    std::vector<std::optional<BulkWork::Fault>> faults;
    for (const BulkItem* item : batch) {
      const Result<void> proven = prove_signing_key(store_, item->code, to_.at(item->code.text()));
      faults.push_back(proven ? std::nullopt : std::optional(BulkWork::Fault{proven.error(), false}));
    }
    return faults;
  }

  Store& store_;
  zonestore::SwapOptions options_;
  ChangeContext context_;
  std::map<std::string, zonestore::dkim::SlotId> to_;  // by code
};

Result<ExitCode> work_through(const Session& session, Store& store, const ChangeContext& context, const BulkRun& run,
                              const BulkSettings& settings, Interruption& interruption) {
  const auto of_run = run_to_undo(run);
  if (!of_run) {
    return tl::unexpected(of_run.error());
  }
  UndoWork undos(store, context, *of_run);
  const BulkReport report = run_bulk(session, store, context, run, settings, undos.work(), interruption);
  return end_run(session, store, context, report, words());
}

Result<ExitCode> begin(const Session& session, Store& store, const Options& options, const ChangeOptions& change,
                       Interruption& interruption) {
  const auto codes = rotations_of_run(store, *options.run);
  if (!codes) {
    return tl::unexpected(codes.error());
  }
  BulkSettings settings = options.settings;
  settings.reason = change.reason;
  const BulkPlan plan{"undo", arguments_of(settings, *options.run), items_of(*codes)};
  const ChangeContext context = session.context(change);
  const auto run = begin_run(store, context, plan);
  if (!run) {
    return tl::unexpected(run.error());
  }
  return work_through(session, store, context, *run, settings, interruption);
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().one("--run", "N", options.run, Need::kOptional, &parse_count,
                            "the rotations of bulk run N, each only if its last move of signing is that run's");
  arguments.operators().flag("--resume", options.resume, "go on with the last --run that was interrupted");
  arguments.operators().one("--give-up", "N", options.give_up, Need::kOptional, &parse_count,
                            "end the interrupted run N of undos as it is; with --run, before a new one begins");
  declare(arguments, options.settings, true);
}

Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change) {
  if (options.resume && (options.run || options.give_up || options.has_settings())) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl undo --resume");
  }
  Interruption interruption;
  Result<Store> store = session.open_to_change(change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  return open_bulk(session, *store, change, {"undo", options.resume, options.give_up, options.run.has_value()},
                   {[&](const ResumedRun& resumed) {
                      return work_through(session, *store, resumed.context, resumed.run, resumed.settings,
                                          interruption);
                    },
                    [&] { return begin(session, *store, options, change, interruption); }});
}

}  // namespace zonectl::bulk_undo
