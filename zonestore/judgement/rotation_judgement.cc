#include "zonestore/judgement/rotation_judgement.h"

#include <algorithm>
#include <utility>

#include "zonestore/base/joined.h"

namespace zonestore {
namespace {

// Collects what evidence says of one slot.
class Weighing {
 public:
  Weighing(const RotationFacts& facts, const RotationRequest& request, const Now& now, dkim::SlotId to)
      : facts_(facts),
        request_(request),
        now_(now),
        to_(to),
        slot_(dkim::to_text(to)),
        key_(facts.keys.at(static_cast<std::size_t>(to) - 1)) {}

  void weigh(RotationJudgement& judgement) {
    weigh_own_side();
    for (const ServerSight& server : facts_.servers.lagging) {
      weigh_server(server);
    }
    for (const Name& domain : facts_.domains) {
      weigh_domain(domain);
    }
    judgement.refusal = std::move(refusal_);
    judgement.warnings = std::move(warnings_);
    if (!unseen_.empty()) {
      tell_unseen(judgement);
    }
  }

 private:
  [[nodiscard]] const EvidenceView* find(const std::optional<Name>& domain, const std::string& subject) const {
    const auto found = std::find_if(facts_.evidence.begin(), facts_.evidence.end(), [&](const EvidenceView& each) {
      return each.domain == domain && each.subject == subject;
    });
    return found == facts_.evidence.end() ? nullptr : &*found;
  }

  // Of the key that the slot holds now: a look at another says nothing of it.
  [[nodiscard]] bool is_of_this_key(const EvidenceView& seen) const {
    return !key_.key_id.empty() && seen.key_id == key_.key_id;
  }
  [[nodiscard]] bool is_good(const EvidenceView* seen) const {
    return seen != nullptr && seen->verdict == Verdict::kOk && is_of_this_key(*seen) &&
           is_fresh(age(seen->seen, now_.moment));
  }

  // Of what nobody can know the age of, it is old.
  [[nodiscard]] static bool is_fresh(const std::optional<Milliseconds>& age) {
    return age && *age <= kEvidenceIsFresh;
  }

  void weigh_own_side() {
    const EvidenceView* const seen = find(std::nullopt, slot_);
    const bool counts = seen != nullptr && is_of_this_key(*seen);
    if (counts && seen->verdict == Verdict::kLagging && is_behind(*seen)) {
      against(Guard::kNsLag, seen->detail, *seen,
              "see that every name server follows" + way_to_take_out(seen->behind));
    } else if (!is_good(seen) && !(counts && seen->verdict == Verdict::kLagging)) {
      not_seen("that our name servers serve the key in " + slot_, seen);
    }
  }

  // One that is no name server of ours any more has no say.
  [[nodiscard]] bool is_behind(const EvidenceView& seen) const {
    return seen.behind.empty() || std::any_of(seen.behind.begin(), seen.behind.end(), [&](const std::string& server) {
             return is_named(server, facts_.servers.named);
           });
  }

  void weigh_server(const ServerSight& server) {
    if (key_.key_id.empty() || !server.serial || !is_before(*server.serial, key_.published) ||
        !is_named(server.server, facts_.servers.named)) {
      return;
    }
    against(Guard::kNsLag,
            server.server + " serves serial " + std::to_string(server.serial->value) + ", from before the key of " +
                slot_,
            server.seen, "see that every name server follows" + way_to_take_out({server.server}));
  }

  // How they are no name servers any more; empty if no other would be left, or if they were named by addresses alone.
  [[nodiscard]] std::string way_to_take_out(const std::vector<std::string>& servers) const {
    std::string out;
    std::string others;
    for (const Name& name : facts_.servers.named) {
      const bool is_out = std::any_of(servers.begin(), servers.end(), [&](const std::string& server) {
        return !server_name(server).empty() && is_named(server, {name});
      });
      if (is_out) {
        append_joined(out, ", ", name.to_text_no_dot());
      } else {
        others += " --ns " + name.to_text_no_dot();
      }
    }
    if (out.empty() || others.empty()) {
      return {};
    }
    return ", or take " + out + " out, of the parent's records first: zonectl zone set " +
           facts_.dkim_zone.to_text_no_dot() + others;
  }

  void weigh_domain(const Name& domain) {
    const EvidenceView* const cname = find(domain, slot_);
    if (const auto guard = cname == nullptr ? std::nullopt : cname_guard(cname->verdict)) {
      against(*guard, cname->detail, *cname, "have it published: " + customer_line(domain));
    }
    const EvidenceView* const answer = find(domain, answer_subject(slot_));
    const bool is_another = answer != nullptr && answer->verdict == Verdict::kLagging && is_of_this_key(*answer);
    if (is_another) {
      against(Guard::kNsLag, answer->detail, *answer, "see that every name server follows");
    }
    if (cname != nullptr && cname_guard(cname->verdict)) {
      return;  // that is said
    }
    if (!is_good(cname)) {
      not_seen("the CNAME for " + slot_ + " of " + domain.to_text_no_dot(), cname);
    } else if (!is_another && !is_good(answer)) {
      not_seen("what that CNAME of " + domain.to_text_no_dot() + " leads to", answer);
    }
  }

  [[nodiscard]] std::string customer_line(const Name& domain) const {
    const Result<dkim::Code> code = dkim::Code::parse(facts_.code);
    const Result<Name> name = facts_.customer_selectors.name(to_, domain);
    const Result<Name> target =
        code ? dkim::selector_name(*code, to_, facts_.dkim_zone) : Result<Name>(tl::unexpected(code.error()));
    return name && target ? name->to_text() + " 3600 IN CNAME " + target->to_text() : "";
  }

  void against(Guard guard, const std::string& what, const EvidenceView& seen, const std::string& remedy) {
    against(guard, what, seen.seen, remedy);
  }
  void against(Guard guard, const std::string& what, const Moment& seen, const std::string& remedy) {
    const std::string message = what + " (seen " + to_rfc3339(seen.wall) + ")";
    if (!request_.by_policy && !facts_.servers.delegated) {
      warnings_.push_back(message + "; none of our name servers was seen to serve " +
                          facts_.dkim_zone.to_text_no_dot() + " yet, so it stops nothing");
      return;
    }
    if (request_.override_guard == guard || refusal_) {
      return;
    }
    refusal_ = Error{ErrorCode::kRefused, message,
                     remedy + "; then zonectl check " + facts_.code + "; or zonectl rotate " + facts_.code +
                         " --override " + std::string(guard_code(guard)) + " --reason \"...\"",
                     Refusal{guard, std::nullopt}};
  }

  void not_seen(const std::string& what, const EvidenceView* seen) {
    append_joined(unseen_, ", ", what);
    if (seen != nullptr && !is_settled(seen->verdict) && !seen->detail.empty()) {
      unseen_ += " (" + seen->detail + ")";
    }
  }

  void tell_unseen(RotationJudgement& judgement) const {
    const std::string message = "nobody has seen within 24 h " + unseen_;
    const std::string check = "zonectl check " + facts_.code;
    if (!request_.by_policy) {
      judgement.warnings.push_back(message + "; " + check);
    } else if (!judgement.refusal) {
      judgement.refusal =
          Error{ErrorCode::kRefused, message, check + "; zonectl-check.timer looks at all of them three times a day",
                Refusal{Guard::kUnseen, {}}};
    }
  }

  const RotationFacts& facts_;
  const RotationRequest& request_;
  const Now& now_;
  dkim::SlotId to_;
  std::string slot_;
  const TargetKey& key_;
  std::optional<Error> refusal_;
  std::vector<std::string> warnings_;
  std::string unseen_;
};

void weigh_signers(const RotationFacts& facts, const RotationRequest& request, RotationJudgement& judgement) {
  if (request.override_guard == Guard::kSignerStale) {
    return;
  }
  for (const StaleSigner& signer : facts.stale_signers) {
    if (request.dry_run) {
      judgement.warnings.push_back("signer " + signer.name + " would have to follow earlier changes first");
    } else if (!judgement.refusal) {
      judgement.refusal = Error{ErrorCode::kRefused,
                                "signer " + signer.name + " does not hold the keys of " + facts.code +
                                    (signer.why.empty() ? "" : ": " + signer.why),
                                "zonectl signer sync " + signer.name, Refusal{Guard::kSignerStale, std::nullopt}};
    }
  }
}

}  // namespace

RotationJudgement may_rotate(const RotationFacts& facts, const RotationRequest& request, const Now& now) {
  RotationJudgement judgement;
  const Result<dkim::SlotId> to = dkim::may_rotate(
      facts.lifecycle, facts.policy, now, {facts.code, request.override_guard, request.expect, request.by_policy});
  if (!to) {
    judgement.refusal = to.error();
    return judgement;
  }
  judgement.to = *to;
  Weighing(facts, request, now, *to).weigh(judgement);
  weigh_signers(facts, request, judgement);
  return judgement;
}

}  // namespace zonestore
