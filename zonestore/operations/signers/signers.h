// Signers: the programs that sign mail, each with a directory that follows the store.
//
//   a change (rotate, undo, add, ...) ──> outbox, in its transaction ──> sync: key files, tables, pointer, command
//                                                                            │ exit 0: acknowledged
//                                             the outbox's rows go, drains begin <┘
//
// The private keys of all institutions lie in such a directory, readable to the signer's group; nowhere else outside
// of the vault. See zonestore/signer/README.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/rows/signer_rows.h"
#include "zonestore/signer/layout.h"

namespace zonestore {

struct SignerView {
  std::string name;
  signer::Format format = signer::Format::kFiles;
  std::string directory;
  std::string command;  // empty: none, and the files alone are the acknowledgement
  bool enabled = true;  // false: after a restore, until somebody has looked
  WallTime added;
  std::uint64_t open = 0;         // institutions of which it has a change still to follow
  std::optional<WallTime> since;  // of the oldest of these
  std::uint64_t attempts = 0;     // that have failed since
  std::string failure;            // of the last attempt; empty: none
  // What looks found otherwise than it should be, since the last sync by hand: key files and tables that somebody
  // altered, or may read; and what lies there that is not ours.
  std::vector<rows::SignerFinding> findings{};
  std::optional<WallTime> taken{};  // its machine was taken: it is off for good
};
// Has somebody to look at it? It is switched off, it was tried and has not followed, or its files were altered.
[[nodiscard]] bool needs_attention(const SignerView& signer);

[[nodiscard]] Result<std::vector<SignerView>> list_signers(Store& store);  // by name

struct SyncResult {
  std::string name;
  std::uint64_t institutions = 0;  // that were looked at
  std::uint64_t keys_written = 0;
  std::uint64_t keys_removed = 0;
  std::string failure;  // empty: it has followed
  // Files that were not as they should be although nothing had changed, and are now: the first 20, and how many.
  std::vector<std::string> found{};
  std::uint64_t found_count = 0;
  // What lies in the directory and is not ours; it stays as it is. Likewise.
  std::vector<std::string> strangers{};
  std::uint64_t strangers_count = 0;
};

struct SignerOptions {
  std::string name;
  signer::Format format = signer::Format::kFiles;
  std::string directory;
  std::string command;
};
struct SignerAdded : Changed {
  SignerView signer;
  SyncResult sync;  // its first; if it failed the signer is enrolled nevertheless, and maintain tries again
};
// Makes the directory if it is missing (0750). Errors: kRefused/kExists (the name; the directory of another signer),
// kForeign (it holds what is not this signer's), kSignerKind (it cannot sign with the keys of some institutions);
// kInvalid (a directory inside the store's), kPermission, kMissing, ...
[[nodiscard]] Result<SignerAdded> add_signer(Store& store, const ChangeContext& context,
                                             const SignerOptions& options);

struct SignersSynced : Changed {
  std::vector<SyncResult> results;
};
// Compares the whole directory with what it should be and makes good what differs: every key file, link and table;
// what is ours and no slot holds goes. One signer, or all that are enabled. `enable`: one that was switched off is on
// from now. Errors: kNotFound; kRefused/ kSignerStale for one that is switched off.
[[nodiscard]] Result<SignersSynced> sync_signers(Store& store, const ChangeContext& context,
                                                 const std::optional<std::string>& name, bool enable);

struct SignerRemoved : Changed {
  std::uint64_t files_removed = 0;
};
// No change goes there from now on; drains no longer wait for it. Its files stay as they are unless they are purged:
// ours alone; what else lies there is named in a warning. Errors: kNotFound; kBusy while a sync is at work.
[[nodiscard]] Result<SignerRemoved> remove_signer(Store& store, const ChangeContext& context, const std::string& name,
                                                  bool purge);

// For bulk commands, after changes with signers_later: one attempt for each signer that has something to follow.
[[nodiscard]] Result<SignersSynced> sync_open_tasks(Store& store, const ChangeContext& context);

}  // namespace zonestore
