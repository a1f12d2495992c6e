// zonectl import --keytable FILE [--signing-table FILE]: the keys of an OpenDKIM, institution by institution.
#pragma once

#include <optional>
#include <string>

#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/session.h"

namespace zonectl {

struct KeyTableOptions {
  std::optional<std::string> key_table;
  std::optional<std::string> signing_table;
};

// All files are read and judged first, each fault with its line; then one transaction an institution. Done again, it
// changes nothing, which is also how an interrupted one goes on.
[[nodiscard]] zonestore::Result<ExitCode> import_key_table(Session& session, const KeyTableOptions& options,
                                                           const ChangeOptions& change);

}  // namespace zonectl
