#include "zonestore/vault/vault_file.h"

#include <cerrno>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/file_check.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::Connection;
using db::Failure;

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

[[noreturn]] void fail_in_system(std::string_view verb, const fs::path& path, int system_error) {
  throw Failure(db::file_error(verb, path, system_error));
}

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

std::vector<std::string> key_ids_in(Connection& connection) {
  db::Statement rows = connection.prepare("SELECT key_id FROM private_key");
  std::vector<std::string> ids;
  while (rows.step()) {
    ids.push_back(rows.text(0));
  }
  return ids;
}

}  // namespace

fs::path vault_directory_of(const fs::path& store_dir) {
  return store_dir / "vault";
}
fs::path vault_file_of(const fs::path& store_dir) {
  return vault_directory_of(store_dir) / "vault.db";
}

void fail_with(ErrorCode code, std::string message, std::string hint) {
  throw Failure(Error{code, std::move(message), std::move(hint), std::nullopt});
}

void check_private_directory(const fs::path& store_dir) {
  check_private(vault_directory_of(store_dir), kDirectoryMode);
}
void check_private_file(const fs::path& store_dir) {
  check_private(vault_file_of(store_dir), kFileMode);
}

void make_vault_directory(const fs::path& store_dir) {
  const fs::path directory = vault_directory_of(store_dir);
  if (const auto made = create_directory(directory, kDirectoryMode); !made) {
    if (made.error().value() != EEXIST) {
      fail_in_system("make", directory, made.error().value());
    }
    return;
  }
  if (const auto synced = sync_directory(store_dir); !synced) {
    fail_in_system("sync", store_dir, synced.error().value());
  }
}

Connection open_vault_database(const fs::path& file, db::Access access) {
  Connection connection = Connection::open(file, access, db::kDefaultBusyTimeout, kFileMode);
  connection.execute("PRAGMA secure_delete=ON");
  return connection;
}

std::optional<std::string> tied_to(Connection& connection) {
  db::Statement statement = connection.prepare("SELECT store_id FROM vault");
  return statement.step() ? std::optional(statement.text(0)) : std::nullopt;
}

std::optional<std::string> wrapping_key_id_of(Connection& connection) {
  db::Statement& row = connection.cached("SELECT wrapping_key_id FROM vault WHERE wrapping_key_id IS NOT NULL");
  std::optional<std::string> id;
  if (row.step()) {
    id = row.text(0);
  }
  row.reset();
  return id;
}

void fail_as_foreign(const Connection& connection) {
  fail_with(ErrorCode::kForeign, connection.file().string() + " belongs to another store",
            "put back the vault that belongs to this zone.db: restore both from one backup");
}

std::string seal_context(const std::string& store_id, const std::string& key_id) {
  return "zonestore private key " + store_id + " " + key_id;
}

std::size_t seal_all(Connection& connection, const std::string& store_id, const WrappingKey* old_key,
                     const WrappingKey& key, std::optional<WallTime> now) {
  const std::vector<std::string> ids = key_ids_in(connection);
  for (const std::string& id : ids) {
    const std::string context = seal_context(store_id, id);
    db::Statement& row = connection.cached("SELECT sealed FROM private_key WHERE key_id = ?1");
    row.bind(1, std::string_view(id)).step();
    Bytes sealed;
    if (old_key == nullptr) {
      sealed = db::unwrap(key.seal(context, row.blob(0)));
    } else {
      const Result<crypto::SecretBytes> opened = old_key->open(context, row.blob(0));
      if (!opened) {
        fail_with(ErrorCode::kDamaged, "the vault's key " + id + " cannot be opened: " + opened.error().message,
                  "restore the store from a backup: zonectl restore DIR");
      }
      sealed = db::unwrap(key.seal(context, opened->view()));
    }
    row.reset();
    connection.cached("UPDATE private_key SET sealed = ?2 WHERE key_id = ?1")
        .bind(1, std::string_view(id))
        .bind(2, ByteView(sealed))
        .run();
  }
  connection.cached("UPDATE vault SET wrapping_key_id = ?1, sealed_ms = ?2, swept = 0")
      .bind(1, std::string_view(key.id()))
      .bind(2, now ? std::optional(std::int64_t{now->time_since_epoch().count()}) : std::nullopt)
      .run();
  return ids.size();
}

void sweep_if_due(Connection& connection) {
  const Result<void> swept = db::at_border<void>([&] {
    if (connection.integer("SELECT count(*) FROM vault WHERE swept = 0") != 0) {
      connection.execute("VACUUM");
      connection.execute("UPDATE vault SET swept = 1");
    }
  });
  (void)swept;  // another one reads or writes: the next one that opens the vault tries again
}

}  // namespace zonestore
