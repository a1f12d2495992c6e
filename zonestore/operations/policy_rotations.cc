#include "zonestore/operations/policy_rotations.h"

#include "zonestore/operations/due.h"
#include "zonestore/operations/institution_view.h"
#include "zonestore/operations/rotation.h"

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

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

void rotate_one(Store& store, const ChangeContext& context, const dkim::Code& code, Maintained& outcome) {
  SwapOptions options;
  options.by_policy = true;
  const Result<Swapped> swapped = rotate(store, context, code, options);
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
  if (!swapped->undone_for.empty()) {
    outcome.failures.push_back(
        code.text() + ": the rotation by policy was undone: signers did not follow: " + joined(swapped->undone_for));
    return;
  }
  if (!swapped->unfollowed.empty()) {
    outcome.failures.push_back(code.text() +
                               ": signers did not follow the rotation by policy: " + joined(swapped->unfollowed));
  }
  outcome.steps.push_back({code.text(), "rotation by policy: signing moved from " + dkim::to_text(swapped->from) +
                                            " to " + dkim::to_text(swapped->to)});
}

}  // namespace

Result<std::vector<dkim::Code>> due_rotations(Store& store) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    std::vector<dkim::Code> due;
    for (const dkim::Code& code : rotation_candidates(impl.connection, now)) {
      const std::optional<publish::InstitutionRow> row = publish::find_institution(impl.connection, code);
      if (row && is_rotation_due(*row, publish::read_policy(impl.connection, row->id), now)) {
        due.push_back(code);
      }
    }
    return due;
  });
}

void rotate_what_is_due(Store& store, const ChangeContext& context, Maintained& outcome) {
  for (const dkim::Code& code : db::unwrap(due_rotations(store))) {
    rotate_one(store, context, code, outcome);
  }
}

}  // namespace zonestore
