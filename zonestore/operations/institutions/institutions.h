// Institutions come and go: add, remove, and their mail domains.
#pragma once

#include <vector>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonestore {

struct AddOptions {
  crypto::Algorithm algorithm = crypto::Algorithm::kRsa2048;
  std::vector<Name> domains;  // by dkim::parse_domain
};

struct InstitutionChanged : Changed {
  InstitutionView institution;  // as it is after the change (in a dry run: as it would be)
  // Of remove: how much longer than the store servers may have its records, because they follow by transfer; 0: none
  // does.
  Milliseconds servers_follow_within{0};
};

// Makes two keys. sel1 signs at once if the code is new; after an earlier removal it ripens first (phase
// starting; maintain begins signing). sel2 is published and ripens. In a dry run keys are made and thrown away.
// Errors: kRefused: kExists (the code; a domain of another institution), kKeyType for Ed25519 (can be
// overridden); kInvalid.
[[nodiscard]] Result<InstitutionChanged> add_institution(Store& store, const ChangeContext& context,
                                                         const dkim::Code& code, const AddOptions& options);

// Whether it would be refused now, without making a key.
[[nodiscard]] Result<void> check_add_institution(Store& store, const ChangeContext& context, const dkim::Code& code,
                                                 const AddOptions& options);

// Stops signing; both records stay published until the drain has ended, then maintain takes them out.
// Errors: kNotFound; an institution that is departing already: changed is false.
[[nodiscard]] Result<InstitutionChanged> remove_institution(Store& store, const ChangeContext& context,
                                                            const dkim::Code& code);

// Errors: kNotFound (institution), kRefused/kExists if another institution has the domain. One that is already
// there: changed is false.
[[nodiscard]] Result<InstitutionChanged> add_domain(Store& store, const ChangeContext& context,
                                                    const dkim::Code& code, const Name& domain);
// Errors: kNotFound (institution, or no such domain of it).
[[nodiscard]] Result<InstitutionChanged> remove_domain(Store& store, const ChangeContext& context,
                                                       const dkim::Code& code, const Name& domain);

}  // namespace zonestore
