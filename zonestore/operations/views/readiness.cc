#include "zonestore/operations/views/readiness.h"

#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/rows/evidence_rows.h"

namespace zonestore {

Readiness::Readiness(db::Connection& connection, const Name& dkim_zone, Of of)
    : connection_(connection), dkim_zone_(dkim_zone), servers_(own_servers(connection)) {
  if (of == Of::kAll) {
    bad_news_ = rows::ids_with_bad_news(connection);
  }
}

RotationJudgement Readiness::judge(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                   bool by_policy, const Now& now) {
  RotationJudgement judgement;
  // may_rotate asks the lifecycle first, too: where that refuses, or nothing else can, nothing is read.
  const Result<dkim::SlotId> to =
      dkim::may_rotate(row.facts, policy, now, {row.code.text(), std::nullopt, std::nullopt, by_policy});
  if (!to) {
    judgement.refusal = to.error();
  } else if (by_policy || may_have_bad_news(row.id)) {
    judgement =
        may_rotate(rotation_facts(connection_, dkim_zone_, row, policy, servers_), {.by_policy = by_policy}, now);
    judgement.warnings.clear();
  } else {
    judgement.to = *to;
  }
  return judgement;
}

}  // namespace zonestore
