#include "tools/zonectl/bulk/bulk_rotate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tools/zonectl/bulk/opening.h"
#include "tools/zonectl/look/rotation_looks.h"
#include "zonestore/operations/rotation/policy_rotations.h"
#include "zonestore/operations/rotation/rotation.h"

namespace zonectl::bulk_rotate {

using zonestore::BulkItem;
using zonestore::BulkRun;
using zonestore::ChangeContext;
using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

namespace {

BulkWords words() {
  return {"rotated", "would be rotated"};
}

// Looks at institutions of a run before their turn comes, so that many looks are under way at once.
class LooksAhead {
 public:
  // With a rate they come one by one: a look is taken at its turn.
  LooksAhead(Store& store, look::Lookout* lookout, const BulkRun& run, const BulkSettings& settings)
      : looks_(lookout, store),
        run_(run),
        wish_{settings.override_guard, settings.expect},
        ahead_(settings.rate ? 0 : 32) {}

  std::optional<zonestore::Look> take(const BulkItem& item) {
    while (at_ < run_.items.size() && !(run_.items[at_].code.text() == item.code.text())) {
      ++at_;
    }
    for (begun_ = std::max(begun_, at_); begun_ < run_.items.size() && begun_ <= at_ + ahead_; ++begun_) {
      const BulkItem& next = run_.items[begun_];
      if (next.state != zonestore::BulkState::kDone && next.state != zonestore::BulkState::kRefused) {
        looks_.begin(next.code, wish_);
      }
    }
    return looks_.take(item.code, wish_);
  }
  // Of one that was refused: kept with those of others.
  void keep(const BulkItem& item, zonestore::Look look) { note(looks_.keep_later(item.code, std::move(look))); }
  // What is to be told in the end.
  std::vector<std::string> finish() {
    note(looks_.keep_now());
    if (!looks_.trouble().empty()) {
      warnings_.push_back(looks_.trouble());
    }
    return std::move(warnings_);
  }

 private:
  void note(const Result<void>& kept) {
    if (!kept && warnings_.empty()) {
      warnings_.push_back("not all that was seen is kept: " + kept.error().message);
    }
  }

  look::RotationLooks looks_;
  const BulkRun& run_;
  zonestore::RotationWish wish_;
  std::size_t ahead_;
  std::size_t at_ = 0;
  std::size_t begun_ = 0;
  std::vector<std::string> warnings_;
};

// Rotates, and proves that signing arrived where it was sent.
class RotateWork {
 public:
  RotateWork(Store& store, ChangeContext context, LooksAhead& looks)
      : store_(store), context_(std::move(context)), looks_(looks) {}

  BulkWork work() {
    return {"rotate",
            "rotating",
            [this](const ChangeContext& context, const BulkItem& item) { return change(context, item); },
            {},
            {},
            [this](const Batch& batch, std::vector<std::string>& warnings) { return settle(batch, warnings); }};
  }

 private:
  Result<zonestore::Changed> change(const ChangeContext& context, const BulkItem& item) {
    ChangeContext own = context;
    own.signers_later = true;  // once for a batch, below
    zonestore::SwapOptions options;
    options.look = looks_.take(item);
    options.keeps_refused_look = false;
    const auto swapped = zonestore::rotate(store_, own, item.code, options);
    if (!swapped) {
      if (swapped.error().refusal && options.look) {
        looks_.keep(item, *std::move(options.look));
      }
      return tl::unexpected(swapped.error());
    }
    made_.insert_or_assign(item.code.text(), Made{swapped->to, swapped->move});
    return zonestore::Changed(*swapped);
  }

  using Batch = std::vector<const BulkItem*>;
  std::vector<std::optional<BulkWork::Fault>> settle(const Batch& batch, std::vector<std::string>& warnings) {
    std::vector<zonestore::RotationMade> made;
    for (const BulkItem* item : batch) {
      made.push_back({item->code, made_.at(item->code.text()).move});
    }
    std::vector<std::optional<BulkWork::Fault>> faults;
    for (const zonestore::Settled& settled : settle_rotations(store_, context_, made)) {
      const BulkItem& item = *batch[faults.size()];
      for (const std::string& warning : settled.warnings) {
        warnings.push_back(item.code.text() + ": " + warning);
      }
      if (!settled.unknown.empty() && faults.empty()) {
        warnings.push_back("whether the signers follow is not known (" + settled.unknown +
                           "): maintain makes them, or now: zonectl maintain");
      }
      faults.push_back(fault_of(item, settled));
    }
    return faults;
  }

  std::optional<BulkWork::Fault> fault_of(const BulkItem& item, const zonestore::Settled& settled) {
    const bool undone = !settled.undone_for.empty();
    if (undone || !settled.unfollowed.empty()) {
      const std::string& first = undone ? settled.undone_for.front() : settled.unfollowed.front();
      return BulkWork::Fault{zonestore::refuse(zonestore::Guard::kSignerStale,
                                               "it failed its proof: signers had not followed: " + first +
                                                   (undone ? "; undone: signing is back on " +
                                                                 to_text(other(made_.at(item.code.text()).to))
                                                           : "; it stands, since it could not be undone"),
                                               "zonectl signer list")
                                 .value(),
                             undone};
    }
    const Result<void> proven = prove_signing_key(store_, item.code, made_.at(item.code.text()).to);
    if (proven) {
      return std::nullopt;
    }
    ChangeContext context = context_;
    context.override_guard.reset();
    context.expect.reset();  // of what was there before the rotation
    zonestore::SwapOptions options;
    options.undoes.number = made_.at(item.code.text()).move;  // not what somebody did meanwhile
    const auto back = zonestore::undo(store_, context, item.code, options);
    Error error = proven.error();
    error.message = "it failed its proof: " + error.message +
                    (back ? "; undone: signing is back on " + to_text(back->to)
                          : "; and the undo failed: " + back.error().message);
    return BulkWork::Fault{std::move(error), back.has_value()};
  }

  Store& store_;
  ChangeContext context_;
  LooksAhead& looks_;
  struct Made {
    zonestore::dkim::SlotId to = zonestore::dkim::SlotId::kSel1;
    std::int64_t move = 0;
  };
  std::map<std::string, Made> made_;  // by code
};

Result<ExitCode> work_through(const Session& session, Store& store, const BegunRun& begun, look::Lookout* lookout,
                              Interruption& interruption) {
  LooksAhead looks(store, lookout, begun.run, begun.settings);
  RotateWork rotations(store, begun.context, looks);
  BulkReport report =
      run_bulk(session, store, begun.context, begun.run, begun.settings, rotations.work(), interruption);
  for (std::string& warning : looks.finish()) {
    report.warnings.push_back(std::move(warning));
  }
  return end_run(session, store, begun.context, report, words());
}

// How a run looks belongs to what it keeps.
constexpr const char* kNoLook = "no_look";
constexpr const char* kServers = "servers";
constexpr const char* kResolvers = "resolvers";

void keep(const look::Looking& looking, RunArguments& kept) {
  kept.set_flag(kNoLook, looking.no_look);
  if (!looking.flags.servers.empty()) {
    kept.set(kServers, probe::texts_of(looking.flags.servers));
  }
  if (!looking.flags.resolvers.empty()) {
    kept.set(kResolvers, probe::texts_of(looking.flags.resolvers));
  }
}

// What is named anew is asked in the place of what the run has kept.
void take_kept(const std::vector<std::string>& kept, std::vector<probe::Address>& addresses) {
  if (!addresses.empty()) {
    return;
  }
  for (const std::string& text : kept) {
    if (const auto address = probe::Address::parse(text)) {
      addresses.push_back(*address);
    }
  }
}

// The child that looks is made before the store is opened for the run, so what the run has kept is read on its own.
// What hinders that will hinder the run, which tells it.
look::Looking looking_of_resumed(const Session& session, look::Looking looking) {
  const auto run =
      session.open_to_peek().and_then([](Store&& store) { return interrupted_bulk_run(store, "rotate"); });
  const auto kept = run && *run ? RunArguments::parse((*run)->arguments_json) : Result<RunArguments>{};
  if (kept) {
    looking.no_look = looking.no_look || kept->flag(kNoLook);
    take_kept(kept->texts(kServers), looking.flags.servers);
    take_kept(kept->texts(kResolvers), looking.flags.resolvers);
  }
  return looking;
}

Result<void> check(const Options& options, const ChangeOptions& change) {
  if (options.ways() > 1) {
    return zonestore::fail(ErrorCode::kInvalid, "--all, --due, --file and --resume exclude each other",
                           "give one of them");
  }
  if (options.resume && (options.has_settings() || options.give_up || change.override_guard || change.expect)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl rotate --resume");
  }
  return {};
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().flag("--all", options.all, "every institution that signs");
  arguments.operators().flag("--due", options.due, "those that the rotation policy says are due now");
  arguments.list_file("--file", "LIST", options.file, "those named in this file, one a line; # begins a comment");
  arguments.operators().flag("--resume", options.resume, "go on with the last run of many that was interrupted");
  arguments.operators().one(
      "--give-up", "N", options.give_up, Need::kOptional, &parse_count,
      "end the interrupted run N as it is; with --all, --due, --file or several INST, before a new one begins");
  declare(arguments, options.settings, true);
}

Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change,
                     const look::Looking& looking) {
  if (const auto checked = check(options, change); !checked) {
    return tl::unexpected(checked.error());
  }
  // A dry run does not look, so it does not ask either how the run would.
  const bool resumes = options.resume && !change.dry_run;
  const look::Looking looks = resumes ? looking_of_resumed(session, looking) : looking;
  const std::unique_ptr<look::Lookout> lookout = look::lookout_of(session, looks, change.dry_run);
  const BulkWays ways{"rotate",     options.resume,  options.give_up, options.ways() > 0 || !options.named.empty(),
                      options.file, options.settings};
  return session.change(change, [&](Store& store, const ChangeContext& /*context*/) {
    const auto find = [&] { return options.due ? due_rotations(store) : signing_institutions(store); };
    return open_bulk(session, store, change, ways,
                     {.list = [&] { return named_or_found(session, store, options.named, options.file, find); },
                      .work =
                          [&](const BegunRun& begun, Interruption& interruption) {
                            return work_through(session, store, begun, lookout.get(), interruption);
                          },
                      .keep = [&](RunArguments& kept) { keep(looks, kept); }});
  });
}

}  // namespace zonectl::bulk_rotate
