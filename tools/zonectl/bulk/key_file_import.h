// zonectl import --keytable FILE [--signing-table FILE]: the keys of an OpenDKIM, institution by institution.
#pragma once

#include <optional>
#include <string>

#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/session.h"

namespace zonectl {

struct KeyTableOptions {
  std::optional<std::string> key_table;      // also "file:FILE"
  std::optional<std::string> signing_table;  // also "file:FILE" or "refile:FILE", as in opendkim.conf
  bool skip_bad = false;
  bool fresh_for_weak = false;
};

// All files are read and judged first, each fault with its line; then one transaction an institution. Done again, it
// changes nothing, which is also how an interrupted one goes on. With `skip_bad` what has a fault is told and left
// out, and the rest is done: then the exit code is kPartlyDone.
[[nodiscard]] zonestore::Result<ExitCode> import_key_table(Session& session, const KeyTableOptions& options,
                                                           const ChangeOptions& change);

}  // namespace zonectl
