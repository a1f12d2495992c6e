// zonectl store recover: after a writer was killed.
#include "zonestore/operations/store.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"

namespace zonectl {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

struct Options {
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.dry_run(options.change);
}

// In a dry run reading finds out: without the right to roll back it says that there is something to roll back.
Result<bool> is_needed(const Session& session) {
  const Result<Store> store = Store::open(session.store_dir(), Store::Access::kDryRun, session.clock());
  if (!store && store.error().code != ErrorCode::kHotJournal) {
    return tl::unexpected(store.error());
  }
  return !store;
}

std::string_view words(bool dry_run, bool needed) {
  if (!dry_run) {
    return "the store is sound: what a killed writer may have left is rolled back";
  }
  return needed ? "a killed writer left a change half-way in zone.db: it would be rolled back"
                : "zone.db has nothing to roll back; the vault would be looked at";
}

Result<ExitCode> body(Session& session, const Options& options) {
  bool needed = false;
  if (options.change.dry_run) {
    const Result<bool> found = is_needed(session);
    if (!found) {
      return tl::unexpected(found.error());
    }
    needed = *found;
  } else if (const Result<void> recovered = Store::recover(session.store_dir()); !recovered) {
    return tl::unexpected(recovered.error());
  }
  if (session.json()) {
    Json json{{"dry_run", options.change.dry_run}, {"store", session.store_dir().string()}};
    if (options.change.dry_run) {
      json["needed"] = needed;
    }
    print(session.out(), json);
    return ExitCode::kDone;
  }
  zonestore::Changed outcome;
  outcome.dry_run = options.change.dry_run;
  session.out() << words(options.change.dry_run, needed) << '\n';
  write_end(session.out(), session.terminal(), outcome);
  return ExitCode::kDone;
}

}  // namespace

void define_store(CommandLine& line) {
  CommandLine store = line.noun("store", "the store's files: recover");
  store.command<Options>({"recover", "roll back what a killed writer left half-way, and do nothing else",
                          "zonectl store recover", exits_of_change()},
                         arguments, body);
}

}  // namespace zonectl
