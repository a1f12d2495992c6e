// Before signing moves to a slot: is its key the one that the world sees? For the sources of zonestore/operations
// only.
#pragma once

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

// Signs with the vault's key and verifies with the record that is published. Throws kRefused/kKeyMismatch, kNoStandby
// where nothing is published, and kRevoked for a key that was revoked elsewhere; those of the vault.
void check_served_key(Store::Impl& store, const rows::InstitutionRow& institution, dkim::SlotId slot);

}  // namespace zonestore
