// What a restore does to the SPF records: the terms are the backup's, but what resolvers hold is what was served
// last. For the sources of this folder only. Errors: db::Failure is thrown.
#pragma once

#include <filesystem>
#include <optional>

#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/change_scope.h"

namespace zonestore {

// Publishes the restored terms from the layout that the live store served last, by the planner's steps. Without a
// live store each of our names may have been included, and may have said anything, until now. `live`: a copy of
// zone.db.
void merge_spf(ChangeScope& change, const std::optional<std::filesystem::path>& live, Restored& outcome);

}  // namespace zonestore
