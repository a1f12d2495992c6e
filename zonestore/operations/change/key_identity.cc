#include "zonestore/operations/change/key_identity.h"

#include <algorithm>

namespace zonestore {
namespace {

constexpr std::size_t kMostLookedInto = 300;

// Of the private key of that id; empty: it does not open. An id never names another key: one look is enough.
Bytes public_half(Store::Impl& store, Vault& vault, const std::string& key_id) {
  if (const auto known = store.public_halves.find(key_id); known != store.public_halves.end()) {
    return known->second;
  }
  const Result<crypto::PrivateKey> key = vault.get(key_id);
  Result<Bytes> own = key ? key->public_spki() : Result<Bytes>(tl::unexpected(key.error()));
  return own ? store.public_halves.emplace(key_id, *std::move(own)).first->second : Bytes{};
}

}  // namespace

// All queries go by 16 bytes of the public key, which are indexed (schema step 006), and then by all of it.

std::vector<KeyHolder> places_of_key(db::Connection& connection, ByteView public_spki) {
  db::Statement& rows = connection.cached(
      "SELECT i.code, s.slot, k.key_id FROM dkim_key AS k JOIN slot AS s ON s.key_id = k.key_id "
      "JOIN institution AS i ON i.institution_id = s.institution_id "
      "WHERE substr(k.public_key, -37, 16) = substr(?1, -37, 16) AND k.public_key = ?1 ORDER BY i.code, s.slot");
  rows.bind(1, public_spki);
  std::vector<KeyHolder> places;
  while (rows.step()) {
    places.push_back({rows.text(0), static_cast<dkim::SlotId>(rows.integer(1)), rows.text(2)});
  }
  rows.reset();
  return places;
}

bool is_revoked(db::Connection& connection, ByteView public_spki) {
  db::Statement& row = connection.cached(
      "SELECT 1 FROM dkim_key WHERE substr(public_key, -37, 16) = substr(?1, -37, 16) AND public_key = ?1 "
      "AND revoked_ms IS NOT NULL UNION ALL "
      "SELECT 1 FROM revoked_elsewhere WHERE substr(public_key, -37, 16) = substr(?1, -37, 16) AND public_key = ?1 "
      "LIMIT 1");
  const bool found = row.bind(1, public_spki).step();
  row.reset();
  return found;
}

void check_not_revoked(db::Connection& connection, ByteView public_spki, const std::string& what) {
  if (is_revoked(connection, public_spki)) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            "the key for " + what +
                                " was revoked, here or elsewhere in this store: who has its private "
                                "half can sign for whoever publishes it",
                            "make a fresh key: zonectl prepare", Refusal{Guard::kRevoked, std::nullopt}});
  }
}

std::vector<std::string> unused_twins(Store::Impl& store, ByteView public_spki) {
  db::Statement& rows = store.connection.cached(
      "SELECT key_id FROM dkim_key WHERE substr(public_key, -37, 16) = substr(?1, -37, 16) AND public_key = ?1 "
      "AND key_id NOT IN (SELECT key_id FROM slot WHERE key_id IS NOT NULL)");
  rows.bind(1, public_spki);
  std::vector<std::string> twins;
  while (rows.step()) {
    twins.push_back(rows.text(0));
  }
  rows.reset();
  Vault* const vault = store.vault_to_prove_with();
  if (vault == nullptr) {
    return twins;  // a dry run, which says so
  }
  for (const std::string& id : db::unwrap(vault->unused_after("", kMostLookedInto))) {
    const Bytes own = public_half(store, *vault, id);
    if (std::equal(own.begin(), own.end(), public_spki.begin(), public_spki.end())) {
      twins.push_back(id);
    }
  }
  return twins;
}

}  // namespace zonestore
