#include "zonestore/operations/rotation/policy_rotations.h"

#include <algorithm>
#include <map>

#include "zonestore/base/joined.h"
#include "zonestore/judgement/due.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/rows/due_rows.h"
#include "zonestore/rows/policy_rows.h"

namespace zonestore {
namespace {

std::string told(const dkim::Code& code, const Error& error) {
  if (!error.refusal) {
    return code.text() + ": " + error.message;
  }
  std::string text = code.text() + ": " + std::string(guard_code(error.refusal->guard)) + ": " + error.message;
  if (error.refusal->clears_at) {
    text += "; clears at " + to_rfc3339(*error.refusal->clears_at);
  }
  return text;
}

// So many rotate before the signers are made to follow, once for all of them.
constexpr std::size_t kBatch = 100;

struct Rotated {
  dkim::Code code;
  Swapped swapped;
};

// What is known already holds these back: judged together, before any of them takes the write lock. What is not named
// here is judged again in its own transaction.
std::map<std::string, Error> held_back(Store& store, const ChangeContext& context,
                                       const std::vector<dkim::Code>& codes) {
  Store::Impl& impl = store.impl();
  const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
  const Now now = impl.now();
  const OwnServers servers = own_servers(impl.connection);
  std::map<std::string, Error> held;
  for (const dkim::Code& code : codes) {
    const std::optional<rows::InstitutionRow> row = rows::find_institution(impl.connection, code);
    if (!row) {
      continue;
    }
    const dkim::LifecyclePolicy policy = rows::read_policy(impl.connection, row->id);
    const RotationFacts facts = rotation_facts(impl.connection, impl.dkim_zone, *row, policy, servers);
    RotationJudgement judgement = may_rotate(facts, {.by_policy = true, .dry_run = context.dry_run}, now);
    if (is_rotation_due(row->facts, code.text(), policy, now) && judgement.refusal) {
      held.emplace(code.text(), *std::move(judgement.refusal));
    }
  }
  return held;
}

void rotate_one(Store& store, const ChangeContext& context, const dkim::Code& code, std::vector<Rotated>& batch,
                Maintained& outcome) {
  SwapOptions options;
  options.by_policy = true;
  ChangeContext own = context;
  own.signers_later = true;
  const Result<Swapped> swapped = rotate(store, own, code, options);
  if (!swapped) {
    const std::optional<Refusal>& refusal = swapped.error().refusal;
    const bool waits = refusal && refusal->guard != Guard::kKeyMismatch;
    (waits ? outcome.waiting : outcome.failures).push_back(told(code, swapped.error()));
    return;
  }
  if (!swapped->changed) {
    return;  // somebody else was here first
  }
  outcome.changed = true;
  outcome.zones = swapped->zones;
  outcome.warnings.insert(outcome.warnings.end(), swapped->warnings.begin(), swapped->warnings.end());
  batch.push_back({code, *swapped});
}

void settle(Store& store, const ChangeContext& context, std::vector<Rotated>& batch, Maintained& outcome) {
  std::vector<RotationMade> made;
  made.reserve(batch.size());
  for (const Rotated& rotated : batch) {
    made.push_back({rotated.code, rotated.swapped.move});
  }
  std::vector<Settled> settled = settle_rotations(store, context, made);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string& code = batch[i].code.text();
    outcome.warnings.insert(outcome.warnings.end(), settled[i].warnings.begin(), settled[i].warnings.end());
    if (!settled[i].undone_for.empty()) {
      outcome.failures.push_back(code + ": the rotation by policy was undone: signers did not follow: " +
                                 joined(settled[i].undone_for, ", "));
      continue;
    }
    outcome.steps.push_back({code, "rotation by policy: signing moved from " + dkim::to_text(batch[i].swapped.from) +
                                       " to " + dkim::to_text(batch[i].swapped.to)});
    if (!settled[i].unfollowed.empty()) {
      outcome.failures.push_back(
          code + ": rotated by policy, but signers did not follow: " + joined(settled[i].unfollowed, ", "));
    }
  }
  if (!settled.empty() && !settled.front().unknown.empty()) {
    outcome.failures.push_back("whether the signers follow is not known: " + settled.front().unknown);
  }
  batch.clear();
}

void rotate_batch(Store& store, const ChangeContext& context, const std::vector<dkim::Code>& codes,
                  Maintained& outcome) {
  const std::map<std::string, Error> held = held_back(store, context, codes);
  std::vector<Rotated> batch;
  for (const dkim::Code& code : codes) {
    if (const auto found = held.find(code.text()); found != held.end()) {
      outcome.waiting.push_back(told(code, found->second));
    } else {
      rotate_one(store, context, code, batch, outcome);
    }
  }
  settle(store, context, batch, outcome);
}

}  // namespace

Result<std::vector<dkim::Code>> due_rotations(Store& store) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    std::vector<dkim::Code> due;
    for (const dkim::Code& code : rows::rotation_candidates(impl.connection, now)) {
      const std::optional<rows::InstitutionRow> row = rows::find_institution(impl.connection, code);
      if (row && is_rotation_due(row->facts, code.text(), rows::read_policy(impl.connection, row->id), now)) {
        due.push_back(code);
      }
    }
    return due;
  });
}

void rotate_what_is_due(Store& store, const ChangeContext& context, Maintained& outcome) {
  const Result<std::vector<dkim::Code>> due = due_rotations(store);
  if (!due) {  // what maintain did before stays done
    outcome.failures.push_back("rotations by policy: " + due.error().message);
    return;
  }
  for (std::size_t begin = 0; begin < due->size(); begin += kBatch) {
    const auto first = due->begin() + static_cast<std::ptrdiff_t>(begin);
    const auto end = due->begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, due->size()));
    rotate_batch(store, context, {first, end}, outcome);
  }
}

}  // namespace zonestore
