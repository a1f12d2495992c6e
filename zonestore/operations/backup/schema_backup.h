// What is kept of a store before it is brought to a newer schema, so that older programs can have it back.
//
// DIR/before-schema-N-<time> is a backup like any other (backup.h), of the files as they were, with schema N: older
// programs restore it. Threads: any; no Store of DIR may be open in the process (store.h). Errors: as in
// base/error.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct SchemaBackup {
  std::filesystem::path directory;
  std::int64_t schema = 0;  // that the store has
  std::int64_t newest = 0;  // that it is to be brought to
  std::string trouble;      // why it carries no seal; empty: it does
};

// nullopt: the schema is the newest, and there is nothing to do. Errors: those of opening a store to read; kBusy
// where the vault may not be read, so that nothing could be kept: the command that may, such as maintain, is waited
// for.
[[nodiscard]] Result<std::optional<SchemaBackup>> back_up_older_schema(const std::filesystem::path& dir,
                                                                       const Clock& clock,
                                                                       const VaultKeySources& key_sources);

}  // namespace zonestore
