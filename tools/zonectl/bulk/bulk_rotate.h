// zonectl rotate for many institutions: several that are named, --all, --due, --file LIST, --resume.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/look_flags.h"
#include "zonestore/dkim/selector.h"

namespace zonectl::bulk_rotate {

struct Options {
  std::vector<zonestore::dkim::Code> named;  // INST...: one is none of many
  bool all = false;
  bool due = false;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  std::optional<std::string> file;
  BulkSettings settings;

  [[nodiscard]] int ways() const { return int{all} + int{due} + int{resume} + int{file.has_value()}; }
  [[nodiscard]] bool stands_for_names() const { return ways() > 0 || (give_up && named.empty()); }
  [[nodiscard]] bool is_bulk() const { return stands_for_names() || named.size() > 1; }
  [[nodiscard]] bool has_settings() const { return settings.canary || settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change,
                                              const look::Looking& looking);

}  // namespace zonectl::bulk_rotate
