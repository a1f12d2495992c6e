// Inside of Store: for the sources of this folder only.
#pragma once

#include <optional>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/operations/store.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

class KeyStock;

struct Store::Impl {
  std::filesystem::path dir;
  db::Connection connection;
  const Clock* clock;
  std::string store_id;
  Name dkim_zone;
  Name spf_zone;
  VaultKeySources key_sources{};
  std::optional<Vault> opened_vault = std::nullopt;
  KeyStock* key_stock = nullptr;  // while one lives: where fresh keys come from
  bool outcome_unknown = false;   // of a change of this process: nothing is destroyed from then on
  bool has_vault = true;  // false: a store that a restore makes ready, whose keys the restore itself answers for

  // Opened when it is first needed: readers never touch it. Throws db::Failure.
  [[nodiscard]] Vault& vault();
  [[nodiscard]] PublishedZone published(const Name& apex);  // throws kNotFound
  [[nodiscard]] Now now();                                  // the clock, beside the highest wall time on record
};

[[nodiscard]] inline std::filesystem::path zone_file_of(const std::filesystem::path& dir) {
  return dir / "zone.db";
}

}  // namespace zonestore
