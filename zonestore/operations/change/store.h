// The store: DIR/zone.db (public) and DIR/vault (private keys), opened together.
//
// Every operation of this folder is a free function over a Store; each change is one transaction of zone.db
// that holds business rows, record sets, serials, journal and audit, or nothing. Private keys go into the vault
// before that transaction and leave it after.
//
// Ownership: the Clock must outlive the Store. Threads: one thread at a time. Open one Store of a directory at a time
// in a process: opening looks at the file, and closing any descriptor of it would drop another's locks (POSIX).
// Errors: as in base/error.h; nothing is thrown.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/operations/change/context.h"
#include "zonestore/signer/command.h"
#include "zonestore/vault/vault.h"

namespace zonestore {

class Store {
 public:
  // kDryRun: for changes whose context says dry_run. zone.db is read as it is, for which the right to read is enough,
  // and whatever an operation writes is written in memory and gone with the Store: no write lock, no sync, not a byte
  // of the store changed; an older schema is brought up in memory too. The vault is read if it may be.
  enum class Access : std::uint8_t { kRead, kWrite, kDryRun };

  // With kRead and kDryRun nothing is created or rolled back; with kRead the vault is not opened. Errors: kMissing
  // (hint: init), kEmpty, kForeign, kFuture, kPermission, kHotJournal, ...
  [[nodiscard]] static Result<Store> open(const std::filesystem::path& dir, Access access, const Clock& clock,
                                          const VaultKeySources& key_sources = {});

  // Rolls back what a killed writer left in zone.db and in the vault, and does nothing else.
  [[nodiscard]] static Result<void> recover(const std::filesystem::path& dir);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // As whom signers' commands run; without it, as this process does. Root runs none (signer/command.h).
  void run_commands_as(const signer::RunsAs& runs_as);

  // Set if zone.db has an older schema, which a dry run has brought up in memory alone: the version that it has.
  [[nodiscard]] std::optional<std::int64_t> older_schema() const;

  [[nodiscard]] const std::filesystem::path& dir() const;
  [[nodiscard]] const Name& dkim_zone() const;
  [[nodiscard]] const Name& spf_zone() const;
  [[nodiscard]] const dkim::CustomerSelectors& customer_selectors() const;

  struct Impl;  // for the operations of this folder
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zonestore
