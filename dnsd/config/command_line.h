// dnsd's command line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dnsd/config/config.h"

namespace dnsd::config {

struct CommandLine {
  std::optional<std::string> config_file;
  std::optional<std::string> store;
  std::vector<std::string> listen;
  std::optional<std::string> user;
  std::optional<unsigned> workers;
  std::optional<std::string> log_level;
  bool check = false;  // validate the config and the store, serve nothing
};

// --help or --version: what to print on standard output before ending well.
struct Printout {
  std::string text;
};

// `arguments` without the program's name. Errors: what is wrong, with the flag.
[[nodiscard]] util::Result<std::variant<CommandLine, Printout>> parse_command_line(
    std::span<const char* const> arguments);

// The defaults, under $ZONESTORE (`zonestore_variable`, nullptr if unset), under the file, under the flags.
[[nodiscard]] util::Result<Config> load(const CommandLine& command_line, const char* zonestore_variable);

}  // namespace dnsd::config
