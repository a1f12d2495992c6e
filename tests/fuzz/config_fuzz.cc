// dnsd's config file: any bytes are taken whole, or refused with the place and without a change.
#include <string>

#include "dnsd/config/config.h"
#include "tests/fuzz/text_rules.h"

namespace {

using dnsd::config::Config;

bool same(const dnsd::net::TcpLimits& left, const dnsd::net::TcpLimits& right) {
  return left.connections == right.connections && left.connections_per_address == right.connections_per_address &&
         left.idle == right.idle && left.idle_when_half_full == right.idle_when_half_full &&
         left.message == right.message && left.write == right.write && left.lifetime == right.lifetime &&
         left.queries == right.queries && left.unsent_bytes == right.unsent_bytes;
}

bool same(const Config& left, const Config& right) {
  return left.store == right.store && left.listen == right.listen && left.user == right.user &&
         left.workers == right.workers && left.log_level == right.log_level && left.drain == right.drain &&
         left.udp.answer_bytes == right.udp.answer_bytes && same(left.tcp, right.tcp);
}

// "file:line:column: what".
void check_error(std::string_view error) {
  constexpr std::string_view kSource = "dnsd.toml:";
  dnsd::fuzz::check_message(error);
  FUZZ_REQUIRE(error.starts_with(kSource));
  error.remove_prefix(kSource.size());
  FUZZ_REQUIRE(dnsd::fuzz::take_number(error) > 0);  // line
  FUZZ_REQUIRE(dnsd::fuzz::take_number(error) > 0);  // column
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
