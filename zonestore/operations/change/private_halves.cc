#include "zonestore/operations/change/private_halves.h"

#include <algorithm>
#include <optional>

#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/rows/unused_key_rows.h"

namespace zonestore {
namespace {

// Ids are hexadecimal: after all of them.
constexpr std::string_view kEnd = "g";
constexpr std::size_t kSlice = 500;
// A key that is in the vault and in no slot belongs to a command at work; seen so for this long, to a dead one.
constexpr Milliseconds kOrphanAge = std::chrono::hours(24);

[[noreturn]] void throw_unproven(const std::string& what, const std::string& why) {
  throw db::Failure(
      Error{ErrorCode::kRefused,
            "the private key for " + what + " is not in the vault as it must be before it is published: " + why,
            "nothing was changed: run the command again", Refusal{Guard::kKeyMismatch, std::nullopt}});
}

// ---- the sweep ----

// What is to be done about the keys between two ids.
struct Slice {
  std::vector<std::string> used;        // in a slot after all
  std::vector<std::string> destroyed;   // in none, for good
  std::vector<std::string> first_seen;  // in none
  std::vector<std::string> forgotten;   // rows of keys that the vault does not have
  std::string last;                     // the slice's end
  [[nodiscard]] bool is_idle() const {
    return used.empty() && destroyed.empty() && first_seen.empty() && forgotten.empty();
  }
};

// Of what the vault does not know to be used. Precondition: a transaction.
Slice look_at_unused(Store::Impl& store, const std::string& after) {
  const std::vector<std::string> ids = db::unwrap(store.vault().unused_after(after, kSlice));
  const Now now = store.now();
  Slice slice;
  slice.last = ids.size() < kSlice ? std::string(kEnd) : ids.back();
  for (const std::string& id : ids) {
    const std::optional<rows::UnusedKey> seen = rows::find_unused_key(store.connection, id);
    if (rows::is_in_a_slot(store.connection, id)) {
      slice.used.push_back(id);
    } else if (!seen) {
      slice.first_seen.push_back(id);
    } else if (seen->withdrawn || elapsed(seen->seen, now) >= kOrphanAge) {
      slice.destroyed.push_back(id);
    }
  }
  for (const std::string& id : rows::unused_keys_between(store.connection, after, slice.last)) {
    if (!std::binary_search(ids.begin(), ids.end(), id)) {
      slice.forgotten.push_back(id);
    }
  }
  return slice;
}

// Of what was taken out of its slot. Precondition: a transaction.
Slice look_at_withdrawn(Store::Impl& store, const std::string& after) {
  std::vector<std::string> ids = rows::withdrawn_keys_after(store.connection, after, kSlice);
  Slice slice;
  slice.last = ids.size() < kSlice ? std::string(kEnd) : ids.back();
  for (std::string& id : ids) {
    const bool is_to_go = !rows::is_in_a_slot(store.connection, id) && db::unwrap(store.vault().holds(id));
    (is_to_go ? slice.destroyed : slice.forgotten).push_back(std::move(id));
  }
  return slice;
}

// Precondition: the write lock. The vault first: a row of a key that is gone is forgotten the next time.
void carry_out(Store::Impl& store, const Slice& slice) {
  if (!slice.used.empty() || !slice.destroyed.empty()) {
    db::unwrap(store.vault().settle(slice.used, slice.destroyed));
  }
  const Moment now = rows::keep_moment(store.connection, *store.clock).moment;
  for (const std::string& id : slice.first_seen) {
    rows::insert_unused_key(store.connection, id, now);
  }
  for (const std::vector<std::string>* ids : {&slice.used, &slice.destroyed, &slice.forgotten}) {
    for (const std::string& id : *ids) {
      rows::delete_unused_key(store.connection, id);
    }
  }
}

using Look = Slice (*)(Store::Impl&, const std::string&);

Slice look_without_lock(Store::Impl& store, const std::string& after, Look look) {
  const db::Transaction reading(store.connection, db::Transaction::Kind::kRead);
  return look(store, after);
}

// Looks without the lock first: most slices have nothing in them.
std::size_t sweep(Store::Impl& store, bool dry_run, Look look) {
  std::size_t destroyed = 0;
  std::string after;
  while (after != kEnd) {
    Slice slice = look_without_lock(store, after, look);
    if (!dry_run && !slice.is_idle()) {
      db::Transaction writing(store.connection, db::Transaction::Kind::kWrite);
      slice = look(store, after);
      carry_out(store, slice);
      writing.commit();
    }
    destroyed += slice.destroyed.size();
    after = slice.last;
  }
  return destroyed;
}

}  // namespace

void prove_new_keys(Store::Impl& store, const rows::InstitutionRow& institution) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    const std::optional<rows::SlotKey>& key = institution.key(slot);
    if (!key || rows::served_key_id(store.connection, institution.id, slot) == key->key_id) {
      continue;
    }
    const std::string what = institution.code.text() + " " + dkim::to_text(slot);
    const Result<crypto::PrivateKey> stored = store.vault().get(key->key_id);
    if (!stored && stored.error().code != ErrorCode::kNotFound && stored.error().code != ErrorCode::kDamaged) {
      throw db::Failure(stored.error());
    }
    if (!stored) {
      throw_unproven(what, stored.error().message);
    }
    if (db::unwrap(stored->public_spki()) != key->public_spki) {
      throw_unproven(what, "it is another key");
    }
  }
}

namespace {

// Of keys alone: that nothing was published is known.
void require_put(Result<void> done) {
  if (!done && done.error().code == ErrorCode::kUnknown) {
    done = fail(ErrorCode::kIo, "nothing was published; of keys on their way into the vault: " + done.error().message,
                "run the command again");
  }
  db::unwrap(std::move(done));
}

}  // namespace

void put_ahead(Store::Impl& store, const std::vector<Vault::NewKey>& keys, WallTime now) {
  require_put(store.vault().put(keys, now));
}

void put_missing_ahead(Store::Impl& store, const std::vector<Vault::NewKey>& keys, WallTime now) {
  require_put(store.vault().put_missing(keys, now));
}

void destroy_unused(Store::Impl& store, const std::vector<std::string>& key_ids) {
  if (key_ids.empty() || store.outcome_unknown) {
    return;
  }
  const db::Transaction holding(store.connection, db::Transaction::Kind::kWrite);
  std::vector<std::string> unused;
  std::copy_if(key_ids.begin(), key_ids.end(), std::back_inserter(unused),
               [&](const std::string& id) { return !rows::is_in_a_slot(store.connection, id); });
  if (!unused.empty()) {
    db::unwrap(store.vault().destroy(unused));
  }
}

std::size_t sweep_vault(Store::Impl& store, bool dry_run) {
  return sweep(store, dry_run, &look_at_withdrawn) + sweep(store, dry_run, &look_at_unused);
}

}  // namespace zonestore
