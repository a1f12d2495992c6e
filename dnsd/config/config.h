// Every setting of dnsd, with its default. What belongs to the zones is in the store, not here.
//
// A flag wins over the file, the file over $ZONESTORE, that over the default. Threads: plain values.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/limit/settings.h"
#include "dnsd/metrics/settings.h"
#include "dnsd/net/limits.h"
#include "dnsd/transfer/settings.h"
#include "dnsd/util/log.h"
#include "dnsd/util/result.h"
#include "zonestore/base/bytes.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::config {

inline constexpr std::size_t kMaxNsidBytes = 128;

struct Edns {
  zonestore::Bytes nsid;                      // empty: none is told
  std::filesystem::path cookie_secrets_file;  // empty: a secret of our own, made at the start
};

struct Transfer {
  std::filesystem::path tsig_keys_file;  // empty: there are no keys
  transfer::Settings settings;
};

// Whether dnsd takes from itself what it does not need (dnsd/sandbox.h).
enum class Sandbox { kIfPossible, kRequired, kOff };

struct Config {
  std::filesystem::path file;  // that these come from; empty: none
  std::filesystem::path store = "/var/lib/zonestore";
  std::vector<zonestore::SocketAddress> listen;  // see default_listen; never empty after load
  bool listen_is_default = false;  // nobody has named others: those that the machine cannot have are left out
  bool listen_ahead = false;       // also where no interface has the address yet
  std::string user;                // empty: stay as who we are
  bool user_is_typed = false;      // by --user: it may be quoted
  unsigned workers = 0;            // 0: one for each core
  util::LogLevel log_level = util::LogLevel::kInfo;
  std::chrono::seconds drain{5};
  net::UdpLimits udp;
  net::TcpLimits tcp;
  Sandbox sandbox = Sandbox::kIfPossible;
  Edns edns;
  limit::Settings rate_limit;
  Transfer transfer;
  metrics::Settings metrics;
};

[[nodiscard]] std::vector<zonestore::SocketAddress> default_listen();  // 127.0.0.1:53 and [::1]:53

// Sets what the TOML text sets and leaves the rest. `source` names the text in messages. Errors: the place
// (file:line:column), the setting, and what it should be, without a word of the text (zonestore/base/file_text.h); an
// unknown key is an error, so that a misspelt limit is not silently the default.
[[nodiscard]] util::Result<void> apply_toml(std::string_view text, std::string_view source, Config& config);

// The same for a file. Errors: also one that cannot be read.
[[nodiscard]] util::Result<void> apply_file(const std::filesystem::path& file, Config& config);

// Where systemd has made a directory ($RUNTIME_DIRECTORY: `variable`, nullptr if unset) the metrics are written
// there, unless the config names another file.
void use_runtime_directory(const char* variable, Config& config);

}  // namespace dnsd::config
