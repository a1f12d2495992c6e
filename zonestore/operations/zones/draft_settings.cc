#include "zonestore/operations/zones/draft_settings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

void require_soa_and_ns(const ZoneDraft& draft, ZoneFaults& faults) {
  const std::string zone = draft.apex.to_text_no_dot();
  if (!draft.soa && !draft.has_malformed_soa) {
    faults.add({0, std::nullopt, "the zone " + zone + " has no SOA", "write one at its apex"});
  }
  if (!draft.name_servers) {
    faults.add({0, std::nullopt, "the zone " + zone + " has no name servers", "write NS records at its apex"});
  }
}

void take_name_servers(const RecordSet& set, rows::ZoneSettingsRow& settings) {
  settings.name_servers.clear();
  settings.hidden_primary.reset();
  for (const Bytes& rdata : set.rdata) {
    if (std::optional<Name> target = target_of(RecordType::kNs, rdata)) {
      settings.name_servers.push_back(*std::move(target));
    }
  }
  settings.ns_ttl = seconds(set.ttl);
}

void take_soa(const RecordSet& set, rows::ZoneSettingsRow& settings) {
  const auto soa = parse_soa_rdata(set.rdata.front());
  if (!soa) {
    return;  // the reader took it only because it could be written
  }
  settings.mailbox = soa->mailbox;
  settings.soa_ttl = seconds(set.ttl);
  settings.refresh = soa->refresh;
  settings.retry = soa->retry;
  settings.expire = soa->expire;
  settings.minimum = soa->minimum;
  set_primary(settings, soa->primary);
}

// NSD, Knot and BIND take any 32 bits; no TTL of ours is 0, and no time too long (RFC 2181 section 8).
void put_in_range(rows::ZoneSettingsRow& settings, std::size_t line, ZoneFaults& faults) {
  for (std::uint32_t* value : {&settings.refresh, &settings.retry, &settings.expire, &settings.minimum}) {
    const std::uint32_t taken = std::clamp(*value, std::uint32_t{1}, kMaxSeconds);
    if (taken != *value) {
      faults.warn(line, "a time in the SOA is " + std::to_string(*value) + ": it becomes " + std::to_string(taken));
      *value = taken;
    }
  }
}

}  // namespace

rows::ZoneSettingsRow draft_settings(const ZoneDraft& draft, const std::optional<rows::ZoneSettingsRow>& present,
                                     WhoseZone whose, ZoneFaults& faults) {
  rows::ZoneSettingsRow settings = present.value_or(rows::ZoneSettingsRow{});
  if (!present && (!draft.soa || !draft.name_servers)) {
    require_soa_and_ns(draft, faults);
    return settings;
  }
  if (draft.name_servers) {
    take_name_servers(draft.name_servers->set, settings);
  }
  if (draft.soa) {
    take_soa(draft.soa->set, settings);
  }
  const std::size_t line = draft.soa ? draft.soa->line : draft.name_servers ? draft.name_servers->line : 0;
  if (faults.is_lenient()) {
    put_in_range(settings, line, faults);
  }
  for (const SettingProblem& problem : problems_of(settings)) {
    ZoneFault fault{line, std::nullopt, problem.message, problem.hint};
    const bool is_doubtful = problem.is_doubt && !(whose == WhoseZone::kOurs && problem.is_of_negative_ttl);
    if (is_doubtful) {
      faults.doubt(std::move(fault));
    } else {
      faults.add(std::move(fault));
    }
    if (!faults.is_lenient()) {
      break;  // the first of them, as any change of settings tells
    }
  }
  return settings;
}

}  // namespace zonestore
