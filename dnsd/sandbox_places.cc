#include "dnsd/sandbox_places.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace dnsd {
namespace {

using std::filesystem::path;

void add(std::vector<path>& places, const path& place) {
  if (!place.empty() && std::ranges::find(places, place) == places.end()) {
    places.push_back(place);
  }
}

// Absolute and without "..": as written, and where symbolic links lead today.
std::vector<path> ways_to(const path& file) {
  std::error_code error;
  std::vector<path> ways;
  add(ways, std::filesystem::absolute(file, error).lexically_normal());
  add(ways, std::filesystem::weakly_canonical(file, error));
  return ways;
}

// What may be replaced lies in a directory, which is what a rule is for.
void add_directory_of(std::vector<path>& places, const path& file) {
  if (file.empty()) {
    return;
  }
  for (const path& way : ways_to(file)) {
    add(places, way.parent_path());
  }
}

// zone.db may be a symbolic link itself.
void add_store(std::vector<path>& places, const path& store) {
  const path directory = store.has_filename() ? store : store.parent_path();  // "demo/" is "demo"
  add_directory_of(places, directory);
  for (const path& file : ways_to(directory / "zone.db")) {
    add_directory_of(places, file.parent_path());
  }
}

void add_listed(std::vector<path>& places, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    add(places, path(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string joined(const std::vector<path>& paths) {
  std::string all;
  for (const path& each : paths) {
    all += all.empty() ? "" : " ";
    all += each.string();
  }
  return all;
}

tl::unexpected<std::string> none_to_be_had(const std::string& why) {
  return util::fail(R"(sandbox = "require" in the config, and there is none to be had: )" + why);
}

}  // namespace

ServiceDirectories service_directories() {
  return {variable("STATE_DIRECTORY"), variable("RUNTIME_DIRECTORY")};
}

SandboxPlaces sandbox_places(const config::Config& config, const ServiceDirectories& directories) {
  SandboxPlaces places;
  add_store(places.read, config.store);
  add_directory_of(places.read, config.file);
  add_directory_of(places.read, config.edns.cookie_secrets_file);
  add_directory_of(places.read, config.transfer.tsig_keys_file);
  // Not /proc/self alone: the kernel makes that directory anew when memory was short, and a rule for the old one is
  // no rule for the new. What lies in /proc of others the unit hides (ProtectProc, ProcSubset).
  add(places.read, "/proc");
  add(places.read, "/dev/urandom");
  add_listed(places.write, directories.state);
  add_listed(places.write, directories.runtime);
  add_directory_of(places.write, config.metrics.file);
  return places;
}

util::Result<bool> take_cover(const config::Config& config, const util::Log& log) {
  if (config.sandbox == config::Sandbox::kOff) {
    log.info("sandbox_off", {{"reason", "the config says so"}});
    return false;
  }
  const SandboxPlaces places = sandbox_places(config, service_directories());
  const auto abi = enter_sandbox(places, variable("NOTIFY_SOCKET"));
  if (abi) {
    log.info("sandbox", {{"landlock_abi", *abi}, {"reads", joined(places.read)}, {"writes", joined(places.write)}});
    return true;
  }
  if (config.sandbox == config::Sandbox::kRequired) {
    return none_to_be_had(abi.error());
  }
  log.info("sandbox_off", {{"reason", abi.error()}});
  return false;
}

util::Result<std::string> cover_to_be_had(const config::Config& config) {
  if (config.sandbox == config::Sandbox::kOff) {
    return "off: the config says so";
  }
  const auto abi = landlock_abi();
  if (!abi && config.sandbox == config::Sandbox::kRequired) {
    return none_to_be_had(abi.error());
  }
  return abi ? "on (Landlock ABI " + std::to_string(*abi) + ")" : "off: " + abi.error();
}

}  // namespace dnsd
