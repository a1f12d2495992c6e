// From OpenDKIM's two tables to institutions: which keys belong together, which of them signs, and for which domains.
// Pure.
//
// An institution is what signs as one domain (d=), with the domains whose mail its keys sign. Which key signs is told
// by the signing table alone. What opendkim does and an institution cannot (a key for whoever sends, another key for
// one address, a third key) is a fault of its line, and the rest holds without it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/key_table.h"
#include "tools/zonectl/bulk/signing_table.h"
#include "zonestore/dkim/selector.h"

namespace zonectl {

struct PlannedKey {
  const KeyTableEntry* entry = nullptr;  // of the table that the plan was made from
  std::string path;  // as it stands there, with its domain for %; empty: the key itself stands there
};

struct PlannedInstitution {
  zonestore::dkim::Code code;
  std::size_t line = 0;                  // of its first key
  zonestore::Name domain;                // that it signs as
  std::vector<zonestore::Name> domains;  // with that one, which is the first
  std::vector<PlannedKey> keys;          // one or two, in the table's order: of sel1, and of sel2
  std::optional<std::size_t> signing;    // of `keys`; nullopt: none does today, or there is no signing table
};

struct TablePlan {
  std::vector<PlannedInstitution> institutions;  // in the table's order
  std::vector<FileFault> key_faults;             // lines of the KeyTable
  std::vector<FileFault> signing_faults;         // and of the SigningTable
  std::vector<FileFault> key_notes;              // what is taken, but otherwise than it is today
  std::vector<FileFault> signing_notes;
};

// What the store has: an institution that is there keeps its code.
struct KnownInstitutions {
  std::map<std::string, zonestore::dkim::Code> by_domain;  // canonical text
  std::map<std::string, bool> has_domains;                 // code -> whether it has any
};

// `signing`: nullptr if no signing table was given. The faults of the tables themselves are not repeated.
[[nodiscard]] TablePlan plan_institutions(const KeyTable& keys, const SigningTable* signing,
                                          const KnownInstitutions& known);

}  // namespace zonectl
