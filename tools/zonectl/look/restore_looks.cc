#include "tools/zonectl/look/restore_looks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace zonectl::look {

using zonestore::Name;
using zonestore::Result;
using zonestore::ServedSerial;
using zonestore::ServerEvidence;
using zonestore::ServersOfZone;

namespace {

constexpr std::chrono::minutes kLongestLook{5};  // each secondary may have many addresses, and all be silent
// A primary that no NS record names serves the old image all the same.
constexpr std::array<const char*, 2> kThisMachine{"127.0.0.1:53", "[::1]:53"};

std::string local_server(const char* address) {
  return std::string("dnsd at ") + address;
}

// Names may come twice, from the backup and the live store, with other addresses.
std::string server_of(const ServersOfZone::Secondary& secondary) {
  return "secondary " + secondary.name + " (" + secondary.addresses.front().to_text() + ")";
}

Task task_of(const ServersOfZone& zone) {
  Task task;
  task.kind = Kind::kAllServers;
  task.zone.apex = zone.apex;
  task.zone.name_servers = zone.name_servers;
  task.known_servers = zone.known;
  for (const ServersOfZone::Secondary& secondary : zone.secondaries) {
    probe::SecondaryToLookAt to_look_at{server_of(secondary), {}};
    for (const zonestore::SocketAddress& address : secondary.addresses) {
      if (const auto parsed = probe::Address::parse(address.to_text())) {
        to_look_at.addresses.push_back(*parsed);
      }
    }
    task.secondaries.push_back(std::move(to_look_at));
  }
  for (const char* address : kThisMachine) {
    task.secondaries.push_back({local_server(address), {*probe::Address::parse(address)}});
  }
  return task;
}

bool is_local(const ServerEvidence& seen) {
  return std::any_of(kThisMachine.begin(), kThisMachine.end(),
                     [&seen](const char* address) { return seen.server == local_server(address); });
}

void add_unseen(const ServersOfZone& zone, const std::vector<ServerEvidence>& seen, std::vector<ServedSerial>& all) {
  for (const Name& name : zone.name_servers) {
    const std::string text = name.lowered().to_text_no_dot();
    if (std::none_of(seen.begin(), seen.end(),
                     [&text](const ServerEvidence& each) { return zonestore::server_name(each.server) == text; })) {
      all.push_back({zone.apex, text, std::nullopt, "no address was found"});
    }
  }
}

void add_seen(const ServersOfZone& zone, std::vector<ServerEvidence> seen, std::vector<ServedSerial>& all) {
  for (ServerEvidence& each : seen) {
    if (each.serial || !is_local(each)) {
      all.push_back({zone.apex, std::move(each.server), each.serial, std::move(each.detail)});
    }
  }
}

}  // namespace

Result<std::vector<ServedSerial>> ask_all_servers(Lookout& lookout, const std::vector<ServersOfZone>& zones) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(zones.size());
  for (const ServersOfZone& zone : zones) {
    numbers.push_back(lookout.ask(task_of(zone)));
  }
  const SteadyTime until = std::chrono::steady_clock::now() + kLongestLook;
  std::vector<ServedSerial> all;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    auto seen = lookout.take_zone(numbers[i], until);
    if (!seen) {
      return zonestore::fail(zonestore::ErrorCode::kIo,
                             "the process that looks into the DNS gave no answer" +
                                 (lookout.failure().empty() ? "" : ": " + lookout.failure()),
                             "");
    }
    if (!lookout.has_named_servers()) {
      add_unseen(zones[i], *seen, all);
    }
    add_seen(zones[i], *std::move(seen), all);
  }
  return all;
}

}  // namespace zonectl::look
