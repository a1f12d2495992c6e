#include "tools/zonectl/look/secondary_looks.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "zonestore/operations/secondaries/sights.h"

namespace zonectl::look {

using zonestore::Result;
using zonestore::SecondarySight;
using zonestore::SecondaryToAsk;
using zonestore::ServerEvidence;
using zonestore::ZoneOfSecondaries;

namespace {

constexpr std::chrono::minutes kLongestLook{5};       // each may have many addresses, and all be silent
constexpr std::chrono::milliseconds kForTheWay{500};  // from and to the child, where there is little time

// How the child knows it: by the number of its life, as names may come twice in time.
std::string server_of(const SecondaryToAsk& secondary) {
  return "#" + std::to_string(static_cast<std::int64_t>(secondary.life));
}

Task task_of(const zonestore::Store& store, const ZoneOfSecondaries& zone) {
  Task task;
  task.kind = Kind::kSecondaries;
  task.dkim_zone = store.dkim_zone();
  task.spf_zone = store.spf_zone();
  task.zone.apex = zone.apex;
  task.zone.serial = zone.serial;
  for (const SecondaryToAsk& secondary : zone.secondaries) {
    probe::SecondaryToLookAt to_look_at{server_of(secondary), {}};
    for (const zonestore::SocketAddress& address : secondary.addresses) {
      if (const auto parsed = probe::Address::parse(address.to_text())) {
        to_look_at.addresses.push_back(*parsed);
      }
    }
    task.secondaries.push_back(std::move(to_look_at));
  }
  return task;
}

// What the child said of each of them; of one that it left out, nothing.
std::vector<SecondarySight> sights_of(const ZoneOfSecondaries& zone, const std::vector<ServerEvidence>& seen) {
  std::vector<SecondarySight> sights;
  for (const SecondaryToAsk& secondary : zone.secondaries) {
    const auto found = std::find_if(seen.begin(), seen.end(), [server = server_of(secondary)](const auto& each) {
      return each.server == server;
    });
    if (found != seen.end()) {
      sights.push_back({zone.apex, secondary.life, found->verdict, found->serial, found->detail});
    }
  }
  return sights;
}

std::string name_of(const ZoneOfSecondaries& zone, zonestore::SecondaryId life) {
  const auto found = std::find_if(zone.secondaries.begin(), zone.secondaries.end(),
                                  [life](const SecondaryToAsk& each) { return each.life == life; });
  return found == zone.secondaries.end() ? std::string() : found->name;
}

SecondariesOfZone told(const ZoneOfSecondaries& zone, const std::vector<SecondarySight>& sights) {
  SecondariesOfZone result;
  result.zone.apex = zone.apex;
  result.zone.serial = zone.serial;
  for (const SecondarySight& sight : sights) {
    result.seen.push_back({zone.apex, name_of(zone, sight.life), sight.verdict, sight.serial, sight.detail});
  }
  return result;
}

}  // namespace

Result<std::vector<SecondariesOfZone>> look_at_secondaries(zonestore::Store& store, Lookout& lookout,
                                                           const std::optional<std::string>& name, Keep keep,
                                                           const std::optional<QuickLook>& quick) {
  auto zones = secondaries_to_ask(store, name);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  if (quick) {
    std::erase_if(*zones, [&quick](const ZoneOfSecondaries& zone) { return !(zone.apex == quick->zone); });
  }
  const Result<zonestore::Moment> as_of = read_moment(store);
  if (!as_of) {
    return tl::unexpected(as_of.error());
  }
  std::vector<std::uint32_t> numbers;
  for (const ZoneOfSecondaries& zone : *zones) {
    Task task = task_of(store, zone);
    task.budget_ms = quick ? static_cast<std::uint32_t>(quick->budget.count()) : 0;
    numbers.push_back(lookout.ask(std::move(task)));
  }
  const SteadyTime until =
      std::chrono::steady_clock::now() + (quick ? quick->budget + kForTheWay : zonestore::Milliseconds{kLongestLook});
  std::vector<SecondariesOfZone> all;
  for (std::size_t i = 0; i < zones->size(); ++i) {
    const auto seen = lookout.take_zone(numbers[i], until);
    if (!seen) {
      return zonestore::fail(zonestore::ErrorCode::kIo,
                             "the process that looks into the DNS gave no answer" +
                                 (lookout.failure().empty() ? "" : ": " + lookout.failure()),
                             "what was seen before is kept; try again");
    }
    std::vector<SecondarySight> sights = sights_of((*zones)[i], *seen);
    if (keep == Keep::kWhatIsSeen) {
      auto kept = record_sights(store, std::move(sights), *as_of);
      if (!kept) {
        return tl::unexpected(kept.error());
      }
      sights = *std::move(kept);
    }
    all.push_back(told((*zones)[i], sights));
  }
  return all;
}

}  // namespace zonectl::look
