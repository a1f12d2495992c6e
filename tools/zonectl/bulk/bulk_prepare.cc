#include "tools/zonectl/bulk/bulk_prepare.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "tools/zonectl/bulk/opening.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonectl::bulk_prepare {

using zonestore::BulkItem;
using zonestore::BulkPlan;
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

std::string arguments_of(const BulkSettings& settings, std::optional<SlotId> slot) {
  nlohmann::json json = nlohmann::json::parse(to_json_text(settings));
  if (slot) {
    json[kSlot] = to_text(*slot);
  }
  return json.dump();
}

Result<std::optional<SlotId>> slot_of(const BulkRun& run) {
  const nlohmann::json json = nlohmann::json::parse(run.arguments_json, nullptr, false);
  if (!json.is_object()) {
    return zonestore::fail(ErrorCode::kInvalid, "the run's own arguments cannot be read");
  }
  if (!json.contains(kSlot)) {
    return std::optional<SlotId>();
  }
  return zonestore::dkim::parse_slot(json.value(kSlot, "")).map([](SlotId slot) { return std::optional(slot); });
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

Result<ExitCode> work_through(const Session& session, Store& store, const ChangeContext& context, const BulkRun& run,
                              const BulkSettings& settings, Interruption& interruption) {
  const auto slot = slot_of(run);
  if (!slot) {
    return tl::unexpected(slot.error());
  }
  PrepareWork preparing(store, *slot);
  preparing.stock_keys(run, context);
  BulkReport report = run_bulk(session, store, context, run, settings, preparing.work(), interruption);
  preparing.finish(context, report);
  return end_run(session, store, context, report, {"were given a fresh key", "would be given a fresh key", {}},
                 preparing.tell(session, report));
}

Result<ExitCode> begin(const Session& session, Store& store, const Options& options, std::optional<SlotId> slot,
                       const ChangeOptions& change, Interruption& interruption) {
  BulkPlan plan{"prepare", arguments_of(options.settings, slot), {}};
  if (options.file) {
    const auto text = read_list_text(session, *options.file);
    if (!text) {
      return tl::unexpected(text.error());
    }
    // Whether its slot is free is asked at its turn: one that is not is refused, as by itself.
    NamedInstitutions named = named_institutions(store, *text);
    if (!named.faults.empty()) {
      return tell_faults(session, *options.file, named.faults);
    }
    plan.items = std::move(named.items);
  } else {
    const auto codes = institutions_to_prepare(store, slot);
    if (!codes) {
      return tl::unexpected(codes.error());
    }
    plan.items = items_of(*codes);
  }
  const ChangeContext context = session.context(change);
  const auto run = begin_run(store, context, plan);
  if (!run) {
    return tl::unexpected(run.error());
  }
  return work_through(session, store, context, *run, options.settings, interruption);
}

Result<void> check(const Options& options, std::optional<SlotId> slot) {
  if (options.ways() > 1) {
    return zonestore::fail(ErrorCode::kInvalid, "--all, --file and --resume exclude each other", "give one of them");
  }
  if (options.resume && (options.has_settings() || options.give_up || slot)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl prepare --resume");
  }
  if (slot && options.ways() == 0) {
    return zonestore::fail(ErrorCode::kInvalid, "SLOT is for --all and --file", "zonectl prepare --all sel1");
  }
  return {};
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().flag("--all", options.all,
                             "every institution where SLOT is free; without SLOT, where any slot is");
  arguments.list_file("--file", "LIST", options.file,
                      "those named in this file, one code a line; # begins a comment");
  arguments.operators().flag("--resume", options.resume, "go on with the last run of many that was interrupted");
  arguments.operators().one("--give-up", "N", options.give_up, Need::kOptional, &parse_count,
                            "end the interrupted run N as it is; with --all or --file, before a new one begins");
  declare(arguments, options.settings, false);
}

Result<ExitCode> run(Session& session, const Options& options, std::optional<SlotId> slot,
                     const ChangeOptions& change) {
  if (const auto checked = check(options, slot); !checked) {
    return tl::unexpected(checked.error());
  }
  Interruption interruption;
  Result<Store> store = session.open_to_change(change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  return open_bulk(session, *store, change, {"prepare", options.resume, options.give_up, options.ways() > 0},
                   {[&](const ResumedRun& resumed) {
                      return work_through(session, *store, resumed.context, resumed.run, resumed.settings,
                                          interruption);
                    },
                    [&] { return begin(session, *store, options, slot, change, interruption); }});
}

}  // namespace zonectl::bulk_prepare
