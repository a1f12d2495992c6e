#include "dnsd/config/command_line.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

#include "zonestore/base/release.h"
#include "zonestore/zone/schema_versions.h"

namespace dnsd::config {
namespace {

constexpr const char* kFooter =
    "\nIt stays in the foreground and logs to standard error. SIGTERM answers what is queued and ends.\n"
    "\nExample:\n"
    "  dnsd --store demo --listen 127.0.0.1:5300\n"
    "\nExit codes: 0 ended as asked, 1 failed while running, 2 wrong usage or config, 3 store unusable,\n"
    "4 address unusable.";

std::string version_text() {
  const zonestore::SchemaVersions schemas = zonestore::schema_versions();
  return "dnsd " + std::string(zonestore::release()) + "\nreads stores of schema " + std::to_string(schemas.oldest) +
         " to " + std::to_string(schemas.newest);
}

// CLI11 binds variables while it is set up and reports by exceptions; both stay in this function.
struct Flags {
  std::string config_file;
  std::string store;
  std::string user;
  unsigned workers = 0;
  std::string log_level;
  CommandLine result;
};

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", version_text(), "Print the version and end");
  app.footer(kFooter);
  app.add_option("--config", flags.config_file, "Read settings from this TOML file; a flag wins over it")
      ->type_name("FILE");
  app.add_option("--store", flags.store, "The store's directory (default: $ZONESTORE, else /var/lib/zonestore)")
      ->type_name("DIR");
  app.add_option("--listen", flags.result.listen,
                 "Answer here, over UDP and TCP; may be given more than once; port 0 takes a free port "
                 "(default: 127.0.0.1:53 and [::1]:53, of which one will do where the machine has no IPv6)")
      ->type_name("ADDR:PORT")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--user", flags.user, "Become this user once the addresses are bound")->type_name("NAME");
  app.add_option("--workers", flags.workers, "Threads that answer (default 0: one for each core)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1024U));
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error (default: info)")->type_name("L");
  app.add_flag(
      "--check", flags.result.check,
      "Check the config and that the store can be read, print where and how much it would answer and what memory "
      "that takes, and end");
}

template <class T>
std::optional<T> given(const CLI::App& app, const char* flag, const T& value) {
  return app.count(flag) > 0 ? std::optional<T>(value) : std::nullopt;
}

// What was typed may be quoted.
template <class T>
tl::unexpected<std::string> wrong_value(const util::Result<T>& failed, const char* flag, const std::string& typed) {
  return util::fail(std::string(flag) + ": '" + typed + "' " + failed.error());
}

util::Result<void> apply_listen(const std::vector<std::string>& texts, Config& config) {
  if (texts.empty()) {
    return {};
  }
  config.listen.clear();
  config.listen_is_default = false;
  for (const std::string& text : texts) {
    const util::Result<zonestore::SocketAddress> address = zonestore::SocketAddress::parse(text);
    if (!address) {
      return wrong_value(address, "--listen", text);
    }
    config.listen.push_back(*address);
  }
  return {};
}

util::Result<void> apply_flags(const CommandLine& flags, Config& config) {
  config.user = flags.user.value_or(config.user);
  config.user_is_typed = flags.user.has_value();
  config.workers = flags.workers.value_or(config.workers);
  if (flags.store) {
    if (flags.store->empty()) {
      return util::fail("--store: must be the store's directory");
    }
    config.store = *flags.store;
  }
  if (flags.log_level) {
    const util::Result<util::LogLevel> level = util::parse_log_level(*flags.log_level);
    if (!level) {
      return wrong_value(level, "--log-level", *flags.log_level);
    }
    config.log_level = *level;
  }
  return apply_listen(flags.listen, config);
}

// The same address twice can only fail later, as a port that is in use, by ourselves.
util::Result<void> refuse_twice(const std::vector<zonestore::SocketAddress>& addresses) {
  for (auto address = addresses.begin(); address != addresses.end(); ++address) {
    if (address->port() != 0 && std::find(addresses.begin(), address, *address) != address) {
      return util::fail("listen: " + address->to_text() + " is given twice");
    }
  }
  return {};
}

}  // namespace

std::vector<zonestore::SocketAddress> default_listen() {
  std::vector<zonestore::SocketAddress> addresses;
  for (const char* const text : {"127.0.0.1:53", "[::1]:53"}) {
    addresses.push_back(zonestore::SocketAddress::parse(text).value());
  }
  return addresses;
}

util::Result<std::variant<CommandLine, Printout>> parse_command_line(std::span<const char* const> arguments) {
  CLI::App app("Answers DNS queries for the zones of a zone store: DKIM keys and SPF.", "dnsd");
  Flags flags;
  declare(app, flags);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // the order that CLI11 asks for
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return Printout{app.help()};
  } catch (const CLI::CallForVersion&) {
    return Printout{version_text() + "\n"};
  } catch (const CLI::ParseError& error) {
    return util::fail(error.what());
  }
  flags.result.config_file = given(app, "--config", flags.config_file);
  flags.result.store = given(app, "--store", flags.store);
  flags.result.user = given(app, "--user", flags.user);
  flags.result.workers = given(app, "--workers", flags.workers);
  flags.result.log_level = given(app, "--log-level", flags.log_level);
  return std::move(flags.result);
}

util::Result<Config> load(const CommandLine& command_line, const char* zonestore_variable) {
  Config config;
  config.listen = default_listen();
  config.listen_is_default = true;
  if (zonestore_variable != nullptr && *zonestore_variable != '\0') {
    config.store = zonestore_variable;
  }
  if (command_line.config_file) {
    config.file = *command_line.config_file;
    const auto applied = apply_file(config.file, config);
    if (!applied) {
      return util::fail(applied.error());
    }
  }
  return apply_flags(command_line, config).and_then([&] { return refuse_twice(config.listen); }).map([&] {
    return config;
  });
}

// Of several, which a colon divides, the first (systemd.exec(5)).
void use_runtime_directory(const char* variable, Config& config) {
  const std::string_view all = variable != nullptr ? std::string_view(variable) : std::string_view();
  const std::string_view first = all.substr(0, all.find(':'));
  if (config.metrics.file.empty() && !first.empty()) {
    config.metrics.file = std::filesystem::path(first) / "metrics.prom";
  }
}

}  // namespace dnsd::config
