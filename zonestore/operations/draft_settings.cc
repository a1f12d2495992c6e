#include "zonestore/operations/draft_settings.h"

#include <string>
#include <utility>

#include "zonestore/operations/zone_settings_rules.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

void require_soa_and_ns(const ZoneDraft& draft, ZoneFaults& faults) {
  const std::string zone = draft.apex.to_text_no_dot();
  if (!draft.soa) {
    faults.add({0, std::nullopt, "the zone " + zone + " has no SOA", "write one at its apex"});
  }
  if (!draft.name_servers) {
    faults.add({0, std::nullopt, "the zone " + zone + " has no name servers", "write NS records at its apex"});
  }
}

void take_name_servers(const RecordSet& set, publish::ZoneSettingsRow& settings) {
  settings.name_servers.clear();
  settings.hidden_primary.reset();
  for (const Bytes& rdata : set.rdata) {
    if (std::optional<Name> target = target_of(RecordType::kNs, rdata)) {
      settings.name_servers.push_back(*std::move(target));
    }
  }
  settings.ns_ttl = seconds(set.ttl);
}

void take_soa(const RecordSet& set, publish::ZoneSettingsRow& settings) {
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

}  // namespace

publish::ZoneSettingsRow draft_settings(const ZoneDraft& draft,
                                        const std::optional<publish::ZoneSettingsRow>& present, ZoneFaults& faults) {
  publish::ZoneSettingsRow settings = present.value_or(publish::ZoneSettingsRow{});
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
  const auto checked = db::at_border<void>([&]() -> Result<void> {
    check_zone_settings(settings);
    return {};
  });
  if (!checked) {
    const std::size_t line = draft.soa ? draft.soa->line : draft.name_servers ? draft.name_servers->line : 0;
    faults.add({line, std::nullopt, checked.error().message, checked.error().hint});
  }
  return settings;
}

}  // namespace zonestore
