#include "tools/zonectl/look/rotation_looks.h"

#include "tools/zonectl/look/follower_looks.h"

namespace zonectl::look {

using zonestore::Look;
using zonestore::Result;
using zonestore::RotationSubject;
using zonestore::RotationWish;
using zonestore::dkim::Code;

namespace {

constexpr std::chrono::milliseconds kLongestRotationLook{2000};
constexpr std::chrono::milliseconds kForTheWay{150};  // of that, from and to the child
constexpr std::size_t kKeptAtATime = 64;
// In a run of many: a key that was not ripe for a server that has followed meanwhile finds that out.
constexpr std::chrono::seconds kFollowersAreSeenFor{30};

Look look_taken(const RotationSubject& asked, const SeenInstitution& seen) {
  Look look{{}, asked.subject.as_of};
  const zonestore::ExpectedSlot& slot = asked.subject.slots.at(static_cast<std::size_t>(asked.target) - 1);
  for (const probe::Finding& finding : seen.findings) {
    look.evidence.push_back({finding.domain, finding.subject, finding.verdict, finding.detail, slot.key_id,
                             finding.asked, finding.served, finding.behind});
  }
  return look;
}

}  // namespace

void RotationLooks::see_followers_now_and_then() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (followers_seen_ && now - *followers_seen_ < kFollowersAreSeenFor) {
    return;
  }
  if (const Result<void> seen = see_followers(store_, *lookout_); !seen) {
    trouble_ = "whether all servers follow could not be seen: " + seen.error().message;
  }
  followers_seen_ = std::chrono::steady_clock::now();
}

void RotationLooks::begin(const Code& code, const RotationWish& wish) {
  if (lookout_ == nullptr || !lookout_->is_alive() || begun_.contains(code.text())) {
    return;
  }
  see_followers_now_and_then();
  auto asked = subject_of_rotation(store_, code, wish);
  if (!asked || !*asked) {
    begun_.emplace(code.text(), std::nullopt);  // the rotation itself will say why
    return;
  }
  Task task;
  task.kind = Kind::kRotation;
  task.dkim_zone = store_.dkim_zone();
  task.spf_zone = store_.spf_zone();
  task.zone = (*asked)->zone;
  task.subject = (*asked)->subject;
  task.target = (*asked)->target;
  task.budget_ms = static_cast<std::uint32_t>((kLongestRotationLook - kForTheWay).count());
  const SteadyTime until = std::chrono::steady_clock::now() + kLongestRotationLook;
  begun_.emplace(code.text(), Begun{lookout_->ask(std::move(task)), **std::move(asked), until});
}

std::optional<Look> RotationLooks::take(const Code& code, const RotationWish& wish) {
  begin(code, wish);
  const auto found = begun_.find(code.text());
  if (found == begun_.end()) {
    return std::nullopt;
  }
  const std::optional<Begun> begun = std::move(found->second);
  begun_.erase(found);
  if (!begun) {
    return std::nullopt;
  }
  const std::optional<SeenInstitution> seen = lookout_->take_institution(begun->number, begun->until);
  return seen ? std::optional(look_taken(begun->subject, *seen)) : std::nullopt;
}

Result<void> RotationLooks::keep_later(const Code& code, Look look) {
  later_.emplace_back(code, std::move(look));
  return later_.size() < kKeptAtATime ? Result<void>() : keep_now();
}

Result<void> RotationLooks::keep_now() {
  if (later_.empty()) {
    return {};
  }
  const auto looks = std::exchange(later_, {});
  return record_evidence(store_, looks);
}

std::string RotationLooks::trouble() const {
  return lookout_ == nullptr || lookout_->is_alive() || lookout_->failure().empty()
             ? trouble_
             : "what looks into the DNS has ended: " + lookout_->failure();
}

}  // namespace zonectl::look
