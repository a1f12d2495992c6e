#include "zonestore/vault/vault.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/schema.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::at_border;
using db::Connection;
using db::Failure;
using db::Transaction;

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

fs::path directory_of(const fs::path& store_dir) {
  return store_dir / "vault";
}
fs::path file_of(const fs::path& store_dir) {
  return directory_of(store_dir) / "vault.db";
}

[[noreturn]] void fail_with(ErrorCode code, std::string message, std::string hint = {}) {
  throw Failure(Error{code, std::move(message), std::move(hint)});
}

[[noreturn]] void fail_in_system(std::string_view verb, const fs::path& path, int system_error) {
  throw Failure(db::file_error(verb, path, system_error));
}

// Refuses what others than the owner may enter or read.
void check_private(const fs::path& path, mode_t mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    fail_in_system("open", path, errno);
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    fail_with(ErrorCode::kPermission, path.string() + " is open to others than its owner",
              std::string("run: chmod ") + (mode == kDirectoryMode ? "700 " : "600 ") + path.string());
  }
}

void check_private(const fs::path& store_dir) {
  check_private(directory_of(store_dir), kDirectoryMode);
  check_private(file_of(store_dir), kFileMode);
}

// Durable like what will be put in it: the entry in the store's directory is synced.
void make_directory(const fs::path& store_dir) {
  const fs::path directory = directory_of(store_dir);
  if (::mkdir(directory.c_str(), kDirectoryMode) != 0) {
    if (errno != EEXIST) {
      fail_in_system("make", directory, errno);
    }
    return;
  }
  if (::chmod(directory.c_str(), kDirectoryMode) != 0) {  // whatever the umask took away
    fail_in_system("set the mode of", directory, errno);
  }
  const FileDescriptor parent(::open(store_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.is_open() || ::fsync(parent.get()) != 0) {
    fail_in_system("sync", store_dir, errno);
  }
}

Connection open_database(const fs::path& store_dir, db::Access access) {
  Connection connection = Connection::open(file_of(store_dir), access, db::kDefaultBusyTimeout, kFileMode);
  connection.execute("PRAGMA secure_delete=ON");
  return connection;
}

std::optional<std::string> tied_to(Connection& connection) {
  db::Statement statement = connection.prepare("SELECT store_id FROM vault");
  return statement.step() ? std::optional(statement.text(0)) : std::nullopt;
}

[[noreturn]] void fail_as_foreign(const Connection& connection) {
  fail_with(ErrorCode::kForeign, connection.file().string() + " belongs to another store",
            "put back the vault that belongs to this zone.db: restore both from one backup");
}

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

void fill(Connection& connection, const std::string& store_id, WallTime now) {
  Transaction transaction(connection, Transaction::Kind::kWrite);
  db::apply_steps(connection, db::vault_schema());
  tie(connection, store_id, now);
  transaction.commit();
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

struct Vault::Impl {
  Connection connection;
};

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<Vault> Vault::create(const fs::path& store_dir, const std::string& store_id, WallTime now) {
  return at_border<Vault>([&] {
    make_directory(store_dir);
    check_private(directory_of(store_dir), kDirectoryMode);
    check_existing_file(file_of(store_dir));
    Connection connection = open_database(store_dir, db::Access::kCreate);
    check_private(file_of(store_dir), kFileMode);
    fill(connection, store_id, now);
    return Vault(std::make_unique<Impl>(Impl{std::move(connection)}));
  });
}

Result<Vault> Vault::open(const fs::path& store_dir, const std::string& store_id) {
  return at_border<Vault>([&] {
    check_private(store_dir);
    db::check_file(file_of(store_dir), db::vault_schema());
    Connection connection = open_database(store_dir, db::Access::kReadWrite);
    db::check_version(connection, db::vault_schema());
    db::migrate(connection, db::vault_schema());
    const std::optional<std::string> tied = tied_to(connection);
    if (!tied) {
      fail_with(ErrorCode::kEmpty, connection.file().string() + " is unfinished", "run zonectl init again");
    }
    if (*tied != store_id) {
      fail_as_foreign(connection);
    }
    return Vault(std::make_unique<Impl>(Impl{std::move(connection)}));
  });
}

Result<void> Vault::recover(const fs::path& store_dir) {
  return at_border<void>([&] {
    // Not check_file: while a journal is hot, the file's first page is not to be trusted. SQLite rolls back
    // when the file is first read, which opening it for writing does.
    Connection connection = open_database(store_dir, db::Access::kReadWrite);
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

void put_one(Connection& connection, const Vault::NewKey& entry, WallTime now) {
  if (entry.key_id.size() != kKeyIdDigits) {
    fail_with(ErrorCode::kInvalid, "\"" + entry.key_id + "\" is not a key id: it has 16 hexadecimal digits");
  }
  if (connection.cached("SELECT 1 FROM private_key WHERE key_id = ?1").bind(1, entry.key_id).step()) {
    fail_with(ErrorCode::kInvalid, "the vault holds a key " + entry.key_id + " already");
  }
  const dkim::SecretBytes der = db::unwrap(entry.key->pkcs8());
  connection.cached("INSERT INTO private_key (key_id, pkcs8, stored_ms) VALUES (?1, ?2, ?3)")
      .bind(1, entry.key_id)
      .bind(2, der.view())
      .bind(3, now.time_since_epoch().count())
      .run();
}

}  // namespace

Result<void> Vault::put(const std::vector<NewKey>& keys, WallTime now) {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    for (const NewKey& each : keys) {
      put_one(impl_->connection, each, now);
    }
    transaction.commit();
  });
}

Result<dkim::PrivateKey> Vault::get(const std::string& key_id) {
  return at_border<dkim::PrivateKey>([&]() -> Result<dkim::PrivateKey> {
    db::Statement statement = impl_->connection.prepare("SELECT pkcs8 FROM private_key WHERE key_id = ?1");
    if (!statement.bind(1, key_id).step()) {
      return fail(ErrorCode::kNotFound, "the vault holds no key " + key_id);
    }
    Result<dkim::PrivateKey> key = dkim::PrivateKey::from_pkcs8(statement.blob(0));
    if (!key) {
      return fail(ErrorCode::kDamaged, "the vault's key " + key_id + " cannot be read: " + key.error().message,
                  "restore the store from a backup: zonectl restore FILE");
    }
    return key;
  });
}

Result<void> Vault::destroy(const std::vector<std::string>& key_ids) {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    for (const std::string& each : key_ids) {
      impl_->connection.cached("DELETE FROM private_key WHERE key_id = ?1").bind(1, each).run();
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
