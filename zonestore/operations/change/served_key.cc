#include "zonestore/operations/change/served_key.h"

#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/change/key_identity.h"

namespace zonestore {

void check_served_key(Store::Impl& store, const rows::InstitutionRow& institution, dkim::SlotId slot) {
  const std::optional<rows::SlotKey>& key = institution.key(slot);
  const std::string what = institution.code.text() + " " + dkim::to_text(slot);
  const PublishedZone zone = store.published(store.dkim_zone);
  const Name owner = db::unwrap(dkim::selector_name(institution.code, slot, zone.apex));
  const std::optional<RecordSet> served = find_record_set(store.connection, zone, owner, RecordType::kTxt);
  if (!key || !served) {
    throw db::Failure(Error{ErrorCode::kRefused, what + " has no published key", "zonectl maintain",
                            Refusal{Guard::kNoStandby, std::nullopt}});
  }
  check_not_revoked(store.connection, key->public_spki, what);  // in another slot that holds it
  Vault* const vault = store.vault_to_prove_with();
  if (vault == nullptr) {
    return;
  }
  const Result<crypto::PrivateKey> stored = vault->get(key->key_id);
  if (!stored) {
    Error error = stored.error();
    if (error.code == ErrorCode::kNotFound || error.code == ErrorCode::kDamaged) {
      error = Error{ErrorCode::kRefused, "the vault has no usable private key for " + what + ": " + error.message,
                    "restore the vault from a backup", Refusal{Guard::kKeyMismatch, std::nullopt}};
    }
    throw db::Failure(std::move(error));
  }
  db::unwrap(dkim::prove_pair(*stored, served->rdata.front()));
}

}  // namespace zonestore
