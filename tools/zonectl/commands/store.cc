// zonectl store recover: after a writer was killed. store verify: is it whole? store accept-clock: an operator's word
// for the wall clock.
#include "zonestore/operations/change/store.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/json_status.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/change/clock.h"
#include "zonestore/operations/change/store_files.h"

namespace zonectl::store {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;
using zonestore::to_rfc3339;

struct Options {
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.dry_run(options.change);
}

// In a dry run reading finds out: without the right to roll back it says that there is something to roll back.
Result<bool> is_needed(const Session& session) {
  const Result<Store> store = session.open_unrecovered();
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
  } else if (const Result<void> recovered = session.recover(); !recovered) {
    return tl::unexpected(recovered.error());
  }
  const auto modes = zonestore::mend_modes(session.store_dir(), options.change.dry_run);
  if (!modes) {
    return tl::unexpected(modes.error());
  }
  if (session.json()) {
    Json json{{"dry_run", options.change.dry_run}, {"store", session.store_dir().string()}};
    json["modes_mended"] = modes->mended;
    json["modes_to_mend"] = modes->advice;
    if (options.change.dry_run) {
      json["needed"] = needed;
    }
    print(session.out(), json);
    return ExitCode::kDone;
  }
  zonestore::Changed outcome;
  outcome.dry_run = options.change.dry_run;
  session.out() << words(options.change.dry_run, needed) << '\n';
  for (const std::string& line : modes->mended) {
    session.out() << printable(line) << '\n';
  }
  outcome.warnings = modes->advice;
  write_end(session.out(), session.terminal(), outcome);
  return ExitCode::kDone;
}

struct ClockOptions {
  ChangeOptions change;
  std::optional<std::string> reason;
};

void clock_arguments(Arguments& arguments, ClockOptions& options) {
  arguments.one("--reason", "TEXT", options.reason, Need::kRequired, &parse_line, "how you know: kept in the log");
  arguments.dry_run(options.change);
}

Json to_json(const zonestore::ClockAccepted& accepted) {
  Json json = changed_json(accepted);
  json["wall"] = to_rfc3339(accepted.wall);
  json["expected_before"] = json_or_null(accepted.before, zonestore::to_rfc3339);
  return json;
}

void write(const Session& session, const zonestore::ClockAccepted& accepted) {
  std::ostream& out = session.out();
  out << "the wall clock " << verb(accepted, "counts", "would count")
      << " as right: " << session.times().text(accepted.wall);
  if (accepted.before) {
    out << "; it should have said " << session.times().text(*accepted.before) << ", as far as was known";
  }
  out << ". No wait becomes shorter.\n";
  write_end(out, session.terminal(), accepted);
}

Result<ExitCode> accept_clock(Session& session, const ClockOptions& options) {
  const auto operation = [&](Store& store, zonestore::ChangeContext context) {
    context.reason = options.reason;
    return zonestore::accept_clock(store, context);
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

struct VerifyOptions {};

void verify_arguments(Arguments&, VerifyOptions&) {}

void write(const Session& session, const std::vector<zonestore::Verified>& verified) {
  std::ostream& out = session.out();
  for (const zonestore::Verified& each : verified) {
    std::string label = each.what;
    label.resize(7, ' ');
    out << label;
    if (!each.not_looked.empty()) {
      out << session.terminal().styled(Style::kCaution, "not looked at") << ": " << printable(each.not_looked)
          << '\n';
      continue;
    }
    out << (each.fault_count == 0 ? session.terminal().styled(Style::kGood, "whole")
                                  : session.terminal().styled(Style::kBad, "NOT WHOLE"))
        << (each.told.empty() ? "" : "  (" + each.told + ")") << '\n';
    for (const std::string& fault : each.faults) {
      out << "  " << printable(fault) << '\n';
    }
    if (each.fault_count > each.faults.size()) {
      out << "  and " << each.fault_count - each.faults.size() << " more\n";
    }
  }
}

// Who may only read the store can still look.
struct ToVerify {
  Store store;
  bool keeps = true;
};
Result<ToVerify> open_to_verify(const Session& session) {
  Result<Store> store = session.open_to_write();
  if (store) {
    return ToVerify{*std::move(store)};
  }
  if (store.error().code != ErrorCode::kPermission && store.error().code != ErrorCode::kReadOnly) {
    return tl::unexpected(store.error());
  }
  store = session.open_to_read();
  return std::move(store).map([](Store&& opened) { return ToVerify{std::move(opened), false}; });
}

Result<ExitCode> verify(Session& session, const VerifyOptions&) {
  Result<ToVerify> opened = open_to_verify(session);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  const auto verified = verify_store(opened->store);
  if (!verified) {
    return tl::unexpected(verified.error());
  }
  const bool kept = opened->keeps && keep_verified(opened->store, *verified, "store verify").has_value();
  std::uint64_t faults = 0;
  Json looks = Json::array();
  for (const zonestore::Verified& each : *verified) {
    faults += each.fault_count;
    looks.push_back(zonectl::to_json(each));
  }
  if (session.json()) {
    print(session.out(), Json{{"good", faults == 0}, {"looks", std::move(looks)}, {"kept", kept}});
  } else {
    write(session, *verified);
    if (!kept) {
      session.err() << "what was found is not kept for status: the store could not be written\n";
    }
  }
  return faults == 0 ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace

void define(CommandLine& line) {
  CommandLine store = line.noun("store", "the store's files and its clock: recover, verify, accept-clock");
  store.command<Options>(
      {"recover", "roll back what a killed writer left half-way; close to strangers what an older version left open",
       "zonectl store recover", exits_of_change()},
      arguments, body);
  store.command<VerifyOptions>(
      {"verify",
       "look whether the store is whole: its file, what is published (as dnsd checks it), private keys, the log",
       "zonectl store verify",
       exits_of_reading({{ExitCode::kDone, "all that could be looked at is whole"},
                         {ExitCode::kFailed, "something is not whole; or the command failed"}}),
       For::kOperators},
      verify_arguments, verify);
  store.command<ClockOptions>(
      {"accept-clock", "say that the wall clock is right now, as far as you know; no wait becomes shorter by it",
       "zonectl store accept-clock --reason \"compared with the radio clock\"", exits_of_change()},
      clock_arguments, accept_clock);
}

}  // namespace zonectl::store
