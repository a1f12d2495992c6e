// What a bulk revocation does to one institution, and what it has come to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/report.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/rotation/held_keys.h"

namespace zonectl {

// Either a slot of each, or all that a taken signer held.
struct RevokeTarget {
  std::optional<zonestore::dkim::SlotId> slot;
  std::string signer;  // empty: none
  bool stop_signing = false;
  std::vector<std::string> named = {};  // the codes of the command line; none: of all, or of a list
};
// Into what the run keeps, and back.
void keep(const RevokeTarget& target, RunArguments& kept);
[[nodiscard]] zonestore::Result<RevokeTarget> target_of(const RunArguments& kept);

class RevokeWork {
 public:
  RevokeWork(zonestore::Store& store, RevokeTarget target) : store_(store), target_(std::move(target)) {}

  [[nodiscard]] BulkWork work();
  // The fresh keys that the rest of the run needs, made on all cores while it lives. None in a dry run.
  void stock_keys(const zonestore::BulkRun& run, const zonestore::ChangeContext& context);
  // What is left to do at its end: the stock goes, the signers follow, what is ripe already is revoked too.
  void finish(const zonestore::ChangeContext& context, BulkReport& report);
  // For how long forged mail may pass, by phase.
  [[nodiscard]] zonestore::Result<BulkAddition> tell(const Session& session, const BulkReport& report,
                                                     zonestore::WallTime began);

 private:
  [[nodiscard]] zonestore::Result<zonestore::Changed> change(const zonestore::ChangeContext& context,
                                                             const zonestore::BulkItem& item);
  [[nodiscard]] zonestore::Result<zonestore::Changed> revoke_slot(const zonestore::ChangeContext& context,
                                                                  const zonestore::BulkItem& item);
  [[nodiscard]] zonestore::Result<zonestore::Changed> revoke_held(const zonestore::ChangeContext& context,
                                                                  const zonestore::BulkItem& item);
  void follow(const zonestore::ChangeContext& context, std::vector<std::string>& warnings);
  void tell_of_slot(const Session& session, const BulkReport& report, BulkAddition& more) const;
  static void name_prepare(const BulkReport& report, BulkAddition& more, const std::string& whom);
  [[nodiscard]] zonestore::Result<void> count_what_waits(const BulkReport& report);
  void tell_of_phases(const Session& session, const BulkReport& report, BulkAddition& more) const;

  zonestore::Store& store_;
  RevokeTarget target_;
  std::optional<zonestore::KeyStock> stock_;
  std::size_t unfollowed_ = 0;     // changes that the signers have not been asked to follow yet
  std::vector<std::string> lags_;  // what they said, for the report
  std::size_t moved_ = 0;          // institutions whose signing moved first
  std::size_t stopped_ = 0;        // or ended
  std::size_t phase_two_ = 0;      // keys that were revoked because the fresh one was ripe
  std::size_t waits_ = 0;          // of a dry run: that would wait
  std::optional<zonestore::WallTime> exposed_;
  std::optional<zonestore::WallTime> ripe_;
  std::optional<zonestore::WallTime> exposed_at_most_;
};

// Phase 2 alone: what waits for its fresh key. Errors: kNotFound if nothing does.
[[nodiscard]] zonestore::Result<ExitCode> revoke_what_waits(const Session& session, zonestore::Store& store,
                                                            const zonestore::ChangeContext& context,
                                                            Interruption& interruption);

}  // namespace zonectl
