// The keys that a restore keeps although the backup does not know them: those that sign in the live store, and those
// whose mail is under way. The signers that the restore switches off go on signing with them. For restore_merge.cc
// only. Threads: that of the connection. Errors: db::Failure is thrown.
//
//   - A slot whose live key differs from the backup's, and is ACTIVE or DRAINING, keeps the live key, what its name
//     has served, and its drain. The backup's key does not come back there.
//   - Signing goes where the backup has it, unless a kept key is in that slot, or it did not sign in the backup: then
//     it stays where it is in the live store. Where that signs no more, the kept key of the backup's slot does.
//   - An institution that the backup does not know, or knows as departed, departs as `remove` makes it: with its
//     domains and policy, both records until the drain is over, and `undo`. One that has no such key leaves at once.
//   - A key that was revoked, and one whose private half is not whole in the live vault, is not kept.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/backup/restore.h"

namespace zonestore {

// Is that key in the live vault, and the private half of this SubjectPublicKeyInfo?
using HasPrivateHalf = std::function<bool(const std::string& key_id, ByteView public_spki)>;

// Precondition: the tables of restore_rows.h; temp.kept gets (here, slot, key_id), and temp.touched the institutions.
// `leaving`: the codes of those that the backup lacks and that were served until now; those that depart are taken
// out. Notes and a warning go to `outcome`.
void keep_used_keys(db::Connection& connection, const Now& now, const HasPrivateHalf& has_private_half,
                    std::set<std::string>& leaving, Restored& outcome);

}  // namespace zonestore
