#include "zonestore/operations/ttls_follow.h"

#include <algorithm>
#include <thread>

#include "zonestore/publish/ttl_rows.h"

namespace zonestore {
namespace {

// A writer that waits looks every 100 ms (SQLite's busy handler).
constexpr Milliseconds kTurnOfOthers{120};
constexpr std::size_t kBatch = 64;  // between two looks at the time

// From where the last slice ended. Precondition: there is something to do.
Slice follow_next(ChangeScope& change, std::string after, const SliceLimit& limit) {
  const std::size_t batch = std::min<std::size_t>(kBatch, limit.institutions);
  db::Connection& connection = change.connection();
  Slice slice;
  for (;;) {
    const std::vector<dkim::Code> codes = publish::codes_after(connection, after, false, batch);
    for (const dkim::Code& code : codes) {
      change.publish(require_institution(connection, code));
      ++slice.institutions;
    }
    if (codes.size() < batch) {
      publish::store_ttls_behind(connection, std::nullopt);
      return slice;
    }
    after = codes.back().text();
    if (slice.institutions >= limit.institutions ||
        change.store().clock->now().since_boot - change.moment().since_boot >= limit.time) {
      publish::store_ttls_behind(connection, after);
      slice.behind = publish::count_institutions_after(connection, after);
      return slice;
    }
  }
}

void add_zones(const Changed& slice, Changed& outcome) {
  for (const ZoneSerial& zone : slice.zones) {
    const auto same = [&zone](const ZoneSerial& each) { return each.apex == zone.apex; };
    const auto found = std::find_if(outcome.zones.begin(), outcome.zones.end(), same);
    if (found == outcome.zones.end()) {
      outcome.zones.push_back(zone);
    } else {
      found->serial = zone.serial;
      found->changed = found->changed || zone.changed;
    }
  }
}

}  // namespace

Slice begin_to_follow(ChangeScope& change, const SliceLimit& limit) {
  return follow_next(change, "", limit);
}

std::uint64_t ttls_behind(Store::Impl& store) {
  const db::Transaction reading(store.connection, db::Transaction::Kind::kRead);
  const std::optional<std::string> after = publish::read_ttls_behind(store.connection);
  return after ? publish::count_institutions_after(store.connection, *after) : 0;
}

std::uint64_t follow_policy_ttls(Store& store, const ChangeContext& context, const std::string& command,
                                 Changed& outcome, const std::function<void(std::uint64_t behind)>& progress,
                                 const SliceLimit& limit) {
  ChangeContext own = context;  // an override and a reason are of the change that began it
  own.override_guard.reset();
  own.bulk_ticket.reset();
  std::uint64_t institutions = 0;
  while (publish::read_ttls_behind(store.impl().connection)) {
    Slice slice;
    {
      ChangeScope change(store, own, command, "");
      const std::optional<std::string> after = publish::read_ttls_behind(change.connection());
      if (!after) {
        break;  // somebody else was here first
      }
      slice = follow_next(change, *after, limit);
      Changed changed;
      change.finish({"the published TTLs of " + std::to_string(slice.institutions) + " institutions follow; " +
                     std::to_string(slice.behind) + " have still to"},
                    changed);
      add_zones(changed, outcome);
    }
    institutions += slice.institutions;
    if (progress) {
      progress(slice.behind);
    }
    if (slice.behind == 0) {
      break;
    }
    std::this_thread::sleep_for(kTurnOfOthers);
  }
  return institutions;
}

}  // namespace zonestore
