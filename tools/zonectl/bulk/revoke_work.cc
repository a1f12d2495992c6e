#include "tools/zonectl/bulk/revoke_work.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tools/zonectl/telling/words.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/signers/signers.h"

namespace zonectl {

using zonestore::BulkItem;
using zonestore::BulkRun;
using zonestore::BulkState;
using zonestore::ChangeContext;
using zonestore::Changed;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;
using zonestore::ToRevoke;
using zonestore::WallTime;

namespace {

// Mail that a signer signs with a key that is revoked fails, so that it is not kept waiting for the whole run.
constexpr std::size_t kFollowEach = 50;

Json time_or_null(const std::optional<WallTime>& time) {
  return json_or_null(time, zonestore::to_rfc3339);
}

void raise(std::optional<WallTime>& latest, std::optional<WallTime> time) {
  if (time) {
    latest = std::max(latest.value_or(*time), *time);
  }
}

std::string many(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string forged_until(const Session& session, const std::optional<WallTime>& until) {
  return until ? "; forged mail may pass until " + session.times().text(*until) : "";
}

}  // namespace

void keep(const RevokeTarget& target, RunArguments& kept) {
  if (target.slot) {
    kept.set("slot", zonestore::dkim::to_text(*target.slot));
  }
  if (!target.signer.empty()) {
    kept.set("signer", target.signer);
  }
  kept.set_flag("stop_signing", target.stop_signing);
  if (!target.named.empty()) {
    kept.set("named", target.named);
  }
}

Result<RevokeTarget> target_of(const RunArguments& kept) {
  RevokeTarget target;
  if (const auto slot = zonestore::dkim::parse_slot(kept.text("slot").value_or(""))) {
    target.slot = *slot;
  }
  target.signer = kept.text("signer").value_or("");
  target.stop_signing = kept.flag("stop_signing");
  target.named = kept.texts("named");
  if (target.slot.has_value() == !target.signer.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, kUnreadableRun, kUnreadableRunHint);
  }
  return target;
}

BulkWork RevokeWork::work() {
  return {"revoke", "revoking",
          [this](const ChangeContext& context, const BulkItem& item) { return change(context, item); }};
}

void RevokeWork::stock_keys(const BulkRun& run, const ChangeContext& context) {
  if (target_.signer.empty() || context.dry_run) {
    return;
  }
  std::vector<zonestore::crypto::Algorithm> wanted;
  for (const BulkItem& item : run.items) {
    const auto view = show_institution(store_, item.code);
    const bool is_open = item.state == BulkState::kWaiting || item.state == BulkState::kFailed;
    if (is_open && view && view->phase != zonestore::dkim::Phase::kDeparting) {
      wanted.insert(wanted.end(), view->active ? 1 : zonestore::dkim::kSlots.size(), view->algorithm);
    }
  }
  if (wanted.size() > 1) {
    stock_.emplace(store_, wanted, context);
  }
}

Result<Changed> RevokeWork::change(const ChangeContext& context, const BulkItem& item) {
  ChangeContext own = context;
  own.signers_later = true;
  Result<Changed> changed = target_.slot ? revoke_slot(own, item) : revoke_held(own, item);
  if (changed && ++unfollowed_ >= kFollowEach) {
    follow(context, lags_);
  }
  return changed;
}

Result<Changed> RevokeWork::revoke_slot(const ChangeContext& context, const BulkItem& item) {
  const auto revoked =
      zonestore::revoke(store_, context, item.code, *target_.slot, {.stop_signing = target_.stop_signing});
  if (!revoked) {
    return tl::unexpected(revoked.error());
  }
  moved_ += revoked->swapped_to ? 1 : 0;
  stopped_ += revoked->signing_stopped ? 1 : 0;
  if (revoked->changed) {
    raise(exposed_, revoked->exposed_until);
  }
  Changed told = *revoked;
  for (const std::string& place : revoked->also_in) {
    told.warnings.push_back("the same key is also in " + place);
  }
  return told;
}

Result<Changed> RevokeWork::revoke_held(const ChangeContext& context, const BulkItem& item) {
  const auto revoked = revoke_held_keys(store_, context, item.code, target_.signer, target_.stop_signing);
  if (!revoked) {
    return tl::unexpected(revoked.error());
  }
  stopped_ += revoked->signing_stopped ? 1 : 0;
  waits_ += revoked->waits ? 1 : 0;
  raise(exposed_, revoked->exposed_until);
  raise(ripe_, revoked->ripe_at);
  raise(exposed_at_most_, revoked->exposed_at_most);
  return Changed(*revoked);
}

void RevokeWork::follow(const ChangeContext& context, std::vector<std::string>& warnings) {
  if (context.dry_run || unfollowed_ == 0) {
    return;
  }
  unfollowed_ = 0;
  ChangeContext own = context;
  own.bulk_ticket.reset();
  const auto synced = sync_open_tasks(store_, own);
  if (!synced) {
    warnings.push_back("signers have not followed, maintain tries again: " + synced.error().message);
    return;
  }
  for (const zonestore::SyncResult& result : synced->results) {
    const std::string told = "signer " + result.name + " has not followed, maintain tries again: " + result.failure;
    if (!result.failure.empty() && std::find(warnings.begin(), warnings.end(), told) == warnings.end()) {
      warnings.push_back(told);
    }
  }
}

void RevokeWork::finish(const ChangeContext& context, BulkReport& report) {
  stock_.reset();
  follow(context, lags_);
  report.warnings.insert(report.warnings.end(), lags_.begin(), lags_.end());
  if (target_.signer.empty() || context.dry_run) {
    return;
  }
  zonestore::Maintained rest;
  const auto revoked = zonestore::revoke_what_is_ripe(store_, context, rest);
  if (!revoked) {
    report.warnings.push_back("what is ripe already could not be revoked, maintain tries again: " +
                              revoked.error().message);
    return;
  }
  phase_two_ = rest.steps.size();
  unfollowed_ += rest.steps.size();
  follow(context, report.warnings);
  report.warnings.insert(report.warnings.end(), rest.failures.begin(), rest.failures.end());
}

Result<BulkAddition> RevokeWork::tell(const Session& session, const BulkReport& report, WallTime began) {
  if (!report.dry_run && report.run != 0) {
    const auto exposed = exposed_since(store_, began);
    if (!exposed) {
      return tl::unexpected(exposed.error());
    }
    raise(exposed_, *exposed);
  }
  BulkAddition more;
  more.json["slot"] = json_or_null(target_.slot, [](zonestore::dkim::SlotId slot) { return to_text(slot); });
  more.json["signer"] = target_.signer.empty() ? Json(nullptr) : Json(target_.signer);
  more.json["stop_signing"] = target_.stop_signing;
  more.json["prepare"] = nullptr;
  more.json["exposed_until"] = time_or_null(exposed_);
  if (target_.slot) {
    tell_of_slot(session, report, more);
    return more;
  }
  if (const auto counted = count_what_waits(report); !counted) {
    return tl::unexpected(counted.error());
  }
  tell_of_phases(session, report, more);
  return more;
}

namespace {

// Those that keep their key: refused, or failed.
std::vector<std::string> left_by(const BulkReport& report) {
  std::vector<std::string> codes;
  for (const BulkTrouble& trouble : report.troubles) {
    codes.push_back(trouble.code);
  }
  return codes;
}

// Those that were revoked, as a command line names them.
std::string whom(const RevokeTarget& target, const std::vector<std::string>& left) {
  std::vector<std::string> done;
  std::copy_if(target.named.begin(), target.named.end(), std::back_inserter(done),
               [&left](const std::string& code) { return std::find(left.begin(), left.end(), code) == left.end(); });
  return done.empty() ? "--all" : zonestore::joined(done, " ");
}

// Who still has the key, and what would take it; of many the first.
std::string not_revoked(const BulkReport& report, std::vector<std::string> left, const std::string& slot) {
  constexpr std::size_t kMostNamed = 8;
  const std::size_t more = left.size() - std::min(left.size(), kMostNamed);
  left.resize(left.size() - more);
  std::string text = "not revoked: " + zonestore::joined(left, ", ");
  if (more > 0) {
    text += " and " + std::to_string(more) + " more (--json names all)";
  }
  text += "; for " + std::string(left.size() + more == 1 ? "it" : "them") + ": zonectl revoke " +
          (more > 0 ? "INST..." : zonestore::joined(left, " ")) + " " + slot;
  return report.refused_by.contains(std::string(zonestore::guard_code(zonestore::Guard::kLastKey)))
             ? text + ", once another key may sign, or with --stop-signing"
             : text;
}

}  // namespace

void RevokeWork::tell_of_slot(const Session& session, const BulkReport& report, BulkAddition& more) const {
  more.json["moved"] = moved_;
  more.json["stopped"] = stopped_;
  if (moved_ > 0) {
    more.lines.push_back("signing " + std::string(verb(report, "moved", "would move")) + " first in " +
                         many(moved_, "institution"));
  }
  if (stopped_ > 0) {
    more.lines.push_back("signing " + std::string(verb(report, "stopped", "would stop")) + " in " +
                         many(stopped_, "institution") + "; it begins again once a fresh key is ripe");
  }
  const std::string slot = to_text(*target_.slot);
  const std::vector<std::string> left = left_by(report);
  if (report.done > 0) {
    name_prepare(report, more, whom(target_, left) + " " + slot);
  }
  if (report.done > 0 && !left.empty()) {
    more.lines.push_back(not_revoked(report, left, slot));
  }
  if (exposed_) {
    more.lines.push_back("forged mail may pass until " + session.times().text(*exposed_));
  }
}

// What was revoked stays so until somebody wants it otherwise.
void RevokeWork::name_prepare(const BulkReport& report, BulkAddition& more, const std::string& whom) {
  const std::string command = "zonectl prepare " + whom;
  more.json["prepare"] = command;
  more.lines.push_back("what " + std::string(verb(report, "was", "would be")) +
                       " revoked stays so until it is given a fresh key: " + command);
}

// What an earlier attempt of the run has left counts too. A dry run has left nothing.
Result<void> RevokeWork::count_what_waits(const BulkReport& report) {
  if (report.dry_run) {
    return {};
  }
  const auto to_come = revocations_to_come(store_);
  if (!to_come) {
    return tl::unexpected(to_come.error());
  }
  waits_ = to_come->size();
  for (const ToRevoke& each : *to_come) {
    raise(ripe_, each.ripe_at);
    raise(exposed_at_most_, each.exposed_until);
  }
  return {};
}

void RevokeWork::tell_of_phases(const Session& session, const BulkReport& report, BulkAddition& more) const {
  more.lines.push_back(
      "phase 1: " + many(report.done, "institution") + ": idle keys " +
      std::string(verb(report, "were", "would be")) + " revoked, fresh ones " +
      std::string(verb(report, "are", "would be")) + " published" +
      (stopped_ > 0 ? "; signing stopped in " + std::to_string(stopped_) + ", and begins again when these are ripe"
                    : "") +
      forged_until(session, exposed_));
  if (phase_two_ + waits_ > 0) {
    more.lines.push_back("phase 2: " + (phase_two_ > 0 ? many(phase_two_, "key") + " that signed revoked; " : "") +
                         many(waits_, "key") + " that sign" + (waits_ == 1 ? "s" : "") + " to be revoked" +
                         (ripe_ ? " once the fresh ones are ripe, the last at " + session.times().text(*ripe_) : "") +
                         "; zonectl maintain does so, or zonectl revoke --resume" +
                         forged_until(session, exposed_at_most_));
  }
  if (phase_two_ + waits_ > 0) {
    name_prepare(report, more, "--all");
  }
  Json phases = Json::array();
  phases.push_back(Json{
      {"phase", 1}, {"institutions", report.done}, {"stopped", stopped_}, {"exposed_until", time_or_null(exposed_)}});
  phases.push_back(Json{{"phase", 2},
                        {"revoked", phase_two_},
                        {"waiting", waits_},
                        {"ripe_at", time_or_null(ripe_)},
                        {"exposed_until", time_or_null(exposed_at_most_)}});
  more.json["phases"] = std::move(phases);
}

namespace {

// A run of its own, which no table keeps: what waits is the list.
BulkRun run_of(const std::vector<ToRevoke>& to_come) {
  BulkRun run;
  run.command = "revoke";
  for (const ToRevoke& each : to_come) {
    run.items.push_back({zonestore::BulkTicket{0, static_cast<std::int64_t>(run.items.size()), ""}, each.code, "{}",
                         BulkState::kWaiting, ""});
  }
  return run;
}

}  // namespace

Result<ExitCode> revoke_what_waits(const Session& session, Store& store, const ChangeContext& context,
                                   Interruption& interruption) {
  const auto to_come = revocations_to_come(store);
  if (!to_come) {
    return tl::unexpected(to_come.error());
  }
  if (to_come->empty()) {
    return zonestore::fail(ErrorCode::kNotFound,
                           "there is no interrupted run of revoke, and no key waits to be revoked",
                           "zonectl log shows the runs that there were");
  }
  BulkWork work{"revoke", "revoking", [&](const ChangeContext& own, const BulkItem& item) -> Result<Changed> {
                  ChangeContext later = own;
                  later.signers_later = true;
                  const ToRevoke& due = to_come->at(static_cast<std::size_t>(item.ticket.position));
                  return revoke_when_ripe(store, later, due).map([](const zonestore::Revoked& revoked) {
                    return Changed(revoked);
                  });
                }};
  BulkReport report = run_bulk(session, store, context, run_of(*to_come), {}, work, interruption);
  if (report.done > 0 && !context.dry_run) {
    const auto synced = sync_open_tasks(store, context);
    if (!synced) {
      report.warnings.push_back("signers have not followed, maintain tries again: " + synced.error().message);
    }
  }
  BulkAddition more;
  std::optional<WallTime> ripe;
  std::optional<WallTime> exposed;
  for (const ToRevoke& each : *to_come) {
    raise(ripe, each.ripe_at);
    raise(exposed, each.exposed_until);
  }
  more.json["ripe_at"] = time_or_null(ripe);
  more.json["exposed_until"] = time_or_null(exposed);
  if (exposed) {
    more.lines.push_back((ripe ? "the last fresh key is ripe at " + session.times().text(*ripe) + "; " : "") +
                         std::string("forged mail may pass until ") + session.times().text(*exposed));
  }
  return tell_run(session, report, {"revoked", "would be revoked", {}}, more);
}

}  // namespace zonectl
