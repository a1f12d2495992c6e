#include "zonestore/operations/change/store.h"

#include <utility>

#include "zonestore/db/schema.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

Name apex_column(db::Connection& connection, std::string_view which) {
  db::Statement row =
      connection.prepare("SELECT z.apex FROM store AS s JOIN zone AS z ON z.zone_id = s." + std::string(which));
  if (!row.step()) {
    throw db::Failure(Error{ErrorCode::kEmpty,
                            connection.file().string() + " has no zones: it was never set up whole",
                            "run: zonectl init", std::nullopt});
  }
  return db::unwrap(Name::from_wire(row.blob(0)));
}

db::Access access_of(Store::Access access) {
  switch (access) {
    case Store::Access::kRead:
      return db::Access::kReadOnly;
    case Store::Access::kWrite:
      return db::Access::kReadWrite;
    case Store::Access::kDryRun:
      return db::Access::kScratch;
  }
  return db::Access::kReadOnly;
}

// What a killed writer left behind is rolled back first, as by any command.
Result<Vault> open_vault_to_look(const Store::Impl& store) {
  Result<Vault> opened = Vault::open_scratch(store.dir, store.store_id, store.key_sources);
  if (opened || opened.error().code != ErrorCode::kHotJournal || !Vault::recover(store.dir)) {
    return opened;
  }
  return Vault::open_scratch(store.dir, store.store_id, store.key_sources);
}

}  // namespace

Vault& Store::Impl::vault() {
  if (!opened_vault) {
    opened_vault.emplace(
        db::unwrap(connection.is_scratch() ? open_vault_to_look(*this) : Vault::open(dir, store_id, key_sources)));
  }
  return *opened_vault;
}

Vault* Store::Impl::vault_to_prove_with() {
  if (!connection.is_scratch()) {
    return &vault();
  }
  const Result<void> opened = db::at_border<void>([&] { (void)vault(); });
  if (opened) {
    return &*opened_vault;
  }
  if (opened.error().code != ErrorCode::kPermission && opened.error().code != ErrorCode::kReadOnly) {
    throw db::Failure(opened.error());
  }
  not_proven = "the private keys were not proven: " + opened.error().message;
  return nullptr;
}

PublishedZone Store::Impl::published(const Name& apex) {
  std::optional<PublishedZone> zone = find_zone(connection, apex);
  if (!zone) {
    throw db::Failure(Error{ErrorCode::kNotFound, "there is no zone " + apex.to_text_no_dot() + " in this store",
                            "zonectl zone list shows those that are there", std::nullopt});
  }
  return *std::move(zone);
}

Now Store::Impl::now() {
  return Now{trust(rows::read_kept_time(connection), clock->now())};
}

ClockReport Store::Impl::clock_report() {
  const KeptTime kept = rows::read_kept_time(connection);
  return report_clock_of(kept, trust(kept, clock->now()));
}

Result<Store> Store::open(const std::filesystem::path& dir, Access access, const Clock& clock,
                          const VaultKeySources& key_sources) {
  return db::at_border<Store>([&] {
    const std::filesystem::path file = zone_file_of(dir);
    db::check_file(file, db::zone_schema());
    db::Connection connection = db::Connection::open(file, access_of(access));
    db::check_version(connection, db::zone_schema());
    const std::optional<std::int64_t> older =
        access == Access::kDryRun ? db::older_version(connection, db::zone_schema()) : std::nullopt;
    if (access != Access::kRead) {
      db::migrate(connection, db::zone_schema());
    }
    Name dkim_zone = apex_column(connection, "dkim_zone_id");
    Name spf_zone = apex_column(connection, "spf_zone_id");
    dkim::CustomerSelectors selectors = rows::read_customer_selectors(connection);
    std::string store_id = rows::read_store_id(connection);
    auto impl =
        std::make_unique<Impl>(Impl{dir, std::move(connection), &clock, std::move(store_id), std::move(dkim_zone),
                                    std::move(spf_zone), std::move(selectors), key_sources});
    impl->older_schema = older;
    return Store(std::move(impl));
  });
}

Result<void> Store::recover(const std::filesystem::path& dir) {
  Result<void> zone = db::at_border<void>([&]() -> Result<void> {
    // No look at the file's bytes before: while a journal is hot they are not what was committed.
    db::Connection connection = db::Connection::open(zone_file_of(dir), db::Access::kReadWrite);
    db::check_version(connection, db::zone_schema());
    // Taking the write lock makes SQLite roll a hot journal back, if reading the version has not.
    db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
    transaction.commit();
    return {};
  });
  if (!zone) {
    return zone;
  }
  return Vault::recover(dir);
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

void Store::run_commands_as(const signer::RunsAs& runs_as) {
  impl_->runs_as = runs_as;
}
std::optional<std::int64_t> Store::older_schema() const {
  return impl_->older_schema;
}
const std::filesystem::path& Store::dir() const {
  return impl_->dir;
}
const Name& Store::dkim_zone() const {
  return impl_->dkim_zone;
}
const Name& Store::spf_zone() const {
  return impl_->spf_zone;
}
const dkim::CustomerSelectors& Store::customer_selectors() const {
  return impl_->customer_selectors;
}

}  // namespace zonestore
