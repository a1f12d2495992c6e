#include "zonestore/dkim/schedule.h"

#include <algorithm>
#include <string>

namespace zonestore::dkim {

namespace {

constexpr Seconds kOverdueAfter{86400};

std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char character : text) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  }
  // Codes and moments differ in few bits; without this their offsets would be alike.
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33U);
}

// No rotation is planned before the one before it can be over.
Seconds jitter_in_force(const LifecyclePolicy& policy) {
  return std::max(Seconds(0), std::min(policy.jitter, policy.every - rotation_length(policy)));
}

}  // namespace

Seconds rotation_length(const LifecyclePolicy& policy) {
  const Seconds ripening = Seconds(seconds(std::max(policy.ttl_active, policy.ttl_other))) + policy.slack;
  return std::chrono::ceil<Seconds>(drain_length(policy)) + ripening;
}

Seconds jitter_offset(std::string_view code, WallTime moved, Seconds jitter) {
  const std::string text = std::string(code) + "@" + std::to_string(moved.time_since_epoch().count());
  const auto span = static_cast<std::uint64_t>(2 * jitter.count() + 1);
  return Seconds(static_cast<std::int64_t>(hash_of(text) % span)) - jitter;
}

Milliseconds rotation_wait(std::string_view code, WallTime moved, const LifecyclePolicy& policy) {
  return policy.every + jitter_offset(code, moved, jitter_in_force(policy));
}

std::optional<Schedule> schedule_of(const InstitutionFacts& institution, std::string_view code,
                                    const LifecyclePolicy& policy, const Now& now) {
  if (policy.every <= Seconds(0) || institution.phase != Phase::kSigning || !institution.moved) {
    return std::nullopt;
  }
  const Moment& moved = *institution.moved;
  const Milliseconds wait = rotation_wait(code, moved.wall, policy);
  Schedule schedule;
  schedule.due = reaches(moved, wait, now);
  schedule.opening = policy.window.next_opening(schedule.due);
  schedule.planned = policy.window.next_opening(std::max(schedule.due, now.moment.wall));
  schedule.is_due = elapsed(moved, now) >= wait && policy.window.is_open(now.moment.wall);
  return schedule;
}

bool is_overdue(const Schedule& schedule, const LifecyclePolicy& policy, const Now& now) {
  if (!schedule.opening) {
    return schedule.due + kOverdueAfter < now.moment.wall;
  }
  const WallTime closing = policy.window.next_closing(*schedule.opening).value_or(*schedule.opening);
  return closing + kOverdueAfter < now.moment.wall;
}

}  // namespace zonestore::dkim
