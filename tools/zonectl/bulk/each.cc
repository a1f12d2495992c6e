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

Result<ExitCode> change_each(Session& session, const ChangeOptions& options,
                             const std::vector<zonestore::dkim::Code>& codes, const EachChange& each) {
  return session.change(options, [&](Store& store, const ChangeContext& context) -> Result<ExitCode> {
    const auto list = list_of_known(store, codes);
    if (!list) {
      return tl::unexpected(list.error());
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
