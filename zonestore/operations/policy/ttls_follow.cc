#include "zonestore/operations/policy/ttls_follow.h"

#include <algorithm>
#include <thread>

#include "zonestore/rows/ttl_rows.h"

namespace zonestore {
namespace {

// A writer that waits looks every 100 ms (SQLite's busy handler).
constexpr Milliseconds kTurnOfOthers{120};
constexpr std::size_t kBatch = 16;           // between two looks at the time
constexpr std::uint64_t kFirstSlice = 128;   // how slow this machine is nobody knows yet
constexpr std::uint64_t kSmallestSlice = 8;  // else the commits would be all that is done

// From where the last slice ended. Precondition: there is something to do.
Slice follow_next(ChangeScope& change, std::string after, const SliceLimit& limit) {
  const std::size_t batch = std::min<std::size_t>(kBatch, limit.institutions);
  db::Connection& connection = change.connection();
  Slice slice;
  for (;;) {
    const std::vector<dkim::Code> codes = rows::codes_after(connection, after, false, batch);
    for (const dkim::Code& code : codes) {
      change.publish(require_institution(connection, code));
      ++slice.institutions;
    }
    if (codes.size() < batch) {
      rows::store_ttls_behind(connection, std::nullopt);
      return slice;
    }
    after = codes.back().text();
    if (slice.institutions >= limit.institutions ||
        change.store().clock->now().since_boot - change.moment().since_boot >= limit.time) {
      rows::store_ttls_behind(connection, after);
      slice.behind = rows::count_institutions_after(connection, after);
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

std::uint64_t next_slice(std::uint64_t institutions, Milliseconds held, const SliceLimit& limit) {
  const std::uint64_t most = std::min(2 * institutions, limit.institutions);
  if (held <= Milliseconds(0)) {
    return most;
  }
  const std::uint64_t in_time =
      institutions * static_cast<std::uint64_t>(limit.time.count()) / static_cast<std::uint64_t>(held.count());
  return std::min(std::max(in_time, kSmallestSlice), most);
}

Slice begin_to_follow(ChangeScope& change, const SliceLimit& limit) {
  return follow_next(change, "", {std::min(limit.institutions, kFirstSlice), limit.time});
}

std::uint64_t ttls_behind(Store::Impl& store) {
  const db::Transaction reading(store.connection, db::Transaction::Kind::kRead);
  const std::optional<std::string> after = rows::read_ttls_behind(store.connection);
  return after ? rows::count_institutions_after(store.connection, *after) : 0;
}

std::uint64_t follow_policy_ttls(Store& store, const ChangeContext& context, const std::string& command,
                                 Changed& outcome, const std::function<void(std::uint64_t behind)>& progress,
                                 const SliceLimit& limit) {
  ChangeContext own = context;  // an override and a reason are of the change that began it
  own.override_guard.reset();
  own.bulk_ticket.reset();
  std::uint64_t institutions = 0;
  SliceLimit next{std::min(limit.institutions, kFirstSlice), limit.time};
  while (rows::read_ttls_behind(store.impl().connection)) {
    Slice slice;
    Milliseconds locked{};
    {
      ChangeScope change(store, own, command, "");
      const std::optional<std::string> after = rows::read_ttls_behind(change.connection());
      if (!after) {
        break;  // somebody else was here first
      }
      locked = change.moment().since_boot;
      slice = follow_next(change, *after, next);
      Changed changed;
      change.finish({"the published TTLs of " + std::to_string(slice.institutions) + " institutions follow; " +
                     std::to_string(slice.behind) + " have still to"},
                    changed);
      add_zones(changed, outcome);
    }
    institutions += slice.institutions;
    next.institutions = next_slice(slice.institutions, store.impl().clock->now().since_boot - locked, limit);
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
