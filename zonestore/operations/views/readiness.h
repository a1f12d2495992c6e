// May an institution rotate now, by all that the store knows? The one answer that `list`, `show`, `status` and `plan`
// give, which is that of `rotate --dry-run`: the rows are read here and judged by may_rotate (rotation_judgement.h).
// What only a rotation finds out, whether the vault's key fits, is not in it; nor are signers that do not hold the
// key, which a rotation makes follow first.
//
// Of a walk over all: who has no bad news on record cannot be refused for any by hand, so that of most nothing is
// read beside their own rows. For the sources of zonestore/operations only. Ownership: the connection must outlive
// it. Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <set>

#include "zonestore/judgement/rotation_judgement.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

class Readiness {
 public:
  enum class Of : std::uint8_t { kOne, kAll };
  // Reads what is the same for all institutions, in the caller's transaction.
  Readiness(db::Connection& connection, const Name& dkim_zone, Of of);

  // Of a rotation by hand, or by policy, now: where it would go, and why it would be refused. Without the warnings.
  [[nodiscard]] RotationJudgement judge(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                        bool by_policy, const Now& now);

 private:
  [[nodiscard]] bool may_have_bad_news(rows::InstitutionId institution) const {
    return !bad_news_ || !servers_.lagging.empty() || bad_news_->contains(institution);
  }

  db::Connection& connection_;
  const Name& dkim_zone_;
  OwnServers servers_;
  std::optional<std::set<rows::InstitutionId>> bad_news_;  // nullopt: nobody has looked
};

}  // namespace zonestore
