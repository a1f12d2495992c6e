// zonectl rotate for many institutions: --all, --due, --file LIST, --resume.
#pragma once

#include <optional>
#include <string>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/look_flags.h"

namespace zonectl::bulk_rotate {

struct Options {
  bool all = false;
  bool due = false;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  std::optional<std::string> file;
  BulkSettings settings;

  [[nodiscard]] int ways() const { return int{all} + int{due} + int{resume} + int{file.has_value()}; }
  [[nodiscard]] bool is_bulk() const { return ways() > 0 || give_up; }
  [[nodiscard]] bool has_settings() const { return settings.canary || settings.rate || settings.halt_on; }
};

void declare(Arguments& arguments, Options& options);
[[nodiscard]] zonestore::Result<ExitCode> run(Session& session, const Options& options, const ChangeOptions& change,
                                              const look::Looking& looking);

}  // namespace zonectl::bulk_rotate
