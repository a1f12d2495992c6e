// What a person calls an institution by, or one of its slots: what stands in a ticket as well as the code.
//
//   mosa                                    its code
//   mosamuseum.com                          a mail domain of it
//   stxsel2._domainkey.mosamuseum.com       the selector in the institution's zone: a slot, too; how institutions
//                                           call theirs, the store says (customer_selectors.h)
//   sel2-mosa._domainkey.dkim.secutix.com   the name that this leads to: a slot, too
//
// Names are taken with and without the final dot, in any case. No two of these forms can be mixed up: a code has no
// dot. A domain is of one institution at most. Pure: whose a domain is, the store says
// (operations/views/find_institution.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonestore/dkim/selector.h"

namespace zonestore::dkim {

struct Reference {
  std::string text;            // as it was written
  std::optional<Code> code;    // or else:
  std::optional<Name> domain;  // a mail domain
  std::optional<Name> zone;    // beside the code: where the selector's name says that it is published
  std::optional<SlotId> slot;  // beside the code and the zone
  std::string selector;        // beside the domain, in lower case: in the institution's zone; empty: it tells none

  [[nodiscard]] bool names_selector() const { return slot || !selector.empty(); }

  // Errors: kInvalid for what is none of these; kNotFound for a selector of ours that no slot has.
  [[nodiscard]] static Result<Reference> parse(std::string_view text);
};

// The same of a word that stands in a file, `where` in its line: the message never shows the word (selector.h).
[[nodiscard]] Result<Reference> reference_in_file(std::string_view where, std::string_view word);

}  // namespace zonestore::dkim
