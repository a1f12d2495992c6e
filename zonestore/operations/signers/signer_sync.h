// How signers are made to follow. For the sources of zonestore/operations only. Errors: db::Failure is thrown, but
// for what goes wrong at a signer, which is in the result.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "zonestore/judgement/rotation_judgement.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/signers/signer_files.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/rows/signer_rows.h"

namespace zonestore {

enum class SyncScope : std::uint8_t {
  kTasks,  // institutions with a task alone
  kWhole,  // everything in the directory
};
struct SyncRequest {
  SyncScope scope = SyncScope::kTasks;
  std::optional<std::set<std::string>> only = std::nullopt;  // of the tasks, those of these institutions
  // So many institutions at a time under the directory's lock: in between, a rotation that waits for it has its turn.
  // Each slice is made durable by a few syncs of the file system, which cost what others have to write too.
  std::size_t slice = 200;
  bool keeps_found = false;  // what a whole sync found and mended is kept for `status`
};
// One attempt, at most that long: files, command, and then the transactions that take the tasks out. Nothing is
// thrown: whatever goes wrong is in the result, since what came before it was committed.
[[nodiscard]] SyncResult sync_signer(Store& store, const ChangeContext& context, const rows::SignerRow& signer,
                                     const SyncRequest& request, Milliseconds time_limit);

// After a change of this institution was committed: one attempt for each signer; who does not follow becomes a
// warning, and so does whatever else goes wrong. Nothing in a dry run or where the caller does it later.
void follow_once(Store& store, const ChangeContext& context, const dkim::Code& code, Changed& outcome);

// The same for many, once for all.
void follow_once(Store& store, const ChangeContext& context, const std::vector<dkim::Code>& codes,
                 std::vector<std::string>& warnings);

struct Followed {
  std::vector<std::string> laggards;  // who has not, with why: "opendkim-1: ..."
  std::string unknown;                // not empty: the store could not be asked, so that nobody knows
};
// The same, again and again until all have followed or the institution's signer-limit is over, by the store's clock.
[[nodiscard]] Followed follow(Store& store, const ChangeContext& context, const dkim::Code& code);

struct FollowedMany {
  std::map<std::string, std::vector<std::string>> laggards;  // of each code; no entry: all have followed
  std::string unknown;
};
// The same for many at once, within the largest of their limits.
[[nodiscard]] FollowedMany follow_many(Store& store, const ChangeContext& context,
                                       const std::vector<dkim::Code>& codes);

// In a dry run whose steps see one another: as if all signers followed in these.
void play_following(Store::Impl& store, const std::vector<dkim::Code>& codes);

// Before a rotation: signers that do not hold what they should of this institution are synced.
void prepare_signers(Store& store, const ChangeContext& context, const dkim::Code& code);
// In the rotation's transaction: the enabled signers that do not hold both keys as the vault has them, for the
// judgement.
[[nodiscard]] std::vector<StaleSigner> signers_without_keys(ChangeScope& change, const rows::InstitutionRow& row);

// After domains came to an institution that signs: signers sign their mail from now on, wherever the domains' CNAMEs
// lead. What was seen of these is told; nothing if they were seen to be right, or if there is no signer.
void warn_of_cnames(db::Connection& connection, const rows::InstitutionRow& row, const std::vector<Name>& domains,
                    Changed& outcome);

// Before a key of this algorithm is made or taken in: can every signer sign with it? Throws kRefused/kSignerKind,
// unless overridden.
void check_signer_kinds(db::Connection& connection, const ChangeContext& context, const dkim::Code& code,
                        crypto::Algorithm algorithm);

// Takes away all that syncs have put into the directory, but not the directory. The lock is taken before the signer
// is forgotten, so that whoever finds it busy has changed nothing.
class PurgedDirectory {
 public:
  PurgedDirectory(Store& store, const rows::SignerRow& signer, Milliseconds lock_wait);
  ~PurgedDirectory();
  PurgedDirectory(const PurgedDirectory&) = delete;
  PurgedDirectory& operator=(const PurgedDirectory&) = delete;
  PurgedDirectory(PurgedDirectory&&) = delete;
  PurgedDirectory& operator=(PurgedDirectory&&) = delete;
  [[nodiscard]] SyncResult purge();  // what is left is named as strangers

 private:
  BrokenInstitutions broken_;
  SyncResult result_;
  std::unique_ptr<SignerFiles> files_;
};

[[nodiscard]] SignerView signer_view(db::Connection& connection, const rows::SignerRow& row);

}  // namespace zonestore
