#include "zonestore/operations/zones/zone_settings_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zonestore/rows/static_rows.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kMaxNegativeTtl = 86'400;             // RFC 2308 section 5
constexpr std::uint64_t kMaxRefreshAndRetry = 30UL * 86'400;  // well within rows::kLongestPropagation
constexpr std::size_t kMaxNameServers = 13;  // then the NS answer of ordinary names still fits 512 bytes

using Problems = std::vector<SettingProblem>;

SettingProblem doubt(std::string message) {
  return {std::move(message), "", true, false};
}

void find_in_name_servers(const std::vector<Name>& names, Problems& problems) {
  if (names.empty()) {
    problems.push_back({"a zone needs at least one name server", "give each with --ns"});
  }
  if (names.size() > kMaxNameServers) {
    problems.push_back(doubt("a zone may have at most " + std::to_string(kMaxNameServers) + " name servers"));
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (name->is_root()) {
      problems.push_back(doubt("the root is no name server"));
    }
    if (std::find(names.begin(), name, *name) != name) {
      problems.push_back({"the name server " + name->to_text_no_dot() + " is given twice", ""});
    }
  }
}

void find_range(const std::string& what, std::uint32_t value, std::uint32_t most, Problems& problems) {
  if (value < 1 || value > most) {
    const bool is_of_negative_ttl = value > most && most == kMaxNegativeTtl;
    problems.push_back(
        {what + " must be from 1 to " + std::to_string(most) + " seconds, not " + std::to_string(value), "",
         is_of_negative_ttl, is_of_negative_ttl});
  }
}

void throw_first(const Problems& problems) {
  if (!problems.empty()) {
    throw db::Failure(Error{ErrorCode::kInvalid, problems.front().message, problems.front().hint, std::nullopt});
  }
}

}  // namespace

std::vector<SettingProblem> problems_of(const rows::ZoneSettingsRow& settings) {
  Problems problems;
  find_in_name_servers(settings.name_servers, problems);
  find_range("the SOA's TTL", settings.soa_ttl, kMaxSeconds, problems);
  find_range("refresh", settings.refresh, kMaxSeconds, problems);
  find_range("retry", settings.retry, kMaxSeconds, problems);
  find_range("expire", settings.expire, kMaxSeconds, problems);
  find_range("minimum (the negative TTL)", settings.minimum, kMaxNegativeTtl, problems);
  find_range("the TTL of NS", settings.ns_ttl, kMaxSeconds, problems);
  if (settings.retry > settings.refresh) {
    problems.push_back(doubt("retry (" + std::to_string(settings.retry) + ") must not be above refresh (" +
                             std::to_string(settings.refresh) + ")"));
  }
  if (settings.expire <= settings.refresh) {
    problems.push_back(doubt("expire (" + std::to_string(settings.expire) + ") must be above refresh (" +
                             std::to_string(settings.refresh) + ")"));
  }
  const std::uint64_t refresh_and_retry = std::uint64_t{settings.refresh} + settings.retry;
  if (refresh_and_retry > kMaxRefreshAndRetry) {
    problems.push_back(doubt("refresh + retry (" + std::to_string(refresh_and_retry) +
                             ") must not be above 30 days: keys wait for it"));
  }
  return problems;
}

void check_zone_settings(const rows::ZoneSettingsRow& settings) {
  throw_first(problems_of(settings));
}

void check_zone_settings(const rows::ZoneSettingsRow& settings, const rows::ZoneSettingsRow& before) {
  Problems problems = problems_of(settings);
  const Problems known = problems_of(before);
  std::erase_if(problems, [&known](const SettingProblem& each) {
    return each.is_doubt && std::any_of(known.begin(), known.end(), [&each](const SettingProblem& other) {
             return other.message == each.message;
           });
  });
  throw_first(problems);
}

void set_primary(rows::ZoneSettingsRow& settings, const Name& primary) {
  const auto found = std::find(settings.name_servers.begin(), settings.name_servers.end(), primary);
  settings.hidden_primary.reset();
  if (found == settings.name_servers.end()) {
    settings.hidden_primary = primary;
  } else {
    std::rotate(settings.name_servers.begin(), found, found + 1);
  }
}

std::optional<PublishedZone> zone_of(const std::vector<PublishedZone>& zones, const Name& name) {
  std::optional<PublishedZone> deepest;
  for (const PublishedZone& zone : zones) {
    if (!zone.is_private && name.is_at_or_below(zone.apex) && (!deepest || zone.apex.is_at_or_below(deepest->apex))) {
      deepest = zone;
    }
  }
  return deepest;
}

bool has_address(db::Connection& connection, const PublishedZone& zone, const Name& name) {
  const std::vector<RecordType> types = rows::static_types_at(connection, zone, name);
  return std::any_of(types.begin(), types.end(),
                     [](RecordType type) { return type == RecordType::kA || type == RecordType::kAaaa; });
}

bool answers_for(db::Connection& connection, const PublishedZone& zone, const Name& name) {
  const std::optional<PublishedZone> answering = zone_of(list_zones(connection), name);
  return answering && answering->id == zone.id;
}

namespace {

// A name at or below a delegation is somebody else's to answer for.
bool is_delegated(db::Connection& connection, const PublishedZone& zone, Name name) {
  for (; name != zone.apex; name = name.parent()) {
    if (rows::find_static(connection, zone, name, RecordType::kNs)) {
      return true;
    }
  }
  return false;
}

[[noreturn]] void throw_no_address(const std::string& server, const std::string& zone) {
  throw db::Failure(Error{ErrorCode::kRefused,
                          "the name server " + server + " lies in the zone " + zone + ", which has no address for it",
                          "zonectl record add " + zone + " " + server +
                              ". A ADDRESS (or AAAA) first; or write it into the file, "
                              "if that is what brings the zone",
                          Refusal{Guard::kNoGlue, std::nullopt}});
}

}  // namespace

void check_name_server_addresses(db::Connection& connection, const std::vector<Name>& names) {
  const std::vector<PublishedZone> zones = list_zones(connection);
  for (const Name& name : names) {
    const std::optional<PublishedZone> zone = zone_of(zones, name);
    if (!zone || has_address(connection, *zone, name) || is_delegated(connection, *zone, name)) {
      continue;
    }
    throw_no_address(name.to_text_no_dot(), zone->apex.to_text_no_dot());
  }
}

}  // namespace zonestore
