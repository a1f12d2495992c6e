// Copies of a vault, for backups, and keys taken over from one.
#include <utility>

#include "zonestore/db/backup.h"
#include "zonestore/db/schema.h"
#include "zonestore/vault/vault_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::at_border;
using db::Connection;
using db::Transaction;

constexpr unsigned kCopyMode = 0600;

Connection open_copy(const fs::path& file) {
  db::check_file(file, db::vault_schema());
  Connection connection = Connection::open(file, db::Access::kReadOnly);
  db::check_version(connection, db::vault_schema());
  return connection;
}

std::string required(std::optional<std::string> value, const Connection& connection) {
  if (!value) {
    fail_with(ErrorCode::kDamaged, connection.file().string() + " is no whole copy of a vault",
              "take another backup");
  }
  return std::move(*value);
}

struct CopiedKey {
  std::string key_id;
  Bytes sealed;
  std::int64_t stored_ms = 0;
};

void insert_key(Connection& connection, const CopiedKey& key, ByteView sealed) {
  connection.cached("INSERT INTO private_key (key_id, sealed, stored_ms) VALUES (?1, ?2, ?3)")
      .bind(1, std::string_view(key.key_id))
      .bind(2, sealed)
      .bind(3, key.stored_ms)
      .run();
}

std::vector<KeyPlace> places_of_copy(const Vault::Impl& vault, const std::optional<fs::path>& key_file) {
  std::vector<KeyPlace> places = key_places(vault.store_dir, vault.sources);
  if (key_file) {
    places.insert(places.begin(), KeyPlace{KeySource::kNamedFile, *key_file});
  }
  return places;
}

}  // namespace

Result<void> Vault::copy_to(const fs::path& file) {
  return at_border<void>([&] {
    const Transaction reading(impl_->connection, Transaction::Kind::kRead);
    db::copy_to_new_file(impl_->connection, file, kCopyMode);
  });
}

Result<VaultImported> Vault::add_from(const fs::path& copy, const std::optional<fs::path>& key_file,
                                      const std::set<std::string>& left_out, bool dry_run) {
  return at_border<VaultImported>([&] {
    Connection source = open_copy(copy);
    const std::string id = required(wrapping_key_id_of(source), source);
    const FoundKey copy_key = find_key(id, places_of_copy(*impl_, key_file), copy.string());
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    const WrappingKey& own_key = impl_->wrapping_key().key;
    VaultImported outcome;
    db::Statement rows = source.prepare("SELECT key_id, sealed, stored_ms FROM private_key ORDER BY key_id");
    while (rows.step()) {
      const CopiedKey key{rows.text(0), {rows.blob(1).begin(), rows.blob(1).end()}, rows.integer(2)};
      const std::string context = seal_context(impl_->store_id, key.key_id);
      // Each is opened, also one that needs no other seal: what does not open is found now and not when it is needed.
      const Result<dkim::SecretBytes> opened = copy_key.key.open(context, key.sealed);
      if (!opened) {
        fail_with(ErrorCode::kDamaged, copy.string() + ": key " + key.key_id + ": " + opened.error().message,
                  "take another backup");
      }
      if (left_out.contains(key.key_id)) {
        continue;
      }
      if (impl_->connection.cached("SELECT 1 FROM private_key WHERE key_id = ?1").bind(1, key.key_id).step()) {
        ++outcome.present;
        continue;
      }
      insert_key(impl_->connection, key, db::unwrap(own_key.seal(context, opened->view())));
      ++outcome.added;
    }
    if (!dry_run) {
      transaction.commit();
    }
    return outcome;
  });
}

Result<VaultCopy> read_vault_copy(const fs::path& file) {
  return at_border<VaultCopy>([&] {
    Connection connection = open_copy(file);
    db::check_integrity(connection);
    VaultCopy copy;
    copy.store_id = required(tied_to(connection), connection);
    copy.wrapping_key_id = required(wrapping_key_id_of(connection), connection);
    db::Statement rows = connection.prepare("SELECT key_id FROM private_key");
    while (rows.step()) {
      copy.key_ids.insert(rows.text(0));
    }
    return copy;
  });
}

}  // namespace zonestore
