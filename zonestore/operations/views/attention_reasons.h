// For which reasons somebody must look at an institution: the one judgement behind the counts of `status` and the
// rows of `list --attention`. What is wrong with the store as a whole is in troubles.h.
//
// For the sources of zonestore/operations only. Ownership: what is handed in must outlive it. Threads: that of the
// connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/operations/views/readiness.h"

namespace zonestore {

enum class Reason : std::uint8_t {
  kNotSigning,  // it does not sign, and holds no fresh key to begin with
  kNoStandby,   // its other slot was revoked
  kOverdue,     // policy made a rotation due more than a day ago
  kToRevoke,    // it holds a key that a taken signer held
  kUnseen,      // due by policy, but nobody looked within 24 h
  kEvidence,    // `check` saw something wrong, and nobody has seen it mended
};
[[nodiscard]] std::string_view to_text(Reason reason);  // "not-signing", "no-standby", ...

class AttentionJudge {
 public:
  // Reads what `check` saw and what is to be revoked of all institutions, in the caller's transaction.
  AttentionJudge(db::Connection& connection, Readiness& readiness);

  // In the order of the enumeration; empty: none.
  [[nodiscard]] std::vector<Reason> reasons(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                            const Now& now);
  // Did nobody ever see an answer about it in the DNS?
  [[nodiscard]] bool is_never_seen(const rows::InstitutionRow& row) const { return never_seen_.contains(row.id); }

 private:
  [[nodiscard]] bool lacks_look(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy, const Now& now);

  Readiness& readiness_;
  std::set<rows::InstitutionId> faulty_;  // of which `check` saw something wrong
  std::set<rows::InstitutionId> never_seen_;
  std::set<std::string> to_revoke_;  // codes
};

// Since when; of kOverdue alone.
[[nodiscard]] std::optional<WallTime> overdue_since(const rows::InstitutionRow& row,
                                                    const dkim::LifecyclePolicy& policy, const Now& now);

}  // namespace zonestore
