#include "tools/zonectl/look/serial_looks.h"

namespace zonectl::look {

using zonestore::Milliseconds;

namespace {

constexpr Milliseconds kBudget{450};
// The child answers within its budget; on a machine that has no time for it, it is waited for a little longer.
constexpr Milliseconds kPatience{1200};

}  // namespace

Task task_of_serials(const zonestore::Store& store, const zonestore::ExpectedZone& zone,
                     const std::vector<zonestore::ServerEvidenceView>& known, Milliseconds budget) {
  Task task;
  task.kind = Kind::kSerials;
  task.dkim_zone = store.dkim_zone();
  task.spf_zone = store.spf_zone();
  task.zone = zone;
  task.zone.record_sets.clear();
  task.budget_ms = static_cast<std::uint32_t>(budget.count());
  for (const zonestore::ServerEvidenceView& each : known) {
    if (each.zone == zone.apex && each.serial) {
      task.known_servers.push_back(each.server);
    }
  }
  return task;
}

zonestore::Result<void> SerialLooks::begin(zonestore::Store& store) {
  auto zones = zones_to_check(store);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  auto before = server_evidence(store);
  if (!before) {
    return tl::unexpected(before.error());
  }
  before_ = *std::move(before);
  until_ = std::chrono::steady_clock::now() + kPatience;
  for (zonestore::ExpectedZone& zone : *zones) {
    const std::uint32_t number = lookout_.ask(task_of_serials(store, zone, before_, kBudget));
    begun_.emplace_back(number, std::move(zone));
  }
  return {};
}

zonestore::Result<zonestore::OwnServersSeen> SerialLooks::take(zonestore::Store& store) {
  std::vector<zonestore::ZoneLook> looks;
  bool is_answered = true;
  for (const auto& [number, zone] : begun_) {
    std::optional<std::vector<zonestore::ServerEvidence>> seen = lookout_.take_zone(number, until_);
    is_answered = is_answered && seen.has_value();
    looks.push_back({zone.apex, zone.serial, zone.name_servers,
                     std::move(seen).value_or(std::vector<zonestore::ServerEvidence>{})});
  }
  const auto zones = zones_to_check(store);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  for (zonestore::ZoneLook& look : looks) {
    for (const zonestore::ExpectedZone& zone : *zones) {
      look.stored = zone.apex == look.zone ? zone.serial : look.stored;
    }
  }
  zonestore::OwnServersSeen judged = judge_own_servers(looks, before_);
  if (!is_answered) {
    judged.trouble = lookout_.failure().empty() ? "no answer in time" : lookout_.failure();
  }
  return judged;
}

}  // namespace zonectl::look
