// The mail domains of institutions (table domain).
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore::rows {

// Lower-cased, by name.
[[nodiscard]] std::vector<Name> domains_of(db::Connection& connection, InstitutionId id);
// The code of the institution that has this domain.
[[nodiscard]] std::optional<std::string> owner_of_domain(db::Connection& connection, const Name& domain);
void insert_domain(db::Connection& connection, InstitutionId id, const Name& domain, WallTime now);
void delete_domain(db::Connection& connection, InstitutionId id, const Name& domain);
void delete_domains(db::Connection& connection, InstitutionId id);  // all of them

}  // namespace zonestore::rows
