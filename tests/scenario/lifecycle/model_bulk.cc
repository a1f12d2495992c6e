// The model's bulk rotations: interrupted, refused while one is open, resumed and given up.
#include <algorithm>

#include "tests/scenario/lifecycle/model_answers.h"

namespace tests::lifecycle {

// A process does not outlive its boot.
bool Model::is_bulk_at_work() const {
  return bulk_ && bulk_->at_work_in == timeline_.now().boot;
}

Verdict Model::bulk(const Command& command) {
  if (command.verb == Verb::kBulkDie) {
    if (bulk_) {
      bulk_->at_work_in.reset();
    }
    return nothing_to_do();
  }
  if (is_bulk_at_work() || (bulk_ && command.verb == Verb::kBulkRotate)) {
    return refused({{"E_EXISTS", std::nullopt}});
  }
  if (command.verb == Verb::kBulkRotate) {
    return begin_bulk(command);
  }
  if (!bulk_) {
    return no_such_thing();
  }
  if (command.verb == Verb::kBulkResume) {
    return serve_bulk(command);
  }
  bulk_.reset();
  Verdict verdict = done();
  verdict.way = "bulk run given up";
  return verdict;
}

Verdict Model::begin_bulk(const Command& command) {
  Bulk begun;
  begun.lifts = command.lifts;
  for (int who = 0; who < institutions(); ++who) {
    if (institutions_.at(static_cast<std::size_t>(who)).life == Life::kSigning) {
      begun.items.emplace_back(who, BulkItem::kWaiting);
    }
  }
  if (begun.items.empty()) {
    return nothing_to_do();
  }
  bulk_ = std::move(begun);
  Verdict verdict = serve_bulk(command);
  ++verdict.changes;  // its list, written down before the first is touched
  verdict.way = "";
  return verdict;
}

Verdict Model::serve_bulk(const Command& command) {
  Verdict verdict;
  verdict.changed = true;
  verdict.way = "bulk run resumed";
  int served = 0;
  for (auto& [who, item] : bulk_->items) {
    if (item == BulkItem::kDone || item == BulkItem::kRefused) {
      continue;
    }
    if (command.serves && served++ == *command.serves) {
      bulk_->at_work_in = command.waits_for_turn ? std::optional(timeline_.now().boot) : std::nullopt;
      verdict.changed = verdict.changes > 0 || command.verb == Verb::kBulkRotate;
      return verdict;
    }
    Command one;
    one.verb = Verb::kRotate;
    one.who = who;
    one.lifts = bulk_->lifts;
    const Verdict rotated = apply(one);
    item = rotated.not_found ? BulkItem::kFailed : rotated.refusals.empty() ? BulkItem::kDone : BulkItem::kRefused;
    verdict.changes += rotated.changes;
  }
  const bool is_over = std::none_of(bulk_->items.begin(), bulk_->items.end(),
                                    [](const auto& each) { return each.second == BulkItem::kFailed; });
  if (is_over) {
    bulk_.reset();
    ++verdict.changes;
  } else {
    bulk_->at_work_in.reset();
  }
  verdict.changed = verdict.changes > 0 || command.verb == Verb::kBulkRotate;
  return verdict;
}

}  // namespace tests::lifecycle
