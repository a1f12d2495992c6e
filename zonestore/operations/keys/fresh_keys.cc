#include "zonestore/operations/keys/fresh_keys.h"

#include <algorithm>

#include "zonestore/crypto/random_hex.h"
#include "zonestore/crypto/stand_in_key.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/change/key_identity.h"
#include "zonestore/operations/change/private_halves.h"
#include "zonestore/rows/slot_rows.h"

namespace zonestore {
namespace {

constexpr std::size_t kKeyIdDigits = 16;
// None of these are hexadecimal digits.
constexpr std::string_view kStandIn = "fresh-";
constexpr std::string_view kSupplied = "given-";

// TTLs do not matter to a proof: it looks at the record data.
constexpr Ttl kAnyTtl{300};

void put_key(db::Connection& connection, rows::InstitutionRow& institution, dkim::SlotId slot,
             const rows::SlotKey& key) {
  rows::put_key(connection, institution.id, slot, key);
  institution.key(slot) = key;
  for (dkim::SlotFacts& facts : institution.facts.slots) {
    if (facts.slot == slot) {
      facts.has_key = true;
      facts.revoked = false;
      facts.drain.reset();
    }
  }
}

std::vector<MadeKey> make_side_by_side(crypto::Algorithm algorithm, std::size_t count) {
  KeyPool pool(std::vector(count, algorithm), {});
  std::vector<MadeKey> keys;
  while (keys.size() < count) {
    keys.push_back(db::unwrap(pool.take(algorithm)));
  }
  return keys;
}

}  // namespace

std::string new_key_id() {
  return crypto::random_hex(kKeyIdDigits);
}

bool is_stand_in(std::string_view key_id) {
  return key_id.starts_with(kStandIn);
}
bool is_supplied(std::string_view key_id) {
  return key_id.starts_with(kSupplied);
}

FreshKeys::FreshKeys(Store::Impl& store, const ChangeContext& context, const dkim::Code& code,
                     crypto::Algorithm algorithm, const std::vector<dkim::SlotId>& slots)
    : store_(store), dry_run_(context.dry_run) {
  if (dry_run_) {
    for (const dkim::SlotId slot : slots) {
      add_stand_in(slot, kStandIn, algorithm, crypto::stand_in_key(algorithm, store.stand_ins + 1));
    }
    return;
  }
  if (store.key_stock != nullptr) {
    for (const dkim::SlotId slot : slots) {
      add(code, slot, store.key_stock->take(algorithm));
    }
    return;
  }
  std::vector<MadeKey> made = make_side_by_side(algorithm, slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    add(code, slots[i], {new_key_id(), std::move(made[i])});
  }
}

void FreshKeys::add(const dkim::Code& code, dkim::SlotId slot, StockedKey key) {
  keys_.push_back({slot, std::move(key)});
  const MadeKey& made = keys_.back().stocked.made;
  const RecordSet served = publish::selector_record_set(code, slot, store_.dkim_zone, made.public_spki, kAnyTtl);
  if (served.rdata.front() != made.txt_rdata) {  // proven when it was made, unless with other bytes
    db::unwrap(dkim::prove_pair(made.key, served.rdata.front()));
  }
}

void FreshKeys::supply(const dkim::Code& code, dkim::SlotId slot, crypto::PrivateKey key) {
  MadeKey supplied = db::unwrap(proven_key(std::move(key)));
  if (dry_run_) {
    add_stand_in(slot, kSupplied, supplied.algorithm, std::move(supplied.public_spki));
  } else {
    add(code, slot, {new_key_id(), std::move(supplied)});
  }
}

void FreshKeys::add_stand_in(dkim::SlotId slot, std::string_view kind, crypto::Algorithm algorithm,
                             Bytes public_spki) {
  std::string id = std::to_string(++store_.stand_ins);
  id.insert(0, kKeyIdDigits - kind.size() - id.size(), '0').insert(0, kind);
  stand_ins_.push_back({slot, {std::move(id), algorithm, std::move(public_spki), {}}});
}

FreshKeys::~FreshKeys() {
  std::vector<std::string> ids;
  for (const Fresh& fresh : keys_) {
    if (fresh.stocked.in_vault) {
      ids.push_back(fresh.stocked.key_id);
    }
  }
  if (!kept_) {
    // If this fails the orphans wait for maintain.
    const Result<void> ignored = db::at_border<void>([&] { destroy_unused(store_, ids); });
    (void)ignored;
  }
}

void FreshKeys::store_in_vault(WallTime now) {
  std::vector<Vault::NewKey> entries;  // none in a dry run
  for (const Fresh& fresh : keys_) {
    if (!fresh.stocked.in_vault) {
      entries.push_back({fresh.stocked.key_id, &fresh.stocked.made.key});
    }
  }
  if (entries.empty()) {
    return;
  }
  put_ahead(store_, entries, now);
  for (Fresh& fresh : keys_) {
    fresh.stocked.in_vault = true;
  }
}

// A command that waited long enough for its turn may have been taken for a dead one, and its keys for orphans.
void FreshKeys::put_missing_again(WallTime now) {
  std::vector<Vault::NewKey> entries;
  for (const Fresh& fresh : keys_) {
    if (fresh.stocked.in_vault) {
      entries.push_back({fresh.stocked.key_id, &fresh.stocked.made.key});
    }
  }
  if (!entries.empty()) {
    put_missing_ahead(store_, entries, now);
  }
}

// A key that was revoked stays so, and one key in both slots would make a rotation none.
void FreshKeys::check_identity(db::Connection& connection, const rows::InstitutionRow& institution, dkim::SlotId slot,
                               const Bytes& public_spki) const {
  const std::string what = institution.code.text() + " " + dkim::to_text(slot);
  check_not_revoked(connection, public_spki, what);
  const std::optional<rows::SlotKey>& beside = institution.key(dkim::other(slot));
  const bool is_beside = beside && beside->public_spki == public_spki;
  const bool comes_twice = std::any_of(keys_.begin(), keys_.end(), [&](const Fresh& each) {
    return each.slot != slot && each.stocked.made.public_spki == public_spki;
  });
  const bool stands_in_twice = std::any_of(stand_ins_.begin(), stand_ins_.end(), [&](const StandIn& each) {
    return each.slot != slot && each.key.public_spki == public_spki;
  });
  if (is_beside || comes_twice || stands_in_twice) {
    throw db::Failure(Error{ErrorCode::kInvalid,
                            what + " would hold the same key as " + dkim::to_text(dkim::other(slot)) +
                                ": a rotation between them would change nothing",
                            "give one slot the key; the other gets a fresh one", std::nullopt});
  }
}

void FreshKeys::put_into(db::Connection& connection, rows::InstitutionRow& institution, WallTime now) {
  for (const Fresh& fresh : keys_) {
    check_identity(connection, institution, fresh.slot, fresh.stocked.made.public_spki);
  }
  for (const StandIn& stand_in : stand_ins_) {
    check_identity(connection, institution, stand_in.slot, stand_in.key.public_spki);
  }
  put_missing_again(now);
  for (const Fresh& fresh : keys_) {
    const MadeKey& made = fresh.stocked.made;
    put_key(connection, institution, fresh.slot, {fresh.stocked.key_id, made.algorithm, made.public_spki, now});
  }
  for (const StandIn& stand_in : stand_ins_) {
    rows::SlotKey key = stand_in.key;
    key.published = now;
    put_key(connection, institution, stand_in.slot, key);
  }
}

void withdraw(db::Connection& connection, rows::InstitutionRow& institution, dkim::SlotId slot, WallTime now,
              std::vector<std::string>& withdrawn) {
  std::optional<rows::SlotKey>& key = institution.key(slot);
  if (!key) {
    return;
  }
  withdrawn.push_back(key->key_id);
  rows::withdraw_key(connection, institution.id, slot, now);
  key.reset();
  for (dkim::SlotFacts& facts : institution.facts.slots) {
    if (facts.slot == slot) {
      facts.has_key = false;
      facts.drain.reset();
    }
  }
}

bool destroy_in_vault(Store::Impl& store, const ChangeContext& context, const std::vector<std::string>& withdrawn,
                      Changed& outcome) {
  // Of steps that are played in memory the vault's part is too, or later ones would find the keys unused.
  const bool plays = store.keeps_steps && store.vault_to_prove_with() != nullptr;
  if (withdrawn.empty() || (context.dry_run && !plays)) {
    return true;
  }
  const Result<void> destroyed = db::at_border<void>([&] { destroy_unused(store, withdrawn); });
  if (!destroyed) {
    outcome.warnings.push_back("private keys that are no longer used may stay in the vault until maintain runs: " +
                               destroyed.error().message);
  }
  return destroyed.has_value();
}

}  // namespace zonestore
