// How an institution begins, with fresh keys (add) or with keys that are there (import). For the sources of this
// folder only. Errors: db::Failure is thrown.
#pragma once

#include <string>

#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/keys/fresh_keys.h"

namespace zonestore {

struct NewInstitution {
  std::string command;  // for the audit
  std::string what;
  AddOptions options;
  // At once, if the code is new and nobody follows by transfer; else from when its key is ripe.
  dkim::SlotId signs_with = dkim::SlotId::kSel1;
};

// kKeyType for Ed25519, unless overridden.
void check_key_type(const ChangeContext& context, const dkim::Code& code, crypto::Algorithm algorithm);
// kExists: the code, or a domain of another institution.
void check_addable(Store::Impl& store, const dkim::Code& code, const AddOptions& options);

// Keys into the vault, then rows, records and audit in one transaction. `keys` fills both slots.
void add_with_keys(Store& store, const ChangeContext& context, const dkim::Code& code, const NewInstitution& details,
                   FreshKeys& keys, InstitutionChanged& outcome);

}  // namespace zonestore
