// The store as it is seen: by its readers, in the zone, in the log, and by `zonectl check`.
#include "tests/scenario/lifecycle/store_subject.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/rows/policy_rows.h"

namespace tests::lifecycle {

// As `zonectl check` writes down what it saw.
zonestore::Look StoreSubject::look(const zonestore::InstitutionView& view, int slot, Sight sight) {
  using zonestore::Verdict;
  const zonestore::SlotView& of = view.slots.at(static_cast<std::size_t>(slot));
  const std::string subject = dkim::to_text(of.slot);
  const std::string server = "ns1.secutix.com (192.0.2.1)";
  const zonestore::Name domain = view.domains.at(0);
  zonestore::Look look{{}, clock_.now()};
  const auto saw = [&](const std::optional<zonestore::Name>& where, const std::string& what, Verdict verdict) {
    look.evidence.push_back({where, what, verdict, "seen by a test", of.key_id});
    if (!where) {
      look.evidence.back().asked = {server};
      (verdict == Verdict::kOk        ? look.evidence.back().served
       : verdict == Verdict::kLagging ? look.evidence.back().behind
                                      : look.evidence.back().asked) = {server};
    }
  };
  const bool all = sight == Sight::kAllRight;
  if (all || sight == Sight::kServersFollow || sight == Sight::kServersLag || sight == Sight::kServersSilent) {
    saw(std::nullopt, subject,
        sight == Sight::kServersLag      ? Verdict::kLagging
        : sight == Sight::kServersSilent ? Verdict::kUnreachable
                                         : Verdict::kOk);
  }
  if (all || sight == Sight::kCnameRight) {
    saw(domain, subject, Verdict::kOk);
  } else if (sight == Sight::kCnameMissing || sight == Sight::kCnameWrong) {
    saw(domain, subject, sight == Sight::kCnameMissing ? Verdict::kMissing : Verdict::kSlotsSwapped);
  } else if (sight == Sight::kCnameSilent) {
    saw(domain, subject, Verdict::kUnreachable);
  }
  if (all || sight == Sight::kAnswerRight || sight == Sight::kAnswerOther) {
    saw(domain, zonestore::answer_subject(subject), sight == Sight::kAnswerOther ? Verdict::kLagging : Verdict::kOk);
  }
  return look;
}

// An observation, no change.
Answer StoreSubject::see(const Command& command) {
  const auto view = zonestore::show_institution(*store_, *code(command));
  if (!view) {
    return answer_of(view.error());
  }
  zonestore::db::unwrap(
      zonestore::record_evidence(*store_, {{*code(command), look(*view, *command.slot, command.sight)}}));
  return answer_done(false, 0);
}

Answer StoreSubject::judge_by_policy(const Command& command) {
  const auto view = zonestore::show_institution(*store_, *code(command));
  if (!view) {
    return answer_of(view.error());
  }
  Store::Impl& impl = store_->impl();
  const auto row = zonestore::rows::find_institution(impl.connection, *code(command)).value();
  const zonestore::RotationFacts facts =
      rotation_facts(impl.connection, impl.dkim_zone, row, zonestore::rows::read_policy(impl.connection, row.id),
                     zonestore::own_servers(impl.connection));
  const zonestore::RotationJudgement judgement = may_rotate(facts, {.by_policy = true}, impl.now());
  return judgement.refusal ? answer_of(*judgement.refusal) : answer_done(false, 0);
}

int StoreSubject::number_of(const std::string& key_id) {
  return key_id.empty() ? 0 : numbers_.try_emplace(key_id, static_cast<int>(numbers_.size()) + 1).first->second;
}

SlotPicture StoreSubject::slot_picture(const zonestore::SlotView& view) {
  SlotPicture seen;
  seen.state = static_cast<State>(view.state);
  seen.key = number_of(view.key_id);
  if (view.record_text == dkim::kRevokedText) {
    seen.content = Content::kRevoked;
  } else if (!view.record_text.empty()) {
    seen.content = Content::kKey;
  }
  if (seen.content != Content::kAbsent) {
    seen.ttl = seconds(view.ttl) * kSecond;
  }
  if (view.ripe_at) {
    seen.ripe_at = millis(*view.ripe_at);
  }
  if (view.drained_at) {
    seen.drained_at = millis(*view.drained_at);
  }
  return seen;
}

Picture StoreSubject::picture(int who) {
  Picture picture;
  const auto view = zonestore::show_institution(*store_, codes_.at(static_cast<std::size_t>(who)));
  if (!view) {
    return picture;
  }
  picture.life = view->phase == dkim::Phase::kSigning    ? Life::kSigning
                 : view->phase == dkim::Phase::kStarting ? Life::kIdle
                                                         : Life::kDeparting;
  picture.active = view->active ? static_cast<int>(*view->active) - 1 : -1;
  picture.frozen = view->frozen.has_value();
  picture.maintain_due = view->maintain_due;
  if (view->leaves_at) {
    picture.leaves_at = millis(*view->leaves_at);
  }
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    picture.slots.at(slot) = slot_picture(view->slots.at(slot));
    // The zone must hold what the view tells, to the byte.
    const std::optional<Published>& record = published_.selectors.at(static_cast<std::size_t>(who) * 2 + slot);
    const std::string& text = view->slots.at(slot).record_text;
    const auto wanted =
        text.empty() ? std::nullopt : std::optional(Published{zonestore::txt_rdata(text), view->slots.at(slot).ttl});
    if (record != wanted) {
      picture.slots.at(slot).ttl = -1;  // differs from every model's
    }
  }
  return picture;
}

std::int64_t StoreSubject::newest_audit_id() {
  std::int64_t id = 0;
  zonestore::LogFilter newest;
  newest.newest = 1;
  zonestore::db::unwrap(zonestore::read_log(*store_, newest, [&](const zonestore::AuditEntry& entry) {
    id = entry.id;
    return true;
  }));
  return id;
}

StoreSubject::PublishedZone StoreSubject::published() {
  zonestore::db::Connection& connection = store_->impl().connection;
  const zonestore::PublishedZone zone = store_->impl().published(store_->dkim_zone());
  PublishedZone now{zone.serial, {}, {}};
  for (const dkim::Code& code : codes_) {
    for (const dkim::SlotId slot : dkim::kSlots) {
      const auto set = zonestore::find_record_set(
          connection, zone, dkim::selector_name(code, slot, zone.apex).value(), zonestore::RecordType::kTxt);
      now.selectors.push_back(set ? std::optional(Published{set->rdata.front(), set->ttl}) : std::nullopt);
    }
  }
  return now;
}

// The serial rises when what is published changes, and only then.
std::string StoreSubject::check_publication(const Verdict& verdict, bool dry_run) {
  PublishedZone now = published();
  const bool must_stay = !verdict.changed || dry_run;
  const bool rose = zonestore::is_before(published_.serial, now.serial);
  const bool differs = now.selectors != published_.selectors;
  const bool stayed = now.serial == published_.serial;
  published_ = std::move(now);
  if (must_stay && (differs || !stayed)) {
    return "the zone has changed, and should not";
  }
  return differs && !rose ? "the zone has changed, and its serial has not risen" : "";
}

std::string StoreSubject::check_after(const Command& command, const Verdict& verdict) {
  const std::int64_t rows = newest_audit_id() - audit_id_;
  const std::int64_t wanted = command.dry_run ? 0 : verdict.changes;
  audit_id_ += rows;
  if (rows != wanted) {
    return std::to_string(rows) + " audit rows, not " + std::to_string(wanted);
  }
  const std::string fault = check_publication(verdict, command.dry_run);
  return fault.empty() ? check_private_halves() : fault;
}

// None is published without one in the vault.
std::string StoreSubject::check_private_halves() {
  Store::Impl& impl = store_->impl();
  zonestore::db::Statement rows = impl.connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
  int without = 0;
  while (rows.step()) {
    without += zonestore::db::unwrap(impl.vault().holds(rows.text(0))) ? 0 : 1;
  }
  return without == 0 ? "" : std::to_string(without) + " published keys without a private half";
}

}  // namespace tests::lifecycle
