#include "tools/zonectl/bulk/bulk_prepare.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/bulk/opening.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonectl::bulk_prepare {

using zonestore::BulkItem;
using zonestore::BulkRun;
using zonestore::BulkState;
using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;
using zonestore::WallTime;
using zonestore::dkim::SlotId;

namespace {

constexpr const char* kSlot = "slot";  // in the arguments that the run keeps

Result<std::optional<SlotId>> slot_of(const RunArguments& arguments) {
  const std::optional<std::string> text = arguments.text(kSlot);
  if (!text) {
    return std::optional<SlotId>();
  }
  return zonestore::dkim::parse_slot(*text).map([](SlotId slot) { return std::optional(slot); });
}

// A fresh key into a slot of each, and when the last of them is ripe.
class PrepareWork {
 public:
  PrepareWork(Store& store, std::optional<SlotId> slot) : store_(store), slot_(slot) {}

  BulkWork work() {
    return {"prepare", "preparing",
            [this](const ChangeContext& context, const BulkItem& item) { return change(context, item); }};
  }

  // The keys that the rest of the run needs, made on all cores while they are taken. None in a dry run.
  void stock_keys(const BulkRun& run, const ChangeContext& context) {
    std::vector<zonestore::crypto::Algorithm> wanted;
    for (const BulkItem& item : run.items) {
      const auto view = show_institution(store_, item.code);
      if (view && (item.state == BulkState::kWaiting || item.state == BulkState::kFailed)) {
        wanted.push_back(view->algorithm);
      }
    }
    if (wanted.size() > 1 && !context.dry_run) {
      stock_.emplace(store_, std::move(wanted), context);
    }
  }

  void finish(const ChangeContext& context, BulkReport& report) {
    stock_.reset();
    (void)follow_at_once(store_, context, report.warnings);
  }

  [[nodiscard]] BulkAddition tell(const Session& session, const BulkReport& report) const {
    BulkAddition more;
    more.json[kSlot] = json_or_null(slot_, [](SlotId slot) { return to_text(slot); });
    more.json["ripe_at"] = json_or_null(ripe_, zonestore::to_rfc3339);
    if (ripe_) {
      more.lines.push_back("the last of the fresh keys " + std::string(verb(report, "is", "would be")) + " ripe at " +
                           session.times().text(*ripe_));
    }
    return more;
  }

 private:
  Result<zonestore::Changed> change(const ChangeContext& context, const BulkItem& item) {
    ChangeContext own = context;
    own.signers_later = true;  // once for all, at the end
    const auto prepared = zonestore::prepare(store_, own, item.code, slot_);
    if (!prepared) {
      return tl::unexpected(prepared.error());
    }
    for (const zonestore::SlotView& each : prepared->institution.slots) {
      if (each.slot == prepared->slot && each.ripe_at) {
        ripe_ = std::max(ripe_.value_or(*each.ripe_at), *each.ripe_at);
      }
    }
    return zonestore::Changed(*prepared);
  }

  Store& store_;
  std::optional<SlotId> slot_;
  std::optional<zonestore::KeyStock> stock_;
  std::optional<WallTime> ripe_;
};

Result<ExitCode> work_through(const Session& session, Store& store, const BegunRun& begun,
                              Interruption& interruption) {
  const auto slot = slot_of(begun.arguments);
  if (!slot) {
    return tl::unexpected(slot.error());
  }
  PrepareWork preparing(store, *slot);
  preparing.stock_keys(begun.run, begun.context);
  BulkReport report =
      run_bulk(session, store, begun.context, begun.run, begun.settings, preparing.work(), interruption);
  preparing.finish(begun.context, report);
  return end_run(session, store, begun.context, report, {"were given a fresh key", "would be given a fresh key", {}},
                 preparing.tell(session, report));
}

Result<void> check(const Options& options, std::optional<SlotId> slot, const ChangeOptions& change) {
  if (options.ways() > 1) {
    return zonestore::fail(ErrorCode::kInvalid, "--all, --file and --resume exclude each other", "give one of them");
  }
  if (options.resume && (options.has_settings() || options.give_up || slot || change.reason || change.expect)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl prepare --resume");
  }
  if (slot && options.ways() == 0 && options.named.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, "SLOT is for --all and --file", "zonectl prepare --all sel1");
  }
  return {};
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().flag("--all", options.all,
                             "every institution where SLOT is free; without SLOT, where any slot is");
  arguments.list_file("--file", "LIST", options.file, "those named in this file, one a line; # begins a comment");
  arguments.operators().flag("--resume", options.resume, "go on with the last run of many that was interrupted");
  arguments.operators().one(
      "--give-up", "N", options.give_up, Need::kOptional, &parse_count,
      "end the interrupted run N as it is; with --all, --file or several INST, before a new one begins");
  declare(arguments, options.settings, false);
}

Result<ExitCode> run(Session& session, const Options& options, std::optional<SlotId> slot,
                     const ChangeOptions& change) {
  if (const auto checked = check(options, slot, change); !checked) {
    return tl::unexpected(checked.error());
  }
  const BulkWays ways{"prepare",    options.resume,  options.give_up, options.ways() > 0 || !options.named.empty(),
                      options.file, options.settings};
  return session.change(change, [&](Store& store, const ChangeContext& /*context*/) {
    // Whether its slot is free is asked at its turn: one that is not is refused, as by itself.
    const auto find = [&] { return institutions_to_prepare(store, slot); };
    const auto keep = [&](RunArguments& kept) {
      if (slot) {
        kept.set(kSlot, to_text(*slot));
      }
    };
    return open_bulk(
        session, store, change, ways,
        {.list = [&] { return named_or_found(session, store, options.named, options.file, find); },
         .work = [&](const BegunRun& begun,
                     Interruption& interruption) { return work_through(session, store, begun, interruption); },
         .keep = keep});
  });
}

}  // namespace zonectl::bulk_prepare
