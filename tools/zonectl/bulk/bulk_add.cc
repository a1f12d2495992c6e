#include "tools/zonectl/bulk/bulk_add.h"

#include <optional>
#include <utility>

#include "tools/zonectl/bulk/institution_file.h"
#include "tools/zonectl/bulk/opening.h"
#include "zonestore/operations/keys/key_stock.h"

namespace zonectl::bulk_add {

using zonestore::AddOptions;
using zonestore::BulkItem;
using zonestore::BulkPlan;
using zonestore::BulkRun;
using zonestore::BulkState;
using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

namespace {

BulkWords words() {
  return {"added", "would be added"};
}

// The keys that the rest of the run needs, in the order of its items.
std::vector<zonestore::crypto::Algorithm> wanted_keys(const BulkRun& run) {
  std::vector<zonestore::crypto::Algorithm> wanted;
  for (const BulkItem& item : run.items) {
    const auto options = parse_add_options(item.arguments_json);
    if (options && (item.state == BulkState::kWaiting || item.state == BulkState::kFailed)) {
      wanted.insert(wanted.end(), zonestore::dkim::kSlots.size(), options->algorithm);
    }
  }
  return wanted;
}

Result<zonestore::Changed> add_one(Store& store, const ChangeContext& context, const BulkItem& item) {
  const auto options = parse_add_options(item.arguments_json);
  if (!options) {
    return tl::unexpected(options.error());
  }
  if (context.dry_run) {  // thousands of keys, made to be thrown away, would tell no more
    zonestore::Changed would;
    would.dry_run = true;
    return check_add_institution(store, context, item.code, *options).map([&] { return would; });
  }
  return add_institution(store, context, item.code, *options).map([](const zonestore::InstitutionChanged& added) {
    return zonestore::Changed(added);
  });
}

Result<ExitCode> work_through(const Session& session, Store& store, const ChangeContext& context, const BulkRun& run,
                              const BulkSettings& settings, Interruption& interruption) {
  const BulkWork work{"add", "adding",
                      [&store](const ChangeContext& own, const BulkItem& item) { return add_one(store, own, item); }};
  std::optional<zonestore::KeyStock> stock;
  if (!context.dry_run) {
    stock.emplace(store, wanted_keys(run), context);
  }
  ChangeContext own = context;
  own.signers_later = true;  // once for all, below
  BulkReport report = run_bulk(session, store, own, run, settings, work, interruption);
  stock.reset();
  follow_new_ones(store, context, report);
  return end_run(session, store, context, report, words());
}

// The whole file against itself and against the store.
std::vector<FileFault> check(Store& store, const ChangeContext& context, InstitutionFile& file) {
  std::vector<FileFault> faults = std::move(file.faults);
  for (const InstitutionLine& each : file.institutions) {
    if (const auto checked = check_add_institution(store, context, each.code, each.options); !checked) {
      faults.push_back({each.line, checked.error()});
    }
  }
  return faults;
}

Result<ExitCode> begin(const Session& session, Store& store, const Options& options, const ChangeOptions& change,
                       Interruption& interruption) {
  const auto text = read_list_text(session, *options.file);
  if (!text) {
    return tl::unexpected(text.error());
  }
  const ChangeContext context = session.context(change);
  InstitutionFile file = parse_institution_file(*text);
  if (const auto faults = check(store, context, file); !faults.empty()) {
    return tell_faults(session, *options.file, faults);
  }
  BulkSettings settings = options.settings;
  settings.override_guard = change.override_guard;
  settings.reason = change.reason;
  BulkPlan plan{"add", to_json_text(settings), {}};
  for (const InstitutionLine& each : file.institutions) {
    plan.items.push_back({each.code, to_json_text(each.options)});
  }
  const auto run = begin_run(store, context, plan);
  if (!run) {
    return tl::unexpected(run.error());
  }
  return work_through(session, store, context, *run, settings, interruption);
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.list_file("--file", "FILE.csv", options.file,
                      "many institutions: CSV with a header of code, domains (by spaces), key");
  arguments.operators().flag("--resume", options.resume, "go on with the last --file that was interrupted");
  arguments.operators().one("--give-up", "N", options.give_up, Need::kOptional, &parse_count,
                            "end the interrupted run N as it is; with --file, before a new one begins");
  declare(arguments, options.settings, false);
}

Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change) {
  if (options.resume && (options.file || options.give_up || options.settings.rate || options.settings.halt_on ||
                         change.override_guard)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the file that the run was begun with",
                           "zonectl add --resume");
  }
  Interruption interruption;
  Result<Store> store = session.open_to_change(change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  return open_bulk(session, *store, change, {"add", options.resume, options.give_up, options.file.has_value()},
                   {[&](const ResumedRun& resumed) {
                      return work_through(session, *store, resumed.context, resumed.run, resumed.settings,
                                          interruption);
                    },
                    [&] { return begin(session, *store, options, change, interruption); }});
}

}  // namespace zonectl::bulk_add
