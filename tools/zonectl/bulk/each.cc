#include "tools/zonectl/bulk/each.h"

#include "tools/zonectl/bulk/opening.h"

namespace zonectl {

using zonestore::BulkItem;
using zonestore::ChangeContext;
using zonestore::Result;
using zonestore::Store;

namespace {

zonestore::BulkRun run_of(const BulkItems& items) {
  zonestore::BulkRun run;
  for (const zonestore::BulkPlan::Item& item : items) {
    run.items.push_back({{}, item.code, item.arguments_json, zonestore::BulkState::kWaiting, ""});
  }
  return run;
}

}  // namespace

void named_or_listed_arguments(Arguments& arguments, NamedOrListed& whom, const std::function<bool()>& is_left_out) {
  arguments.operators().institutions(
      whom.named, [&whom, is_left_out] { return whom.file.has_value() || (is_left_out && is_left_out()); });
  arguments.list_file("--file", "LIST", whom.file, "those named in this file, one a line; # begins a comment");
}

Result<void> check_named_or_listed(const NamedOrListed& whom) {
  return whom.file && !whom.named.empty()
             ? zonestore::fail(zonestore::ErrorCode::kInvalid, "INST excludes --file", "name them here or there")
             : Result<void>{};
}

Result<ExitCode> change_each(Session& session, const ChangeOptions& options, const NamedOrListed& whom,
                             const EachChange& each) {
  return session.change(options, [&](Store& store, const ChangeContext& context) -> Result<ExitCode> {
    const auto nobody = [] { return Result<std::vector<zonestore::dkim::Code>>(); };
    const auto list = named_or_found(session, store, whom.named, whom.file, nobody);
    if (!list) {
      return tl::unexpected(list.error());
    }
    if (!list->faults.empty()) {
      return tell_faults(session, *whom.file, list->faults);
    }
    BulkWork work{each.command, each.doing,
                  [&](const ChangeContext& own, const BulkItem& item) { return each.change(store, own, item.code); }};
    Interruption interruption;
    const BulkReport report =
        run_bulk(session, store, context, run_of(list->items), BulkSettings{}, work, interruption);
    return tell_run(session, report, each.words, {each.lines});
  });
}

}  // namespace zonectl
