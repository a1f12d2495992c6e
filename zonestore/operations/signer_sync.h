// How signers are made to follow. For the sources of this folder only. Errors: db::Failure is thrown, but for what
// goes wrong at a signer, which is in the result.
#pragma once

#include <string>
#include <vector>

#include "zonestore/operations/change_scope.h"
#include "zonestore/operations/signers.h"
#include "zonestore/publish/signer_rows.h"

namespace zonestore {

enum class SyncScope : std::uint8_t {
  kTasks,  // institutions with a task alone
  kWhole,  // everything in the directory
};
// One attempt, at most that long: files, command, and then the transaction that takes the tasks out.
[[nodiscard]] SyncResult sync_signer(Store& store, const ChangeContext& context, const publish::SignerRow& signer,
                                     SyncScope scope, Milliseconds time_limit);

// After a change of this institution was committed: one attempt for each signer; who does not follow becomes a
// warning. Nothing in a dry run or where the caller does it later.
void follow_once(Store& store, const ChangeContext& context, const dkim::Code& code, Changed& outcome);

// The same, again and again until all have followed or the institution's signer-limit is over. Who has not, with why.
[[nodiscard]] std::vector<std::string> follow(Store& store, const ChangeContext& context, const dkim::Code& code);

// Before a rotation: signers that do not hold the key of the standby are synced.
void prepare_signers(Store& store, const ChangeContext& context, const dkim::Code& code);
// In the rotation's transaction: does each enabled signer hold the key? Throws kRefused/kSignerStale, unless
// overridden. In a dry run, which syncs nothing before, it is a warning.
void check_signers_hold(ChangeScope& change, const ChangeContext& context, const publish::InstitutionRow& row,
                        dkim::SlotId slot, Changed& outcome);

// Takes away all that syncs have put into the directory, but not the directory. How many key files.
std::uint64_t purge_directory(Store& store, const publish::SignerRow& signer);

[[nodiscard]] SignerView signer_view(db::Connection& connection, const publish::SignerRow& row);

}  // namespace zonestore
