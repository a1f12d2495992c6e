#include "zonestore/dkim/time_zone.h"

#include <algorithm>
#include <exception>

#include <date/tz.h>

namespace zonestore::dkim {

namespace {

using DateSeconds = date::sys_seconds;

WallTime wall_time(DateSeconds time) {
  // The last change of a zone without changes lies beyond what milliseconds can count.
  constexpr DateSeconds kLast{std::chrono::seconds{253402300799}};  // 9999-12-31T23:59:59Z
  return WallTime{std::chrono::duration_cast<Milliseconds>(std::min(time, kLast).time_since_epoch())};
}

}  // namespace

bool is_time_zone(std::string_view name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) {  // unknown name, or no tzdata at all
    return false;
  }
}

LocalTime local_time(const std::string& zone, WallTime time) {
  const auto local = date::locate_zone(zone)->to_local(date::sys_time<Milliseconds>{time.time_since_epoch()});
  const auto day = date::floor<date::days>(local);
  return {std::chrono::local_days{std::chrono::days{day.time_since_epoch().count()}}, local - day};
}

std::vector<WallTime> moments_of(const std::string& zone, const LocalTime& local) {
  const date::local_seconds wanted{date::local_days{date::days{local.day.time_since_epoch().count()}} +
                                   std::chrono::floor<Seconds>(local.since_midnight)};
  const date::local_info info = date::locate_zone(zone)->get_info(wanted);
  if (info.result == date::local_info::nonexistent) {
    return {};
  }
  std::vector<WallTime> moments{wall_time(DateSeconds{wanted.time_since_epoch() - info.first.offset})};
  if (info.result == date::local_info::ambiguous) {
    moments.push_back(wall_time(DateSeconds{wanted.time_since_epoch() - info.second.offset}));
  }
  return moments;
}

WallTime next_change(const std::string& zone, WallTime time) {
  return wall_time(date::locate_zone(zone)->get_info(date::sys_time<Milliseconds>{time.time_since_epoch()}).end);
}

}  // namespace zonestore::dkim
