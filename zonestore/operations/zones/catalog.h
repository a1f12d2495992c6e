// The catalog (RFC 9432): one private zone that names all others, so that a server that takes it follows them without
// a clause for each. It is for the secondaries alone that are to have it (secondaries.h: `catalog`).
//
// Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct CatalogMember {
  Name zone;
  std::string label;  // it stands at <label>.zones.<apex>; of a zone that is made anew another
};

struct CatalogView {
  Name apex;
  Serial serial;
  std::vector<CatalogMember> members;    // by zone: all but the catalog itself
  std::vector<std::string> consumers{};  // the enabled secondaries that are to have it, by name
};

struct CatalogChanged : Changed {
  CatalogView catalog;  // as it is after the change; of unset: as it was
};

// Errors: kNotFound: none is set.
[[nodiscard]] Result<CatalogView> show_catalog(Store& store);
// A zone of that name is made and lists the others from now on. Nothing to do if it is set already. Errors:
// kRefused/kExists: another one is set (consumers keep a member for the catalog that has it, and would drop the zones
// with the old one), or a zone has that name; kReserved: it lies under or above a zone; kInvalid: it leaves no room
// for a member's name.
[[nodiscard]] Result<CatalogChanged> set_catalog(Store& store, const ChangeContext& context, const Name& apex);
// Takes the zone away. It is never emptied first: an empty catalog deletes every zone at every consumer. Its members
// keep their labels, should it come back. Errors: kNotFound: none is set.
[[nodiscard]] Result<CatalogChanged> unset_catalog(Store& store, const ChangeContext& context);

}  // namespace zonestore
