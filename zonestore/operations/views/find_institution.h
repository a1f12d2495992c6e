// Whose a name is that a person has: zonestore/dkim/reference.h.
#pragma once

#include <cstdint>
#include <optional>

#include "zonestore/dkim/reference.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

// What an error says of a name that nobody has: that which is nearest to it, for which all are read; or nothing, for
// an error of many.
enum class Suggest : std::uint8_t { kNearest, kNothing };

struct NamedInstitution {
  dkim::Code code;
  std::optional<dkim::SlotId> slot;  // that a selector's name tells
};

// The institution that is called so. One that has departed is not there. Errors: kNotFound: no such code, no
// institution has the domain, the selector's name lies in another zone than this store's, or there is no such slot;
// kInvalid: a selector of an institution's zone that is not called as this store has them called.
[[nodiscard]] Result<NamedInstitution> find_institution(Store& store, const dkim::Reference& reference,
                                                        Suggest suggest = Suggest::kNearest);

}  // namespace zonestore
