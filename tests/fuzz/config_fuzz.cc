// dnsd's config file: any bytes are taken whole, or refused with the place and without a change.
#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "dnsd/config/config.h"
#include "tests/fuzz/text_rules.h"

namespace {

using dnsd::config::Config;

// Every member, to be compared: none can be forgotten, for a binding that leaves one out does not compile.
auto members(const dnsd::net::TcpLimits& limits) {
  const auto& [connections, per_address, idle, half_full, message, write, lifetime, queries, unsent, unsent_total] =
      limits;
  return std::tie(connections, per_address, idle, half_full, message, write, lifetime, queries, unsent, unsent_total);
}

auto members(const dnsd::limit::Settings& limit) {
  const auto& [answers_per_second, all_answers, slip, ipv4_bits, ipv6_bits, table_bytes] = limit;
  return std::tie(answers_per_second, all_answers, slip, ipv4_bits, ipv6_bits, table_bytes);
}

auto members(const dnsd::metrics::Settings& metrics) {
  const auto& [file, every, listen] = metrics;
  return std::tie(file, every, listen);
}

auto members(const Config& config) {
  const auto& [file, store, listen, is_default, ahead, user, typed, workers, log_level, drain, udp, tcp, sandbox,
               edns, rate_limit, transfer, metrics] = config;
  const auto& [answer_bytes, receive_buffer_bytes] = udp;
  const auto& [nsid, cookie_secrets_file] = edns;
  const auto& [tsig_keys_file, transfers] = transfer;
  return std::tuple_cat(
      std::tie(file, store, listen, is_default, ahead, user, workers, log_level, drain, answer_bytes, nsid),
      std::tie(receive_buffer_bytes, sandbox, cookie_secrets_file, tsig_keys_file, typed), members(tcp),
      members(rate_limit), members(metrics));
}

bool same(const Config& left, const Config& right) {
  return members(left) == members(right);
}

// The number at the front of `text`, which is taken off together with the colon after it. 0: there is none.
unsigned long take_number(std::string_view& text) {
  unsigned long number = 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  for (const char digit : text.substr(0, end)) {
    number = 10 * number + static_cast<unsigned long>(digit - '0');
  }
  FUZZ_REQUIRE(end < text.size() && text[end] == ':');
  text.remove_prefix(end + 1);
  return number;
}

// "file:line:column: what".
void check_error(std::string_view error) {
  constexpr std::string_view kSource = "dnsd.toml:";
  dnsd::fuzz::check_message(error);
  FUZZ_REQUIRE(error.starts_with(kSource));
  error.remove_prefix(kSource.size());
  FUZZ_REQUIRE(take_number(error) > 0);  // line
  FUZZ_REQUIRE(take_number(error) > 0);  // column
  FUZZ_REQUIRE(error.size() > 1 && error.front() == ' ');
}

void check_limits(const Config& config) {
  FUZZ_REQUIRE(!config.store.empty());
  FUZZ_REQUIRE(config.udp.answer_bytes >= 512 && config.udp.answer_bytes <= 4096);
  FUZZ_REQUIRE(config.tcp.connections > 0 && config.tcp.connections_per_address > 0 && config.tcp.queries > 0);
  FUZZ_REQUIRE(config.tcp.idle.count() > 0 && config.tcp.message.count() > 0 && config.tcp.write.count() > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Config config;
  config.user = "before";
  config.workers = 77;
  const Config before = config;
  const auto applied = apply_toml(text, "dnsd.toml", config);
  if (!applied) {
    check_error(applied.error());
    FUZZ_REQUIRE(same(config, before));
    return 0;
  }
  check_limits(config);
  const Config once = config;
  FUZZ_REQUIRE(apply_toml(text, "dnsd.toml", config).has_value());
  FUZZ_REQUIRE(same(config, once));
  return 0;
}
