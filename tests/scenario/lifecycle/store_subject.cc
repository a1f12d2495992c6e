#include "tests/scenario/lifecycle/store_subject.h"

#include <algorithm>

#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/rotation/held_keys.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/zones/init_store.h"
#include "zonestore/operations/zones/zones.h"

namespace tests::lifecycle {
namespace {

// Those that make one change, so that there is nothing between done and not done.
bool makes_one_change(const Command& command) {
  switch (command.verb) {
    case Verb::kAdd:
    case Verb::kRemove:
    case Verb::kRotate:
    case Verb::kUndo:
    case Verb::kPrepare:
    case Verb::kFreeze:
    case Verb::kThaw:
    case Verb::kSetPolicy:
      return !command.dry_run;
    default:
      return false;
  }
}

}  // namespace

StoreSubject::StoreSubject(const Timeline& timeline, int institutions) : clock_(timeline) {
  for (int number = 0; number < institutions; ++number) {
    codes_.push_back(dkim::Code::parse("i" + std::to_string(number)).value());
  }
  zonestore::InitOptions options;
  options.dkim_zone = name("dkim.secutix.com");
  options.spf_zone = name("spf.secutix.com");
  options.name_servers = {name("ns1.secutix.com")};
  options.mailbox = name("hostmaster.secutix.com");
  init_store(dir(), options, context({}), clock_).value();
  open();
  audit_id_ = newest_audit_id();
  published_ = published();
}

Answer StoreSubject::apply(const Command& command) {
  constexpr int kOneIn = 7;
  return makes_one_change(command) && ++eligible_ % kOneIn == 0 ? perform_on_a_failing_disk(command)
                                                                : perform(command);
}

Answer StoreSubject::perform_on_a_failing_disk(const Command& command) {
  constexpr int kCalls = 60;  // that a change makes, and some more
  disk_.fail_at(1 + eligible_ * 31 % kCalls,
                eligible_ % 2 == 0 ? FaultyDisk::Effect::kWhole : FaultyDisk::Effect::kNone, eligible_ % 3 == 0);
  const Answer answer = perform(command);
  disk_.heal();
  if (answer.done || answer.not_found || !answer.guard.empty()) {
    zonestore::observe_time(
        store_->impl());  // a refusal stands though its moment could not be written; the model's was
    const auto view = zonestore::show_institution(*store_, code(command).value_or(codes_.front()));
    if (command.looks && !answer.done && view && view->active) {  // and so was what it saw
      zonestore::db::unwrap(zonestore::record_evidence(
          *store_, {{*code(command), look(*view, 2 - static_cast<int>(*view->active), command.sight)}}));
    }
    return answer;
  }
  open();  // another process, which knows nothing of this one's trouble
  const bool is_unknown = answer.message.find("is not known") != std::string::npos;
  if (newest_audit_id() == audit_id_) {
    return perform(command);
  }
  return is_unknown ? answer_done(true, 1) : answer;  // said not to be done, and it is: the model will differ
}

Answer StoreSubject::perform(const Command& command) {
  const zonestore::ChangeContext how = context(command);
  switch (command.verb) {
    case Verb::kAdd:
      return add(command);
    case Verb::kRemove:
      return answer_from(zonestore::remove_institution(*store_, how, *code(command)));
    case Verb::kRotate:
      return rotate(command);
    case Verb::kRotateWithoutPrivateKey:
      return rotate_without_private_key(command);
    case Verb::kRotateWithStaleSigner:
      return rotate_with_stale_signer(command);
    case Verb::kRotateUnfollowed:
      return rotate_unfollowed(command);
    case Verb::kUndo:
      return answer_from(zonestore::undo(*store_, how, *code(command)));
    case Verb::kPrepare:
      return answer_from(zonestore::prepare(*store_, how, *code(command), slot_from(command.slot)));
    case Verb::kRevoke:
      return revoke(command);
    case Verb::kFreeze:
      return answer_from(zonestore::freeze(*store_, how, code(command), "property test"));
    case Verb::kThaw:
      return answer_from(zonestore::thaw(*store_, how, code(command)));
    case Verb::kRevokeHeld:
      return answer_from(zonestore::revoke_held_keys(*store_, how, *code(command), "taken", command.stop_signing));
    case Verb::kBulkRotate:
    case Verb::kBulkResume:
    case Verb::kBulkGiveUp:
    case Verb::kBulkDie:
      return bulk(command);
    case Verb::kMaintain:
      return maintain(command);
    case Verb::kSee:
      return see(command);
    case Verb::kJudgeByPolicy:
      return judge_by_policy(command);
    case Verb::kSetPolicy:
      return set_policy(command);
    default:
      return set_negative_ttl(command);
  }
}

Answer StoreSubject::add(const Command& command) {
  zonestore::AddOptions options;
  options.algorithm = zonestore::crypto::Algorithm::kEd25519;  // made a hundred times faster than RSA
  options.domains = {name(code(command)->text() + ".example")};
  return answer_from(zonestore::add_institution(*store_, context(command), *code(command), options));
}

Answer StoreSubject::revoke(const Command& command) {
  const auto revoked =
      zonestore::revoke(*store_, context(command), *code(command), *slot_from(command.slot), {command.stop_signing});
  Answer answer = answer_from(revoked);
  if (revoked && revoked->changed) {
    answer.exposed_until = millis(revoked->exposed_until);
  }
  return answer;
}

Answer StoreSubject::rotate(const Command& command) {
  zonestore::SwapOptions options;
  if (command.looks) {
    const auto view = zonestore::show_institution(*store_, *code(command));
    if (view && view->active) {
      options.look = look(*view, 2 - static_cast<int>(*view->active), command.sight);
    }
  }
  return answer_from(zonestore::rotate(*store_, context(command), *code(command), options));
}

Answer StoreSubject::maintain(const Command& command) {
  const auto done = zonestore::maintain(*store_, context(command));
  if (!done) {
    return answer_of(done.error());
  }
  // Orphans of commands whose disk failed are swept a day later: no change of an institution.
  const auto swept = std::count_if(done->steps.begin(), done->steps.end(), [](const zonestore::MaintainStep& step) {
    return step.what.find("that no record uses") != std::string::npos;
  });
  const auto steps = static_cast<int>(done->steps.size()) - static_cast<int>(swept);
  Answer answer = answer_done(steps > 0, steps);
  if (!done->failures.empty()) {
    answer.done = false;
    answer.message = done->failures.front();
  }
  return answer;
}

Answer StoreSubject::set_policy(const Command& command) {
  const auto value = command.amount ? std::optional(std::to_string(*command.amount / kSecond) + "s") : std::nullopt;
  return answer_from(zonestore::set_policy(*store_, context(command), code(command),
                                           kPolicyNames[static_cast<std::size_t>(command.key)], value));
}

Answer StoreSubject::set_negative_ttl(const Command& command) {
  zonestore::ZoneSettings settings;
  settings.minimum = static_cast<std::uint32_t>(*command.amount / kSecond);
  return answer_from(zonestore::set_zone(*store_, context(command), store_->dkim_zone(), settings));
}

std::unique_ptr<Subject> make_store_subject(const Timeline& timeline, int institutions) {
  return std::make_unique<StoreSubject>(timeline, institutions);
}

}  // namespace tests::lifecycle
