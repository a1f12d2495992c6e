#include "zonestore/operations/views/institution_view.h"

#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/dkim/schedule.h"
#include "zonestore/judgement/due.h"
#include "zonestore/operations/keys/fresh_keys.h"
#include "zonestore/operations/views/attention_reasons.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/evidence_rows.h"

namespace zonestore {
namespace {

SlotView slot_view(const Name& dkim_zone, const rows::InstitutionRow& row, dkim::SlotId slot,
                   const dkim::LifecyclePolicy& policy, const Now& now) {
  const dkim::SlotFacts& facts = dkim::facts_of(row.facts, slot);
  SlotView view;
  view.slot = slot;
  view.state = dkim::state_of(row.facts, slot, policy, now);
  view.owner = db::unwrap(dkim::selector_name(row.code, slot, dkim_zone));
  view.ttl = dkim::ttl_of(row.facts, slot, policy);
  if (const std::optional<rows::SlotKey>& key = row.key(slot)) {
    view.key_id = key->key_id;
    view.algorithm = key->algorithm;
    view.published = key->published;
    view.record_text = db::unwrap(dkim::record_text(key->public_spki));
  } else if (facts.revoked) {
    view.record_text = dkim::kRevokedText;
  }
  if (!view.record_text.empty()) {
    view.answer_size_bytes = dkim::answer_size_bytes(view.owner.size_bytes(), txt_rdata(view.record_text));
  }
  if (is_stand_in(view.key_id)) {  // a dry run: which key it will be, nobody knows yet
    view.fresh = true;
    view.record_text.clear();
  }
  if (view.fresh || is_supplied(view.key_id)) {
    view.key_id.clear();
  }
  if (view.state == dkim::SlotState::kPublished) {
    view.ripe_at = dkim::ripe_at(facts, policy, now);
  }
  view.drained_at = dkim::drained_at(facts, now);
  view.waits_for_signers = facts.drain && facts.drain->waits_for_signers;
  return view;
}

void judge_rotations(InstitutionView& view, Readiness& readiness, const rows::InstitutionRow& row,
                     const dkim::LifecyclePolicy& policy, const Now& now) {
  view.rotate_refusal = readiness.judge(row, policy, false, now).refusal;
  if (is_rotation_due(row.facts, row.code.text(), policy, now)) {
    view.policy_refusal = readiness.judge(row, policy, true, now).refusal;
    view.maintain_due = view.maintain_due || !view.policy_refusal;  // one that is held back waits, for others
  }
}

}  // namespace

InstitutionView institution_view(db::Connection& connection, const Name& dkim_zone, const rows::InstitutionRow& row,
                                 const Now& now) {
  Readiness readiness(connection, dkim_zone, Readiness::Of::kOne);
  return institution_view(connection, dkim_zone, row, now, readiness);
}

InstitutionView institution_view(db::Connection& connection, const Name& dkim_zone, const rows::InstitutionRow& row,
                                 const Now& now, Readiness& readiness) {
  const dkim::LifecyclePolicy policy = rows::read_policy(connection, row.id);
  InstitutionView view;
  view.code = row.code.text();
  view.phase = row.facts.phase;
  view.active = row.facts.active;
  view.algorithm = row.algorithm;
  view.domains = rows::domains_of(connection, row.id);
  view.added = row.added;
  for (const dkim::SlotId slot : dkim::kSlots) {
    view.slots.push_back(slot_view(dkim_zone, row, slot, policy, now));
  }
  if (row.facts.phase == dkim::Phase::kDeparting) {
    view.leaves_at = dkim::leaves_at(row.facts, now);
  }
  view.frozen = row.facts.frozen;
  if (row.facts.phase == dkim::Phase::kStarting) {
    view.starts_with = dkim::starts_with(row.facts);
  }
  if (const auto schedule = dkim::schedule_of(row.facts, row.code.text(), policy, now)) {
    view.next_rotation = schedule->planned;
    view.rotation_overdue = dkim::is_overdue(*schedule, policy, now);
  }
  view.maintain_due = is_maintain_due(row.facts, policy, now);
  judge_rotations(view, readiness, row, policy, now);
  return view;
}

Result<InstitutionView> show_institution(Store& store, const dkim::Code& code) {
  return db::at_border<InstitutionView>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row = require_institution(impl.connection, code);
    InstitutionView view = institution_view(impl.connection, impl.dkim_zone, row, impl.now());
    view.evidence = rows::read_evidence(impl.connection, row.id);
    return view;
  });
}

Result<void> list_institutions(Store& store, bool with_departed,
                               const std::function<bool(const ListedInstitution&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    Readiness readiness(impl.connection, impl.dkim_zone, Readiness::Of::kAll);
    AttentionJudge attention(impl.connection, readiness);
    rows::for_each_institution(impl.connection, with_departed, [&](const rows::InstitutionRow& row) {
      ListedInstitution listed{institution_view(impl.connection, impl.dkim_zone, row, now, readiness), {}, false};
      for (const Reason reason : attention.reasons(row, rows::read_policy(impl.connection, row.id), now)) {
        listed.attention.emplace_back(to_text(reason));
      }
      listed.never_seen = attention.is_never_seen(row);
      return visitor(listed);
    });
    return {};
  });
}

}  // namespace zonestore
