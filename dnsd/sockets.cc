#include "dnsd/sockets.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "dnsd/net/kept_sockets.h"
#include "dnsd/supervisor.h"

namespace dnsd {
namespace {

using std::chrono::milliseconds;
using Bound = std::vector<net::BoundAddress>;

// The manager closes what it is to forget a moment after it has said so (systemd: in a thread of its own).
constexpr milliseconds kForgetPatience{2000};
constexpr milliseconds kForgetPause{20};

// What nobody has named may be left out, as long as something is left: most containers have no IPv6.
util::Result<Bound> bind_addresses(const config::Config& config, unsigned workers, const util::Log& log) {
  const net::BindOptions options{.ahead = config.listen_ahead, .some_will_do = config.listen_is_default};
  auto bound = net::bind_all(config.listen, workers, options);
  if (!bound) {
    return util::fail(bound.error());
  }
  for (const std::string& why : bound->left_out) {
    log.warning("default_address_left_out", {{"message", why}, {"hint", "name the addresses with listen"}});
  }
  return std::move(bound->addresses);
}

// The addresses that sockets can be kept of: those of `listen`, less the default ones that were left out when the
// kept ones were bound and that this machine still cannot have.
std::vector<zonestore::SocketAddress> addresses_to_take_up(const config::Config& config,
                                                           std::span<const net::NamedSocket> kept) {
  std::vector<zonestore::SocketAddress> addresses;
  for (const zonestore::SocketAddress& address : config.listen) {
    const bool is_there = !config.listen_is_default || net::is_kept(kept, address) ||
                          net::bind_all(std::span(&address, 1), 1, {}).has_value();
    if (is_there) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

// Other addresses or workers than before: all of them go, from the manager too, before the first is bound, or one
// would keep its share of the port's queries and answer none.
void forget(std::vector<net::NamedSocket> kept) {
  std::vector<std::string> names;
  names.reserve(kept.size());
  for (const net::NamedSocket& each : kept) {
    names.push_back(each.name);
  }
  kept.clear();
  forget_kept(names);
}

util::Result<Bound> bind_after_forgetting(const config::Config& config, unsigned workers, const util::Log& log) {
  const auto give_up_at = std::chrono::steady_clock::now() + kForgetPatience;
  while (true) {
    auto bound = bind_addresses(config, workers, log);
    if (bound || std::chrono::steady_clock::now() >= give_up_at) {
      return bound;
    }
    std::this_thread::sleep_for(kForgetPause);
  }
}

// A small buffer loses queries in any pause: said once, with what mends it.
void size_buffers(const Bound& bound, const config::Config& config, const util::Log& log) {
  const std::size_t asked = config.udp.receive_buffer_bytes;
  const std::size_t given = net::set_receive_buffers(bound, asked);
  if (given < asked) {
    log.info("receive_buffer_small",
             {{"asked", asked},
              {"given", given},
              {"hint", "sysctl -w net.core.rmem_max=" + std::to_string(asked) +
                           ", for good in /etc/sysctl.d (see /usr/lib/sysctl.d/60-dnsd.conf); or ask for less with "
                           "udp.receive_buffer_bytes"}});
  }
}

}  // namespace

util::Result<Sockets> open_sockets(const config::Config& config, unsigned workers, const util::Log& log) {
  std::vector<net::NamedSocket> kept = take_kept();
  const std::size_t count = kept.size();
  if (auto taken = net::take_up(kept, addresses_to_take_up(config, kept), workers)) {
    log.info("sockets_taken_up", {{"sockets", count}});
    size_buffers(*taken, config, log);
    return Sockets{std::move(*taken), true};
  }
  if (count > 0) {
    log.info("sockets_bound_anew", {{"kept", count}, {"reason", "other addresses or workers than before"}});
    forget(std::move(kept));
  }
  auto bound = count > 0 ? bind_after_forgetting(config, workers, log) : bind_addresses(config, workers, log);
  if (!bound) {
    return util::fail(bound.error());
  }
  size_buffers(*bound, config, log);
  const bool are_kept = keep(net::names_of(*bound));
  return Sockets{std::move(*bound), are_kept};
}

}  // namespace dnsd
