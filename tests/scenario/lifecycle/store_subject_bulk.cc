// Bulk rotations on a store, worked through as zonectl does, up to where they are killed.
#include <algorithm>
#include <utility>

#include "tests/scenario/lifecycle/store_subject.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/rotation.h"

namespace tests::lifecycle {

using zonestore::BulkRun;
using zonestore::BulkState;

Answer StoreSubject::bulk(const Command& command) {
  switch (command.verb) {
    case Verb::kBulkRotate:
      return begin_bulk(command);
    case Verb::kBulkResume:
      return resume_bulk(command);
    case Verb::kBulkGiveUp:
      return give_up_bulk(command);
    default:
      at_work_.reset();
      zonestore::observe_time(store_->impl());  // the model's moment; a kill is no command
      return answer_done(false, 0);
  }
}

Answer StoreSubject::begin_bulk(const Command& command) {
  zonestore::BulkPlan plan{"rotate", R"({"override":")" + std::string(command.lifts) + R"("})", {}};
  const std::vector<dkim::Code> codes = zonestore::signing_institutions(*store_).value();
  for (const dkim::Code& code : codes) {
    plan.items.push_back({code, "{}"});
  }
  if (plan.items.empty()) {
    const auto open = zonestore::interrupted_bulk_run(*store_, "rotate").value();
    if (!open) {
      zonestore::observe_time(store_->impl());
      return answer_done(false, 0);
    }
  }
  auto begun = zonestore::begin_bulk_run(*store_, context({}), plan);
  if (!begun) {
    return answer_of(begun.error());
  }
  Answer answer = serve_bulk(command, *std::move(begun));
  answer.changed = true;
  ++answer.changes;
  return answer;
}

Answer StoreSubject::resume_bulk(const Command& command) {
  auto resumed = zonestore::resume_bulk_run(*store_, context({}), "rotate");
  if (!resumed) {
    return answer_of(resumed.error());
  }
  if (!*resumed) {
    Answer none;
    none.not_found = true;
    return none;
  }
  return serve_bulk(command, **std::move(resumed));
}

Answer StoreSubject::give_up_bulk(const Command& command) {
  const auto open = zonestore::interrupted_bulk_run(*store_, "rotate").value();
  const auto given_up = zonestore::give_up_bulk_run(*store_, context(command), "rotate", open ? open->id : 1);
  return given_up ? answer_done(true, 1) : answer_of(given_up.error());
}

Answer StoreSubject::serve_bulk(const Command& command, BulkRun run) {
  Answer answer = answer_done(false, 0);
  const std::string lifts = run.arguments_json.substr(13, run.arguments_json.size() - 15);
  Command one;
  one.lifts = lifts;
  zonestore::ChangeContext how = context(one);
  int served = 0;
  bool has_failed = false;
  for (const zonestore::BulkItem& item : run.items) {
    if (item.state == BulkState::kDone || item.state == BulkState::kRefused) {
      continue;
    }
    if (command.serves && served++ == *command.serves) {
      if (command.waits_for_turn) {
        at_work_ = std::move(run);
      }
      answer.changed = answer.changes > 0;
      return answer;
    }
    how.bulk_ticket = item.ticket;
    const auto rotated = zonestore::rotate(*store_, how, item.code);
    if (rotated) {
      ++answer.changes;
      continue;
    }
    const bool is_refused = rotated.error().refusal.has_value();
    has_failed = has_failed || !is_refused;
    zonestore::db::unwrap(zonestore::note_bulk_item(
        *store_, item.ticket, is_refused ? BulkState::kRefused : BulkState::kFailed, rotated.error().message));
  }
  if (!has_failed) {
    zonestore::db::unwrap(zonestore::end_bulk_run(*store_, context({}), run.id));
    ++answer.changes;
  }
  answer.changed = answer.changes > 0;
  return answer;
}

}  // namespace tests::lifecycle
