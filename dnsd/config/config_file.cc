#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// toml++ 3.3 asserts what a file can break (a table's name that begins with '+') and goes on to report it.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include "dnsd/config/config.h"
#include "dnsd/config/hexadecimal.h"
#include "dnsd/config/small_file.h"
#include "dnsd/config/toml_fault.h"
#include "zonestore/base/joined.h"
#include "zonestore/base/nearest_word.h"
#include "zonestore/base/text_encodings.h"

namespace dnsd::config {
namespace {

// Where a message points, and what about. What is shown of the file is its settings' names alone, and those that
// there are: it may be another one than was meant, such as a private key (zonestore/base/file_text.h).
struct Place {
  std::string_view source;
  std::string key;
  const toml::source_region& region;
};

std::string at(std::string_view source, const toml::source_position& position) {
  return std::string(source) + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

tl::unexpected<std::string> wrong(const Place& place, const std::string& what) {
  return util::fail(at(place.source, place.region.begin) + ": " + place.key + ": " + what);
}

struct Range {
  std::int64_t least;
  std::int64_t most;
};

util::Result<std::int64_t> whole_number(const toml::node& node, const Place& place, const Range& range) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < range.least || *value > range.most) {
    return wrong(place,
                 "must be a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most));
  }
  return *value;
}

util::Result<std::string> read_text(const toml::node& node, const Place& place) {
  const auto value = node.value_exact<std::string>();
  if (!value) {
    return wrong(place, "must be a string in quotes");
  }
  return *value;
}

// Turns a node into a setting, or says what is wrong with it.
using Setter = std::function<util::Result<void>(const toml::node&, const Place&, Config&)>;

template <class Target>
Setter set_number(const Range& range, Target target) {
  return [range, target](const toml::node& node, const Place& place, Config& config) {
    return whole_number(node, place, range).map([&](std::int64_t value) { target(config, value); });
  };
}

Setter transfer_setting(const Range& range, unsigned transfer::Settings::*value) {
  return set_number(range, [value](Config& config, std::int64_t whole) {
    config.transfer.settings.*value = static_cast<unsigned>(whole);
  });
}

Setter transfer_seconds(std::chrono::seconds transfer::Settings::*value) {
  constexpr Range kUpToTwoDays{1, 172'800};
  return set_number(kUpToTwoDays, [value](Config& config, std::int64_t whole) {
    config.transfer.settings.*value = std::chrono::seconds(whole);
  });
}

// An address without a port; "": none is set.
Setter set_notify_source(std::optional<zonestore::SocketAddress> transfer::Settings::*source,
                         std::string_view example) {
  return [source, example](const toml::node& node, const Place& place, Config& config) -> util::Result<void> {
    const util::Result<std::string> value = read_text(node, place);
    if (!value) {
      return util::fail(value.error());
    }
    config.transfer.settings.*source = std::nullopt;
    if (value->empty()) {
      return {};
    }
    const bool is_ipv6 = example.find(':') != std::string_view::npos;
    const auto address = zonestore::SocketAddress::parse(is_ipv6 ? "[" + *value + "]:0" : *value + ":0");
    if (!address || address->is_ipv6() != is_ipv6) {
      return wrong(place, "must be an address, such as \"" + std::string(example) + "\", or \"\"");
    }
    config.transfer.settings.*source = *address;
    return {};
  };
}

template <class Owner, class Value>
Setter member(const Range& range, Owner Config::*owner, Value Owner::*value) {
  return set_number(range, [owner, value](Config& config, std::int64_t whole) {
    (config.*owner).*value = static_cast<Value>(whole);
  });
}

util::Result<void> set_store(const toml::node& node, const Place& place, Config& config) {
  util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  if (value->empty()) {
    return wrong(place, "must be the store's directory");
  }
  config.store = *value;
  return {};
}

util::Result<void> set_user(const toml::node& node, const Place& place, Config& config) {
  return read_text(node, place).map([&](const std::string& value) { config.user = value; });
}

util::Result<void> set_log_level(const toml::node& node, const Place& place, Config& config) {
  const util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  const util::Result<util::LogLevel> level = util::parse_log_level(*value);
  if (!level) {
    return wrong(place, "it " + level.error());
  }
  config.log_level = *level;
  return {};
}

util::Result<void> set_sandbox(const toml::node& node, const Place& place, Config& config) {
  constexpr std::array<std::pair<std::string_view, Sandbox>, 3> kWords{
      {{"if-possible", Sandbox::kIfPossible}, {"require", Sandbox::kRequired}, {"off", Sandbox::kOff}}};
  const util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  const auto* const word = std::ranges::find(kWords, *value, &std::pair<std::string_view, Sandbox>::first);
  if (word == kWords.end()) {
    return wrong(place, R"(must be "if-possible", "require" or "off")");
  }
  config.sandbox = word->second;
  return {};
}

util::Result<void> set_listen(const toml::node& node, const Place& place, Config& config) {
  const toml::array* const list = node.as_array();
  if (list == nullptr || list->empty()) {
    return wrong(place, "must be a list of addresses, such as [\"127.0.0.1:53\", \"[::1]:53\"]");
  }
  std::vector<zonestore::SocketAddress> addresses;
  for (const toml::node& element : *list) {
    const Place element_place{place.source, place.key, element.source()};
    const util::Result<std::string> value = read_text(element, element_place);
    if (!value) {
      return util::fail(value.error());
    }
    const util::Result<zonestore::SocketAddress> address = zonestore::SocketAddress::parse(*value);
    if (!address) {
      return wrong(element_place, "it " + address.error());
    }
    addresses.push_back(*address);
  }
  config.listen = std::move(addresses);
  config.listen_is_default = config.listen == default_listen();  // as the template has them
  return {};
}

util::Result<void> set_listen_ahead(const toml::node& node, const Place& place, Config& config) {
  const auto value = node.value_exact<bool>();
  if (!value) {
    return wrong(place, "must be true or false");
  }
  config.listen_ahead = *value;
  return {};
}

// Hexadecimal behind "0x", else the text's own bytes.
util::Result<void> set_nsid(const toml::node& node, const Place& place, Config& config) {
  constexpr std::string_view kHexadecimal = "0x";
  const util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  const bool is_hexadecimal = value->starts_with(kHexadecimal);
  auto bytes = is_hexadecimal ? parse_hexadecimal(std::string_view(*value).substr(kHexadecimal.size()))
                              : std::optional(zonestore::Bytes(value->begin(), value->end()));
  if (!bytes) {
    return wrong(place, "behind 0x must be two hexadecimal digits for each byte");
  }
  if (bytes->size() > kMaxNsidBytes) {
    return wrong(place, "must be at most " + std::to_string(kMaxNsidBytes) + " bytes");
  }
  config.edns.nsid = std::move(*bytes);
  return {};
}

util::Result<void> set_cookie_secrets_file(const toml::node& node, const Place& place, Config& config) {
  util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  if (!value->empty() && parse_hexadecimal(*value)) {  // else the error about the file would show it
    return wrong(place, "must be the path of the file that holds the secrets, not a secret");
  }
  config.edns.cookie_secrets_file = *value;
  return {};
}

util::Result<void> set_tsig_keys_file(const toml::node& node, const Place& place, Config& config) {
  util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  if (!value->empty() && !value->starts_with('/') && zonestore::bytes_of_base64(*value)) {
    return wrong(place, "must be the path of the file that holds the keys, not a secret");
  }
  config.transfer.tsig_keys_file = *value;
  return {};
}

util::Result<void> set_metrics_file(const toml::node& node, const Place& place, Config& config) {
  const util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  if (!value->empty() && (!value->starts_with('/') || value->ends_with('/'))) {
    return wrong(place, "must be the path of a file, from the root on, or \"\"");
  }
  config.metrics.file = *value;
  return {};
}

util::Result<void> set_metrics_listen(const toml::node& node, const Place& place, Config& config) {
  const util::Result<std::string> value = read_text(node, place);
  if (!value) {
    return util::fail(value.error());
  }
  config.metrics.listen.reset();
  if (value->empty()) {
    return {};
  }
  const util::Result<zonestore::SocketAddress> address = zonestore::SocketAddress::parse(*value);
  if (!address) {
    return wrong(place, "it " + address.error());
  }
  config.metrics.listen = *address;
  return {};
}

struct Setting {
  std::string_view table;  // empty: the file's top
  std::string_view key;
  Setter set;
};

constexpr Range kSeconds{1, 86'400};

std::vector<Setting> transfer_settings() {
  using Transfer = transfer::Settings;
  return {
      {"transfer", "tsig_keys_file", set_tsig_keys_file},
      {"transfer", "streams", transfer_setting({1, 1024}, &Transfer::streams)},
      {"transfer", "streams_per_peer", transfer_setting({1, 1024}, &Transfer::streams_per_peer)},
      {"transfer", "images", transfer_setting({1, 1024}, &Transfer::images)},
      {"transfer", "waiting", transfer_setting({4, 10'000}, &Transfer::waiting)},
      {"transfer", "message_bytes",
       set_number({512, 65'535},
                  [](Config& config, auto value) {
                    config.transfer.settings.message_bytes = static_cast<std::size_t>(value);
                  })},
      {"transfer", "ixfr_bytes",
       set_number({0, 1024 * 1024 * 1024},
                  [](Config& config, auto value) {
                    config.transfer.settings.ixfr_bytes = static_cast<std::size_t>(value);
                  })},
      {"transfer", "stall_seconds", transfer_seconds(&Transfer::stall)},
      {"transfer", "longest_seconds", transfer_seconds(&Transfer::longest)},
      {"transfer", "idle_seconds", transfer_seconds(&Transfer::idle)},
      {"transfer", "notify_gap_ms",
       set_number({0, 60'000},
                  [](Config& config, auto value) {
                    config.transfer.settings.notify_gap = std::chrono::milliseconds(value);
                  })},
      {"transfer", "notify_source_v4", set_notify_source(&Transfer::notify_source_v4, "192.0.2.1")},
      {"transfer", "notify_source_v6", set_notify_source(&Transfer::notify_source_v6, "2001:db8::1")},
  };
}

std::vector<Setting> metrics_settings() {
  return {
      {"metrics", "file", set_metrics_file},
      {"metrics", "file_seconds",
       set_number({1, 3600},
                  [](Config& config, auto value) { config.metrics.file_every = std::chrono::seconds(value); })},
      {"metrics", "listen", set_metrics_listen},
  };
}

std::vector<Setting> settings_but_transfers() {
  using Tcp = net::TcpLimits;
  using Rate = limit::Settings;
  const auto tcp_seconds = [](std::string_view key, std::chrono::seconds Tcp::*value) {
    return Setting{"tcp", key, member(kSeconds, &Config::tcp, value)};
  };
  return {
      {"", "store", set_store},
      {"", "listen", set_listen},
      {"", "listen_ahead", set_listen_ahead},
      {"", "user", set_user},
      {"", "workers",
       set_number({0, 1024}, [](Config& config, auto value) { config.workers = static_cast<unsigned>(value); })},
      {"", "log_level", set_log_level},
      {"", "sandbox", set_sandbox},
      {"", "drain_seconds",
       set_number({0, 3600}, [](Config& config, auto value) { config.drain = std::chrono::seconds(value); })},
      {"udp", "answer_bytes", member({512, 4096}, &Config::udp, &net::UdpLimits::answer_bytes)},
      {"udp", "receive_buffer_bytes",
       member({4096, 1024 * 1024 * 1024}, &Config::udp, &net::UdpLimits::receive_buffer_bytes)},
      {"edns", "nsid", set_nsid},
      {"edns", "cookie_secrets_file", set_cookie_secrets_file},
      {"tcp", "connections", member({1, 1'000'000}, &Config::tcp, &Tcp::connections)},
      {"tcp", "connections_per_address", member({1, 1'000'000}, &Config::tcp, &Tcp::connections_per_address)},
      tcp_seconds("idle_seconds", &Tcp::idle),
      tcp_seconds("idle_half_full_seconds", &Tcp::idle_when_half_full),
      tcp_seconds("message_seconds", &Tcp::message),
      tcp_seconds("write_seconds", &Tcp::write),
      tcp_seconds("lifetime_seconds", &Tcp::lifetime),
      {"tcp", "queries", member({1, 1'000'000'000}, &Config::tcp, &Tcp::queries)},
      {"tcp", "unsent_bytes", member({1024, 16 * 1024 * 1024}, &Config::tcp, &Tcp::unsent_bytes)},
      {"tcp", "unsent_total_bytes", member({65536, 1024 * 1024 * 1024}, &Config::tcp, &Tcp::unsent_total_bytes)},
      {"rate_limit", "answers_per_second", member({0, 1'000'000}, &Config::rate_limit, &Rate::answers_per_second)},
      {"rate_limit", "all_answers_per_second",
       set_number({0, 1'000'000},
                  [](Config& config, auto value) {
                    config.rate_limit.all_answers_per_second = static_cast<unsigned>(value);
                  })},
      {"rate_limit", "slip", member({0, 100}, &Config::rate_limit, &Rate::slip)},
      {"rate_limit", "ipv4_prefix_bits", member({8, 32}, &Config::rate_limit, &Rate::ipv4_prefix_bits)},
      {"rate_limit", "ipv6_prefix_bits", member({16, 64}, &Config::rate_limit, &Rate::ipv6_prefix_bits)},
      {"rate_limit", "table_bytes", member({4096, 1024 * 1024 * 1024}, &Config::rate_limit, &Rate::table_bytes)},
  };
}

std::vector<Setting> make_settings() {
  std::vector<Setting> settings = settings_but_transfers();
  std::ranges::move(transfer_settings(), std::back_inserter(settings));
  std::ranges::move(metrics_settings(), std::back_inserter(settings));
  return settings;
}

const Setting* find(const std::vector<Setting>& settings, std::string_view table, std::string_view key) {
  for (const Setting& setting : settings) {
    if (setting.table == table && setting.key == key) {
      return &setting;
    }
  }
  return nullptr;
}

std::string full_name(std::string_view table, std::string_view key) {
  return table.empty() ? std::string(key) : std::string(table) + "." + std::string(key);
}

// Those that may stand in the table; at the file's top its tables, too.
std::vector<std::string> known_keys(const std::vector<Setting>& settings, std::string_view table) {
  std::vector<std::string> keys;
  for (const Setting& setting : settings) {
    const std::string_view key = setting.table == table ? setting.key : setting.table;
    const bool is_here = setting.table == table || table.empty();
    if (is_here && std::find(keys.begin(), keys.end(), key) == keys.end()) {
      keys.emplace_back(key);
    }
  }
  return keys;
}

bool is_table_name(const std::vector<Setting>& settings, std::string_view name) {
  return !name.empty() && std::any_of(settings.begin(), settings.end(),
                                      [name](const Setting& setting) { return setting.table == name; });
}

tl::unexpected<std::string> unknown_key(const std::vector<Setting>& settings, std::string_view table,
                                        const toml::key& key, std::string_view source) {
  const std::vector<std::string> known = known_keys(settings, table);
  const std::string list = zonestore::joined(known, ", ");
  const std::optional<std::string> meant = zonestore::nearest_word(key.str(), known);
  return util::fail(at(source, key.source().begin) + ": unknown key" +
                    (table.empty() ? "" : " in [" + std::string(table) + "]") +
                    (meant ? "; did you mean `" + full_name(table, *meant) + "`? Those " : "; those ") +
                    (table.empty() ? "here are " : "there are ") + list);
}

util::Result<void> apply_table(const toml::table& table, std::string_view name, std::string_view source,
                               const std::vector<Setting>& settings, Config& config) {
  for (const auto& [key, node] : table) {
    const toml::table* const inner = node.as_table();
    if (name.empty() && inner != nullptr && is_table_name(settings, key.str())) {
      auto applied = apply_table(*inner, key.str(), source, settings, config);
      if (!applied) {
        return applied;
      }
      continue;
    }
    const Setting* const setting = find(settings, name, key.str());
    if (setting == nullptr) {
      return unknown_key(settings, name, key, source);
    }
    auto set = setting->set(node, Place{source, full_name(name, setting->key), node.source()}, config);
    if (!set) {
      return set;
    }
  }
  return {};
}

}  // namespace

util::Result<void> apply_toml(std::string_view text, std::string_view source, Config& config) {
  toml::table table;
  try {
    table = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    return util::fail(at(source, error.source().begin) + ": " + toml_fault(error.description()));
  }
  Config changed = config;
  auto applied = apply_table(table, "", source, make_settings(), changed);
  if (applied) {
    config = std::move(changed);
  }
  return applied;
}

util::Result<void> apply_file(const std::filesystem::path& file, Config& config) {
  const auto text = read_small_file(file, kMostConfigBytes);
  return text ? apply_toml(*text, file.string(), config)
              : util::fail("cannot read the config file " + file.string() + ": " + text.error());
}

}  // namespace dnsd::config
