#include "tools/zonectl/bulk/bulk_add.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tools/zonectl/bulk/institution_file.h"
#include "tools/zonectl/bulk/opening.h"
#include "zonestore/operations/keys/key_stock.h"

namespace zonectl::bulk_add {

using zonestore::AddOptions;
using zonestore::BulkItem;
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

Result<ExitCode> work_through(const Session& session, Store& store, const BegunRun& begun, Interruption& interruption,
                              const BulkAddition& more) {
  const BulkWork work{"add", "adding",
                      [&store](const ChangeContext& own, const BulkItem& item) { return add_one(store, own, item); }};
  std::optional<zonestore::KeyStock> stock;
  if (!begun.context.dry_run) {
    stock.emplace(store, wanted_keys(begun.run), begun.context);
  }
  ChangeContext own = begun.context;
  own.signers_later = true;  // once for all, below
  BulkReport report = run_bulk(session, store, own, begun.run, begun.settings, work, interruption);
  stock.reset();
  follow_new_ones(store, begun.context, report);
  return end_run(session, store, begun.context, report, words(), more);
}

// The whole file against itself and against the store.
Result<BulkList> list_in(const Session& session, Store& store, const ChangeContext& context, const Options& options,
                         std::vector<FileFault>& left_out) {
  return read_list_text(session, *options.file).map([&](const std::string& text) {
    InstitutionFile file = parse_institution_file(text);
    BulkList list{{}, std::move(file.faults)};
    for (const InstitutionLine& each : file.institutions) {
      if (const auto checked = check_add_institution(store, context, each.code, each.options); !checked) {
        list.faults.push_back({each.line, checked.error()});
      }
    }
    for (const InstitutionLine& each : file.institutions) {
      const bool has_fault = std::any_of(list.faults.begin(), list.faults.end(),
                                         [&](const FileFault& fault) { return fault.line == each.line; });
      if (!has_fault) {
        list.items.push_back({each.code, to_json_text(each.options)});
      }
    }
    if (options.skip_bad && !list.items.empty()) {
      left_out = std::exchange(list.faults, {});
      for (const zonestore::Error& error : by_reason(*options.file, left_out)) {
        session.report(error);
      }
    }
    return list;
  });
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.list_file("--file", "FILE.csv", options.file,
                      "many institutions: CSV, as spreadsheets write it, with a header of code, domains (by spaces), "
                      "key");
  arguments.operators().flag("--skip-bad", options.skip_bad,
                             "of the file: name the lines that have a fault, leave them out, and add the rest (exit "
                             "code 4)");
  arguments.operators().flag("--resume", options.resume, "go on with the last --file that was interrupted");
  arguments.operators().one("--give-up", "N", options.give_up, Need::kOptional, &parse_count,
                            "end the interrupted run N as it is; with --file, before a new one begins");
  declare(arguments, options.settings, false);
}

Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change) {
  if (options.skip_bad && !options.file) {
    return zonestore::fail(ErrorCode::kInvalid, "--skip-bad is of a file", "zonectl add --file FILE.csv --skip-bad");
  }
  if (options.resume && (options.file || options.give_up || options.settings.rate || options.settings.halt_on ||
                         change.override_guard)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the file that the run was begun with",
                           "zonectl add --resume");
  }
  const BulkWays ways{"add",        options.resume,  options.give_up, options.file.has_value(),
                      options.file, options.settings};
  std::vector<FileFault> left_out;
  return session.change(change, [&](Store& store, const ChangeContext& context) {
    return open_bulk(session, store, change, ways,
                     {.list = [&] { return list_in(session, store, context, options, left_out); },
                      .work =
                          [&](const BegunRun& begun, Interruption& interruption) {
                            const auto done = work_through(session, store, begun, interruption,
                                                           left_out_of(options.file.value_or(""), left_out));
                            return done && *done == ExitCode::kDone && !left_out.empty() ? ExitCode::kPartlyDone
                                                                                         : done;
                          }});
  });
}

}  // namespace zonectl::bulk_add
