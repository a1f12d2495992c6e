#include "zonestore/operations/views/attention_finder.h"

namespace zonestore {
namespace {

void note(Attention& attention, const std::string& code) {
  ++attention.count;
  if (attention.codes.size() < kNamedCodes) {
    attention.codes.push_back(code);
  }
}

}  // namespace

void take_earlier(std::optional<WallTime>& earliest, const std::optional<WallTime>& time) {
  if (time && (!earliest || *time < *earliest)) {
    earliest = time;
  }
}

Attention& AttentionFinder::of(Reason reason) {
  switch (reason) {
    case Reason::kNotSigning:
      return not_signing_;
    case Reason::kNoStandby:
      return no_standby_;
    case Reason::kOverdue:
      return overdue_;
    case Reason::kToRevoke:
      return to_revoke_;
    case Reason::kUnseen:
      return unseen_;
    case Reason::kEvidence:
      break;
  }
  return evidence_;
}

void AttentionFinder::look_at(const rows::InstitutionRow& row, const std::vector<Reason>& reasons,
                              const dkim::LifecyclePolicy& policy, const Now& now) {
  for (const Reason reason : reasons) {
    note(of(reason), row.code.text());
    if (reason == Reason::kOverdue) {
      take_earlier(overdue_.since, overdue_since(row, policy, now));
    }
  }
}

std::vector<Attention> AttentionFinder::found() const {
  std::vector<Attention> found;
  for (const Attention* each : {&not_signing_, &no_standby_, &overdue_, &to_revoke_, &unseen_}) {
    if (each->count > 0) {
      found.push_back(*each);
    }
    if (each->count > 1 && each->run == kPrepare) {
      found.back().run = "zonectl prepare --all";
    }
  }
  return found;
}

}  // namespace zonestore
