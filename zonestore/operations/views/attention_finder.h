// Finds, in a walk over all institutions, what only an operator can mend (attention.h). For the sources of this
// folder only. Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/operations/views/attention.h"
#include "zonestore/operations/views/attention_reasons.h"

namespace zonestore {

inline constexpr std::size_t kNamedCodes = 20;  // of those that are counted, so many are named

void take_earlier(std::optional<WallTime>& earliest, const std::optional<WallTime>& time);

class AttentionFinder {
 public:
  void look_at(const rows::InstitutionRow& row, const std::vector<Reason>& reasons,
               const dkim::LifecyclePolicy& policy, const Now& now);

  // Those that somebody must look at, for the gravest reason first; but for what `check` saw.
  [[nodiscard]] std::vector<Attention> found() const;
  [[nodiscard]] std::uint64_t unseen_count() const { return unseen_.count; }
  [[nodiscard]] const Attention& evidence_against() const { return evidence_; }

 private:
  [[nodiscard]] Attention& of(Reason reason);

  static constexpr const char* kPrepare = "zonectl prepare CODE";

  Attention not_signing_{"not-signing", "do not sign, and hold no fresh key to begin with", 0, {}, kPrepare};
  Attention no_standby_{"no-standby", "cannot rotate: their other slot was revoked", 0, {}, kPrepare};
  Attention overdue_{
      "overdue", "were not rotated although policy made it due more than a day ago", 0, {}, "zonectl show CODE"};
  Attention unseen_{"unseen",
                    "are due by policy, but nobody could see within 24 h that all is right (E_UNSEEN)",
                    0,
                    {},
                    "systemctl enable --now zonectl-check.timer; at once: zonectl check --all"};
  Attention to_revoke_{"to-revoke",
                       "hold a key that a taken signer held: it is revoked once a fresh one is ripe",
                       0,
                       {},
                       "zonectl maintain"};
  Attention evidence_{};
};

}  // namespace zonestore
