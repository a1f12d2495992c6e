// Inside of Store: for the sources of zonestore/operations only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/operations/change/clock_report.h"
#include "zonestore/operations/change/store.h"
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
  dkim::CustomerSelectors customer_selectors;
  VaultKeySources key_sources{};
  signer::RunsAs runs_as = signer::RunsAs::of_process();  // signers' commands
  std::optional<Vault> opened_vault = std::nullopt;
  KeyStock* key_stock = nullptr;  // while one lives: where fresh keys come from
  bool outcome_unknown = false;   // of a change of this process: nothing is destroyed from then on
  bool has_vault = true;  // false: a store that a restore makes ready, whose keys the restore itself answers for
  // Of a dry run:
  std::optional<std::int64_t> older_schema = std::nullopt;
  std::string not_proven{};        // why private keys could not be looked at, once one should have been
  std::uint64_t stand_ins = 0;     // of keys, so far
  bool keeps_steps = false;        // what is done is committed, in memory, for the steps after it to see
  std::uint64_t moments_kept = 0;  // through this Store: see moment_keeper.h
  // Public halves of keys in the vault that were looked into, by id: opening one costs a millisecond, and in bulk
  // each revocation would open hundreds. Empty: it does not open.
  std::map<std::string, Bytes> public_halves{};

  // Opened when it is first needed: readers never touch it. Throws db::Failure.
  [[nodiscard]] Vault& vault();
  // The vault; nullptr in a dry run by somebody who may not read it, who is told so (not_proven). Throws db::Failure.
  [[nodiscard]] Vault* vault_to_prove_with();
  [[nodiscard]] PublishedZone published(const Name& apex);  // throws kNotFound
  [[nodiscard]] Now now();                   // the clock, and trusted time since the last moment that was kept
  [[nodiscard]] ClockReport clock_report();  // of the same
};

[[nodiscard]] inline std::filesystem::path zone_file_of(const std::filesystem::path& dir) {
  return dir / "zone.db";
}

}  // namespace zonestore
