#include "tools/zonectl/session/session.h"

#include "tools/zonectl/session/become_owner.h"
#include "tools/zonectl/session/report.h"
#include "tools/zonectl/text/spool.h"
#include "zonestore/operations/backup/schema_backup.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

namespace {

constexpr std::string_view kDefaultStore = "/var/lib/zonestore";

}  // namespace

Session::Session(const GlobalOptions& options, Streams& streams, const Environment& environment,
                 const zonestore::Clock& clock)
    : options_(options),
      streams_(streams),
      environment_(environment),
      clock_(clock),
      key_sources_(environment.key_sources) {
  if (streams_.out_terminal.interactive && !options_.json) {
    out_.emplace(streams_.out, streams_.out_terminal.width);
  }
  if (streams_.err_terminal.interactive) {
    err_.emplace(streams_.err, streams_.err_terminal.width);
  }
  if (!key_sources_.key_file && store_dir() == kDefaultStore) {
    key_sources_.key_file = environment.installed_key;
  }
}

std::filesystem::path Session::store_dir() const {
  if (options_.store) {
    return *options_.store;
  }
  if (environment_.zonestore && !environment_.zonestore->empty()) {
    return *environment_.zonestore;
  }
  return kDefaultStore;
}

Result<void> Session::become_owner() {
  if (!environment_.become_owner) {
    return {};
  }
  return noted<void>(environment_.become_owner(store_dir()).map([this](const std::optional<std::string>& became) {
    became_ = became;
  }));
}

Result<Store> Session::open(Store::Access access) const {
  return noted(Store::open(store_dir(), access, clock_, key_sources()).map([this](Store&& opened) {
    opened.run_commands_as(became_ ? zonestore::signer::RunsAs::of_process() : environment_.runs_as);
    return std::move(opened);
  }));
}

Result<Store> Session::open_recovered(Store::Access access) const {
  Result<Store> store = open(access);
  if (store || store.error().code != ErrorCode::kHotJournal) {
    return store;
  }
  if (const Result<void> recovered = recover(); !recovered) {
    return tl::unexpected(recovered.error());
  }
  return open(access);
}

void Session::run_nothing() const {
  if (became_) {
    gain_no_rights();
  }
}

Result<Store> Session::open_to_read() const {
  run_nothing();
  return open_recovered(Store::Access::kRead);
}

Result<Store> Session::open_to_peek() const {
  return open_recovered(Store::Access::kRead);
}

Result<Store> Session::open_to_find() const {
  return open_recovered(Store::Access::kDryRun);
}

Result<Store> Session::open_to_change(const ChangeOptions& options) const {
  if (!options.dry_run) {
    return open_to_write();
  }
  run_nothing();
  Result<Store> store = open_recovered(Store::Access::kDryRun);
  if (store && store->older_schema()) {
    err() << "zone.db has the older schema version " << *store->older_schema()
          << ": the next change will bring it up; this dry run goes by it as it will be then\n";
  }
  return store;
}

// Whatever first needs a newer schema keeps what was there, so that older programs can have it back.
Result<void> Session::keep_older_schema() const {
  auto kept = zonestore::back_up_older_schema(store_dir(), clock_, key_sources());
  if (!kept && kept.error().code == ErrorCode::kHotJournal && recover()) {
    kept = zonestore::back_up_older_schema(store_dir(), clock_, key_sources());
  }
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  if (*kept) {
    const zonestore::SchemaBackup& backup = **kept;
    err() << "zone.db is brought from schema " << backup.schema << " to " << backup.newest
          << "; as it was, it is kept in " << backup.directory.string() << '\n'
          << "  the way back, for as long as nothing is changed: the older packages, then zonectl restore "
          << backup.directory.string() << '\n';
    if (!backup.trouble.empty()) {
      err() << "  it carries no seal: " << backup.trouble << '\n';
    }
  }
  return {};
}

Result<Store> Session::open_to_write() const {
  if (const Result<void> kept = noted(keep_older_schema()); !kept) {
    return tl::unexpected(kept.error());
  }
  return open(Store::Access::kWrite);
}

Result<Store> Session::open_unrecovered() const {
  run_nothing();
  return open(Store::Access::kDryRun);
}

Result<void> Session::recover() const {
  return noted(Store::recover(store_dir()));
}

zonestore::ChangeContext Session::context(const ChangeOptions& options) const {
  zonestore::ChangeContext context;
  context.actor.login = environment_.login;
  context.actor.name = options_.actor.value_or(context.actor.login);
  context.dry_run = options.dry_run;
  context.reason = options.reason;
  context.expect = options.expect;
  if (options.override_guard) {
    context.override_guard = zonestore::Override{*options.override_guard, options.reason.value_or("")};
  }
  return context;
}

Times Session::times() const {
  return Times(clock_.now().wall, terminal().interactive);
}

namespace {

Result<ExitCode> print_to(std::ostream& out, const std::function<Result<void>(std::ostream&)>& write) {
  Result<Spool> spool = Spool::open();
  if (!spool) {
    return tl::unexpected(spool.error());
  }
  if (const Result<void> written = write(spool->stream()); !written) {
    return tl::unexpected(written.error());
  }
  return spool->pour(out).map([] { return ExitCode::kDone; });
}

}  // namespace

Result<ExitCode> Session::print_whole(const std::function<Result<void>(std::ostream&)>& write) const {
  return print_to(out(), write);
}

Result<ExitCode> Session::print_whole_lines(const std::function<Result<void>(std::ostream&)>& write) const {
  return print_to(whole_lines(), write);
}

bool Session::confirms(const std::string& question) const {
  words_of_errors() << question << " [y/N] " << std::flush;
  std::string answer;
  return static_cast<bool>(std::getline(*streams_.in, answer)) && (answer == "y" || answer == "yes");
}

void Session::report(const zonestore::Error& error) const {
  zonestore::Error told = error;
  if (became_ && error.code == ErrorCode::kPermission) {
    told.hint +=
        (told.hint.empty() ? "" : "; ") + std::string("root works on this store as ") + *became_ + ", who owns it";
  }
  zonectl::report(words_of_errors(), streams_.err_terminal, times(), told);
}

ExitCode Session::exit_code_of(const zonestore::Error& error) const {
  const bool is_of_the_store = error.code != ErrorCode::kBusy && error.code != ErrorCode::kInvalid;
  return is_shut_ && is_of_the_store ? ExitCode::kNoStore : zonectl::exit_code_of(error.code);
}

}  // namespace zonectl
