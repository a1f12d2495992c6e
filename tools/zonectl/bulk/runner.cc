#include "tools/zonectl/bulk/runner.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/text/progress.h"
#include "zonestore/operations/signers/signers.h"

namespace zonectl {

using zonestore::BulkItem;
using zonestore::BulkState;
using zonestore::ChangeContext;
using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Guard;
using zonestore::Result;
using SteadyClock = std::chrono::steady_clock;

bool is_failure(const Error& error) {
  if (error.code != ErrorCode::kRefused || !error.refusal) {
    return true;
  }
  const Guard guard = error.refusal->guard;
  return guard == Guard::kKeyMismatch || guard == Guard::kNsLag || guard == Guard::kSignerStale;
}

namespace {

// The first batch is of one, so that what is broken for all is found by one; then each is twice the last.
constexpr std::size_t kLargestBatch = 128;

std::string one_line(const Error& error) {
  return (error.refusal ? std::string(zonestore::guard_code(error.refusal->guard)) + ": " : "") + error.message;
}

// One after the other, each in a transaction of its own: a run that is killed has done what it has done, and
// `--resume` goes on behind it. Three outcomes are told apart. Refused: a guard has protected somebody, as it should;
// the run goes on, and is not counted against the limit. Failed: something is broken, perhaps for all; that counts,
// and a resumed run tries it again. Done: changed and, where there is something to prove or to settle, proven or
// settled.
class Runner {
 public:
  Runner(const Session& session, zonestore::Store& store, ChangeContext context, const BulkSettings& settings,
         const BulkWork& work, Interruption& interruption)
      : store_(store),
        context_(std::move(context)),
        settings_(settings),
        work_(work),
        interruption_(interruption),
        session_(session) {}

  BulkReport run(const zonestore::BulkRun& run) {
    begin(run);
    Progress progress(session_.err(), session_.err_terminal(), work_.doing, report_.total, began_);
    for (const BulkItem& item : run.items) {
      if (item.state == BulkState::kDone || item.state == BulkState::kRefused) {
        continue;
      }
      if (must_settle()) {
        settle();
      }
      if (!wait_for_turn() || must_stop()) {
        break;
      }
      serve(item);
      progress.show(report_.total - report_.waiting(), report_.refused + report_.failed, SteadyClock::now());
    }
    settle();
    progress.finish();
    report_.took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - began_);
    return std::move(report_);
  }

 private:
  void begin(const zonestore::BulkRun& run) {
    began_ = SteadyClock::now();
    next_turn_ = began_;  // the first waits for nobody
    report_.command = work_.command;
    report_.run = run.id;
    report_.dry_run = context_.dry_run;
    report_.changed = false;
    report_.total = run.items.size();
    for (const BulkItem& item : run.items) {
      report_.done += item.state == BulkState::kDone ? 1 : 0;
      if (item.state == BulkState::kRefused) {
        ++report_.refused;
        ++report_.refused_by[item.note.substr(0, item.note.find(':'))];
      }
    }
    canaries_ = settings_.canary ? settings_.canary->of(report_.total) : 0;
  }

  // The store knows of the run, and can go on with it.
  [[nodiscard]] bool is_kept() const { return !context_.dry_run && report_.run != 0; }

  // False: somebody asked to stop.
  bool wait_for_turn() {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(next_turn_ - SteadyClock::now());
    if (interruption_.wait(std::max(time, std::chrono::milliseconds(0)))) {
      stop(BulkStop::kInterrupted, "stopped as asked");
      return false;
    }
    return true;
  }

  bool must_stop() {
    if (report_.stop != BulkStop::kNone) {
      return true;
    }
    // Among the canaries one failure is too many: they are there to find what is broken for all.
    if (report_.failed > 0 && report_.done < canaries_) {
      stop(BulkStop::kCanary, "one of the first " + std::to_string(canaries_) + " failed");
    } else if (report_.failed >= settings_.failures_allowed()) {
      stop(BulkStop::kTooManyFailures, std::to_string(report_.failed) + " have failed");
    }
    return report_.stop != BulkStop::kNone;
  }

  void stop(BulkStop why, std::string reason) {
    report_.stop = why;
    report_.stop_reason = std::move(reason);
  }

  void serve(const BulkItem& item) {
    // With the ticket the change and the mark that it is done are one commit (ChangeScope): never one without the
    // other.
    if (is_kept()) {
      context_.bulk_ticket = item.ticket;
    }
    const auto changed = work_.change(context_, item);
    if (!changed) {
      return note(item, changed.error(), zonestore::IfDone::kStaysDone);
    }
    take_turn();
    report_.changed = report_.changed || changed->changed;
    report_.zones = changed->zones;
    if (!changed->clock.empty()) {
      report_.clock = changed->clock;  // told once
    }
    for (const std::string& warning : changed->warnings) {
      report_.warnings.push_back(item.code.text() + ": " + warning);
    }
    if (work_.settle && !context_.dry_run) {
      batch_.push_back(&item);
      return;
    }
    if (context_.dry_run || !work_.prove) {
      ++report_.done;
      return;
    }
    const Result<void> proven = work_.prove(item);
    if (proven) {
      ++report_.done;
    } else {
      take_back(item, proven.error());
    }
  }

  // Before anybody waits, and before the canaries are judged.
  [[nodiscard]] bool must_settle() const {
    return !batch_.empty() && (batch_.size() >= batch_limit_ || next_turn_ > SteadyClock::now() ||
                               report_.done + batch_.size() == canaries_);
  }

  void settle() {
    if (batch_.empty()) {
      return;
    }
    const std::vector<const BulkItem*> batch = std::exchange(batch_, {});
    const auto faults = work_.settle(batch, report_.warnings);
    batch_limit_ = std::min(2 * batch_limit_, kLargestBatch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (faults[i]) {
        note(*batch[i], faults[i]->error,
             faults[i]->undone ? zonestore::IfDone::kWasUndone : zonestore::IfDone::kStaysDone);
        batch_limit_ = 1;  // what is wrong with one may be wrong with the next: again one by one
      } else {
        ++report_.done;
      }
    }
  }

  void take_back(const BulkItem& item, Error error) {
    error.message = "it failed its proof: " + error.message;
    if (work_.undo) {
      context_.bulk_ticket.reset();  // which says "done": the undo is none of the run's changes
      const Result<void> undone = work_.undo(item);
      error.message += undone ? "; undone" : "; and the undo failed: " + undone.error().message;
    }
    note(item, error, zonestore::IfDone::kWasUndone);
  }

  void note(const BulkItem& item, const Error& error, zonestore::IfDone if_done) {
    const BulkState state = is_failure(error) ? BulkState::kFailed : BulkState::kRefused;
    if (state == BulkState::kFailed) {
      take_turn();
      ++report_.failed;
    } else {
      ++report_.refused;
      ++report_.refused_by[std::string(zonestore::guard_code(error.refusal->guard))];
    }
    report_.troubles.push_back({item.code.text(), state, error});
    if (!is_kept()) {
      return;
    }
    if (const auto noted = note_bulk_item(store_, item.ticket, state, one_line(error), if_done); !noted) {
      stop(BulkStop::kStore, "the store cannot be written: " + noted.error().message);
    }
  }

  // A refusal costs nobody anything and takes no turn.
  void take_turn() {
    if (settings_.rate && !context_.dry_run) {
      next_turn_ = std::max(next_turn_, SteadyClock::now()) + settings_.rate->interval;
    }
  }

  zonestore::Store& store_;
  ChangeContext context_;
  const BulkSettings& settings_;
  const BulkWork& work_;
  Interruption& interruption_;
  const Session& session_;
  BulkReport report_;
  SteadyClock::time_point began_;
  SteadyClock::time_point next_turn_;
  std::size_t canaries_ = 0;
  std::vector<const BulkItem*> batch_;  // changed, and not settled yet
  std::size_t batch_limit_ = 1;
};

}  // namespace

BulkReport run_bulk(const Session& session, zonestore::Store& store, const ChangeContext& context,
                    const zonestore::BulkRun& run, const BulkSettings& settings, const BulkWork& work,
                    Interruption& interruption) {
  return Runner(session, store, context, settings, work, interruption).run(run);
}

bool follow_at_once(zonestore::Store& store, const ChangeContext& context, std::vector<std::string>& warnings) {
  if (context.dry_run) {
    return false;
  }
  const auto synced = sync_open_tasks(store, context);
  if (!synced) {
    warnings.push_back("signers have not followed, maintain tries again: " + synced.error().message);
    return true;
  }
  for (const zonestore::SyncResult& result : synced->results) {
    if (!result.failure.empty()) {
      warnings.push_back("signer " + result.name + " has not followed, maintain tries again: " + result.failure);
    }
  }
  return !synced->results.empty();
}

void follow_new_ones(zonestore::Store& store, const ChangeContext& context, BulkReport& report) {
  if (follow_at_once(store, context, report.warnings)) {
    report.warnings.emplace_back(
        "signers sign the mail of all of these from now on, wherever the CNAMEs lead: zonectl check --all");
  }
}

}  // namespace zonectl
