#include "zonestore/vault/vault.h"

#include <utility>

#include "zonestore/db/schema.h"
#include "zonestore/vault/vault_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::at_border;
using db::Connection;
using db::Failure;
using db::Transaction;

// Precondition: a write transaction. A vault without a key has nothing that another store could miss.
void tie(Connection& connection, const std::string& store_id, WallTime now) {
  if (tied_to(connection) == store_id) {
    return;
  }
  if (connection.integer("SELECT count(*) FROM private_key") != 0) {
    fail_as_foreign(connection);
  }
  db::Statement statement =
      connection.prepare("INSERT OR REPLACE INTO vault (one, store_id, made_ms) VALUES (1, ?1, ?2)");
  statement.bind(1, store_id).bind(2, now.time_since_epoch().count()).run();
}

// Precondition: a write transaction and a vault that is tied. The wrapping key is durable before a key is sealed.
void seal_if_open(Connection& connection, const fs::path& store_dir, const std::string& store_id,
                  const VaultKeySources& sources, std::optional<WallTime> now) {
  if (!wrapping_key_id_of(connection)) {
    const FoundKey found = key_for_new_vault(store_dir, sources);
    (void)seal_all(connection, store_id, nullptr, found.key, now);
  }
}

void fill(Connection& connection, const fs::path& store_dir, const std::string& store_id,
          const VaultKeySources& sources, WallTime now) {
  Transaction transaction(connection, Transaction::Kind::kWrite);
  db::apply_steps(connection, db::vault_schema());
  tie(connection, store_id, now);
  seal_if_open(connection, store_dir, store_id, sources, now);
  transaction.commit();
}

// A vault of the first version holds its keys in the clear: the step to the next version and the sealing are one.
void upgrade(Connection& connection, const fs::path& store_dir, const std::string& store_id,
             const VaultKeySources& sources) {
  if (connection.integer("PRAGMA user_version") >= db::vault_schema().steps.back().version) {
    return;
  }
  Transaction transaction(connection, Transaction::Kind::kWrite);
  db::apply_steps(connection, db::vault_schema());
  if (tied_to(connection) == store_id) {
    seal_if_open(connection, store_dir, store_id, sources, std::nullopt);
    transaction.commit();
  }
}

// A file without a byte is what an interrupted creation leaves.
void check_existing_file(const fs::path& file) {
  try {
    db::check_file(file, db::vault_schema());
  } catch (const Failure& failure) {
    if (failure.error().code != ErrorCode::kEmpty && failure.error().code != ErrorCode::kMissing) {
      throw;
    }
  }
}

}  // namespace

const FoundKey& Vault::Impl::wrapping_key() {
  const std::optional<std::string> id = wrapping_key_id_of(connection);
  if (!id) {
    fail_with(ErrorCode::kEmpty, connection.file().string() + " is unfinished", "run zonectl init again");
  }
  if (!found || found->key.id() != *id) {
    found.emplace(find_key(*id, key_places(store_dir, sources), connection.file().string(),
                           "put that key back, or name its file: ZONESTORE_VAULT_KEY=FILE"));
  }
  return *found;
}

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<Vault> Vault::create(const fs::path& store_dir, const std::string& store_id, WallTime now,
                            const VaultKeySources& sources) {
  return at_border<Vault>([&] {
    make_vault_directory(store_dir);
    check_private_directory(store_dir);
    check_existing_file(vault_file_of(store_dir));
    Connection connection = open_vault_database(vault_file_of(store_dir), db::Access::kCreate);
    check_private_file(store_dir);
    fill(connection, store_dir, store_id, sources, now);
    sweep_if_due(connection);
    return Vault(std::make_unique<Impl>(Impl{std::move(connection), store_dir, store_id, sources}));
  });
}

namespace {

constexpr std::int64_t kSealed = 2;  // since this version

// A vault that is there and belongs to that store.
Connection open_tied(const fs::path& store_dir, const std::string& store_id, db::Access access) {
  check_private_directory(store_dir);
  check_private_file(store_dir);
  db::check_file(vault_file_of(store_dir), db::vault_schema());
  Connection connection = open_vault_database(vault_file_of(store_dir), access);
  db::check_version(connection, db::vault_schema());
  const std::optional<std::string> tied = tied_to(connection);
  if (!tied) {
    fail_with(ErrorCode::kEmpty, connection.file().string() + " is unfinished", "run zonectl init again");
  }
  if (*tied != store_id) {
    fail_as_foreign(connection);
  }
  return connection;
}

}  // namespace

Result<Vault> Vault::open_scratch(const fs::path& store_dir, const std::string& store_id,
                                  const VaultKeySources& sources) {
  return at_border<Vault>([&] {
    Connection connection = open_tied(store_dir, store_id, db::Access::kScratch);
    const auto older = db::older_version(connection, db::vault_schema());
    if (older && *older < kSealed) {
      fail_with(ErrorCode::kReadOnly, connection.file().string() + " is a vault of the older version " +
                                          std::to_string(*older) + ", whose keys the next change will seal");
    }
    db::migrate(connection, db::vault_schema());
    return Vault(std::make_unique<Impl>(Impl{std::move(connection), store_dir, store_id, sources}));
  });
}

Result<Vault> Vault::open(const fs::path& store_dir, const std::string& store_id, const VaultKeySources& sources) {
  return at_border<Vault>([&] {
    Connection connection = open_tied(store_dir, store_id, db::Access::kReadWrite);
    upgrade(connection, store_dir, store_id, sources);
    sweep_if_due(connection);
    return Vault(std::make_unique<Impl>(Impl{std::move(connection), store_dir, store_id, sources}));
  });
}

Result<void> Vault::recover(const fs::path& store_dir) {
  return at_border<void>([&] {
    // Not check_file: while a journal is hot, the file's first page is not to be trusted. SQLite rolls back
    // when the file is first read, which opening it for writing does.
    Connection connection = open_vault_database(vault_file_of(store_dir), db::Access::kReadWrite);
    try {
      db::check_version(connection, db::vault_schema());
    } catch (const Failure& failure) {
      if (failure.error().code != ErrorCode::kEmpty) {  // rolled back to before its first commit
        throw;
      }
    }
  });
}

namespace {

constexpr std::size_t kKeyIdDigits = 16;

void put_one(Vault::Impl& vault, const Vault::NewKey& entry, WallTime now) {
  Connection& connection = vault.connection;
  if (entry.key_id.size() != kKeyIdDigits) {
    fail_with(ErrorCode::kInvalid, "\"" + entry.key_id + "\" is not a key id: it has 16 hexadecimal digits");
  }
  if (connection.cached("SELECT 1 FROM private_key WHERE key_id = ?1").bind(1, entry.key_id).step()) {
    fail_with(ErrorCode::kInvalid, "the vault holds a key " + entry.key_id + " already");
  }
  const crypto::SecretBytes der = db::unwrap(entry.key->pkcs8());
  const Bytes sealed =
      db::unwrap(vault.wrapping_key().key.seal(seal_context(vault.store_id, entry.key_id), der.view()));
  connection.cached("INSERT INTO private_key (key_id, sealed, stored_ms) VALUES (?1, ?2, ?3)")
      .bind(1, entry.key_id)
      .bind(2, ByteView(sealed))
      .bind(3, now.time_since_epoch().count())
      .run();
  connection.cached("INSERT INTO unused_key (key_id) VALUES (?1)").bind(1, entry.key_id).run();
}

bool holds(Connection& connection, const std::string& key_id) {
  db::Statement& row = connection.cached("SELECT 1 FROM private_key WHERE key_id = ?1");
  const bool found = row.bind(1, std::string_view(key_id)).step();
  row.reset();
  return found;
}

void destroy_one(Connection& connection, const std::string& key_id) {
  connection.cached("DELETE FROM private_key WHERE key_id = ?1").bind(1, key_id).run();
  connection.cached("DELETE FROM unused_key WHERE key_id = ?1").bind(1, key_id).run();
}

tl::unexpected<Error> unreadable(const std::string& key_id, const Error& why) {
  return fail(ErrorCode::kDamaged, "the vault's key " + key_id + " cannot be read: " + why.message,
              "restore the store from a backup: zonectl restore DIR");
}

}  // namespace

Result<void> Vault::put(const std::vector<NewKey>& keys, WallTime now) {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    for (const NewKey& each : keys) {
      put_one(*impl_, each, now);
    }
    transaction.commit();
  });
}

Result<bool> Vault::holds(const std::string& key_id) {
  return at_border<bool>([&] { return zonestore::holds(impl_->connection, key_id); });
}

Result<void> Vault::put_missing(const std::vector<NewKey>& keys, WallTime now) {
  return at_border<void>([&]() -> Result<void> {
    std::vector<NewKey> missing;
    for (const NewKey& each : keys) {
      if (!zonestore::holds(impl_->connection, each.key_id)) {
        missing.push_back(each);
      }
    }
    return missing.empty() ? Result<void>{} : put(missing, now);
  });
}

Result<crypto::SecretBytes> Vault::get_pkcs8(const std::string& key_id) {
  return at_border<crypto::SecretBytes>([&]() -> Result<crypto::SecretBytes> {
    // One transaction, so that the row is sealed with the key that the vault names.
    const Transaction reading(impl_->connection, Transaction::Kind::kRead);
    db::Statement& row = impl_->connection.cached("SELECT sealed FROM private_key WHERE key_id = ?1");
    if (!row.bind(1, key_id).step()) {
      return fail(ErrorCode::kNotFound, "the vault holds no key " + key_id);
    }
    Result<crypto::SecretBytes> der =
        impl_->wrapping_key().key.open(seal_context(impl_->store_id, key_id), row.blob(0));
    row.reset();
    return der ? std::move(der) : unreadable(key_id, der.error());
  });
}

Result<crypto::PrivateKey> Vault::get(const std::string& key_id) {
  const Result<crypto::SecretBytes> der = get_pkcs8(key_id);
  if (!der) {
    return tl::unexpected(der.error());
  }
  Result<crypto::PrivateKey> key = crypto::PrivateKey::from_pkcs8(der->view());
  return key ? std::move(key) : unreadable(key_id, key.error());
}

Result<void> Vault::destroy(const std::vector<std::string>& key_ids) {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    for (const std::string& each : key_ids) {
      destroy_one(impl_->connection, each);
    }
    transaction.commit();
  });
}

Result<std::vector<std::string>> Vault::unused_after(const std::string& after, std::size_t limit) {
  return at_border<std::vector<std::string>>([&] {
    db::Statement rows =
        impl_->connection.prepare("SELECT key_id FROM unused_key WHERE key_id > ?1 ORDER BY key_id LIMIT ?2");
    rows.bind(1, std::string_view(after)).bind(2, static_cast<std::int64_t>(limit));
    std::vector<std::string> ids;
    while (rows.step()) {
      ids.push_back(rows.text(0));
    }
    return ids;
  });
}

Result<void> Vault::settle(const std::vector<std::string>& used, const std::vector<std::string>& destroyed) {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    for (const std::string& each : used) {
      impl_->connection.cached("DELETE FROM unused_key WHERE key_id = ?1").bind(1, each).run();
    }
    for (const std::string& each : destroyed) {
      destroy_one(impl_->connection, each);
    }
    transaction.commit();
  });
}

Result<std::vector<VaultEntry>> Vault::list() {
  return at_border<std::vector<VaultEntry>>([&] {
    std::vector<VaultEntry> entries;
    db::Statement statement =
        impl_->connection.prepare("SELECT key_id, stored_ms FROM private_key ORDER BY stored_ms, key_id");
    while (statement.step()) {
      entries.push_back({statement.text(0), WallTime{Milliseconds{statement.integer(1)}}});
    }
    return entries;
  });
}

}  // namespace zonestore
