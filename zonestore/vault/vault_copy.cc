// Copies of a vault, for backups, and keys taken over from one.
#include <utility>

#include "zonestore/crypto/key_numbers.h"
#include "zonestore/db/backup.h"
#include "zonestore/db/schema.h"
#include "zonestore/vault/keyed_code.h"
#include "zonestore/vault/vault_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::at_border;
using db::Connection;
using db::Transaction;

constexpr unsigned kCopyMode = 0600;
constexpr std::int64_t kOldestCopy = 2;  // the first whose keys are sealed

Connection open_copy(const fs::path& file) {
  db::check_file(file, db::vault_schema());
  Connection connection = Connection::open(file, db::Access::kReadOnly);
  db::check_version(connection, db::vault_schema(), kOldestCopy);
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

FoundKey key_of_copy(Connection& copy, const std::optional<fs::path>& key_file, const fs::path& store_dir,
                     const VaultKeySources& sources) {
  std::vector<KeyPlace> places = key_places(store_dir, sources);
  if (key_file) {
    places.insert(places.begin(), KeyPlace{KeySource::kNamedFile, *key_file});
  }
  return find_key(required(wrapping_key_id_of(copy), copy), places, copy.file().string(),
                  "name the file of that key: zonectl restore DIR --key-file FILE");
}

// Each is opened, also one that needs no other seal: what does not open is found now and not when it is needed.
template <class Visitor>
void for_each_key(Connection& copy, const WrappingKey& copy_key, const std::string& store_id, const Visitor& visit) {
  db::Statement rows = copy.prepare("SELECT key_id, sealed, stored_ms FROM private_key ORDER BY key_id");
  while (rows.step()) {
    const CopiedKey key{rows.text(0), {rows.blob(1).begin(), rows.blob(1).end()}, rows.integer(2)};
    const Result<crypto::SecretBytes> opened = copy_key.open(seal_context(store_id, key.key_id), key.sealed);
    if (!opened) {
      fail_with(ErrorCode::kDamaged, copy.file().string() + ": key " + key.key_id + ": " + opened.error().message,
                "take another backup");
    }
    visit(key, opened->view());
  }
}

}  // namespace

Result<std::vector<KeyedCode>> codes_by_found_keys(const fs::path& store_dir, const VaultKeySources& sources,
                                                   std::string_view purpose, ByteView message) {
  return at_border<std::vector<KeyedCode>>([&] {
    std::vector<KeyedCode> codes;
    for (const KeyPlace& place : key_places(store_dir, sources)) {
      std::optional<WrappingKey> key;
      const Result<void> read = at_border<void>([&] { key = read_key_file(place); });
      if (read && key) {
        codes.push_back({key->id(), db::unwrap(key->code(purpose, message))});
      }
    }
    return codes;
  });
}

Result<void> Vault::copy_to(const fs::path& file) {
  return at_border<void>([&] {
    const Transaction reading(impl_->connection, Transaction::Kind::kRead);
    db::copy_to_new_file(impl_->connection, file, kCopyMode);
  });
}

namespace {

// The key that is here already, if it is whole.
bool has_whole_key(Vault::Impl& vault, const WrappingKey& own_key, const std::string& key_id, ByteView public_spki) {
  db::Statement& row = vault.connection.cached("SELECT sealed FROM private_key WHERE key_id = ?1");
  bool is_whole = false;
  if (row.bind(1, std::string_view(key_id)).step()) {
    const Result<crypto::SecretBytes> opened = own_key.open(seal_context(vault.store_id, key_id), row.blob(0));
    is_whole = opened && crypto::check_numbers(opened->view(), public_spki);
  }
  row.reset();
  return is_whole;
}

void take_over(Vault::Impl& vault, const CopiedKey& key, ByteView clear, const WrappingKey& own_key) {
  vault.connection.cached("DELETE FROM private_key WHERE key_id = ?1").bind(1, std::string_view(key.key_id)).run();
  insert_key(vault.connection, key, db::unwrap(own_key.seal(seal_context(vault.store_id, key.key_id), clear)));
}

[[noreturn]] void throw_not_whole(const Connection& copy, const std::string& key_id, const std::string& why) {
  fail_with(ErrorCode::kDamaged, copy.file().string() + ": the private key " + key_id + " is no good: " + why,
            "nothing was restored; take another backup");
}

}  // namespace

Result<VaultImported> Vault::add_from(const fs::path& copy, const std::optional<fs::path>& key_file,
                                      const std::map<std::string, Bytes>& wanted) {
  return at_border<VaultImported>([&] {
    Connection source = open_copy(copy);
    const FoundKey copy_key = key_of_copy(source, key_file, impl_->store_dir, impl_->sources);
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    const WrappingKey& own_key = impl_->wrapping_key().key;
    VaultImported outcome;
    for_each_key(source, copy_key.key, impl_->store_id, [&](const CopiedKey& key, ByteView clear) {
      const auto found = wanted.find(key.key_id);
      if (found == wanted.end()) {
        return;
      }
      if (has_whole_key(*impl_, own_key, key.key_id, found->second)) {
        ++outcome.present;
        return;
      }
      if (const auto whole = crypto::check_numbers(clear, found->second); !whole) {
        throw_not_whole(source, key.key_id, whole.error().message);
      }
      take_over(*impl_, key, clear, own_key);
      ++outcome.added;
    });
    if (outcome.added + outcome.present != wanted.size()) {
      fail_with(ErrorCode::kDamaged, source.file().string() + " lacks private keys that its zone.db uses",
                "nothing was restored; take another backup");
    }
    impl_->connection.execute("INSERT OR IGNORE INTO unused_key (key_id) SELECT key_id FROM private_key");
    transaction.commit();
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

Result<void> check_vault_copy(const fs::path& file, const std::optional<fs::path>& key_file,
                              const fs::path& store_dir, const VaultKeySources& sources) {
  return at_border<void>([&] {
    Connection copy = open_copy(file);
    const FoundKey key = key_of_copy(copy, key_file, store_dir, sources);
    for_each_key(copy, key.key, required(tied_to(copy), copy), [](const CopiedKey&, ByteView) {});
  });
}

}  // namespace zonestore
