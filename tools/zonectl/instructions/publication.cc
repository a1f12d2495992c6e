#include "tools/zonectl/instructions/publication.h"

#include "tools/zonectl/text/relative_name.h"

namespace zonectl::instructions {
namespace {

using zonestore::Name;

constexpr std::string_view kWeakestPolicy = "v=DMARC1; p=none";

// A mail domain below the organization's may be a zone of its own.
std::vector<Name> zones_of(const Name& domain, const Name& organization) {
  std::vector<Name> zones;
  for (Name zone = domain; !(zone == organization) && !zone.is_root(); zone = zone.parent()) {
    zones.insert(zones.begin(), zone);
  }
  zones.insert(zones.begin(), organization);
  return zones;
}

zonestore::CustomerRecord dmarc_at(const Name& organization, std::uint32_t ttl) {
  zonestore::CustomerRecord record{"_dmarc." + organization.to_text(), "TXT", std::string(kWeakestPolicy), ttl, ""};
  record.zone_file_line = record.name + " " + std::to_string(ttl) + " IN TXT \"" + record.value + "\"";
  return record;
}

}  // namespace

Publication publication_of(zonestore::DomainInstructions dns, const probe::PublicSuffixes& suffixes) {
  const Name organization = suffixes.organization_of(dns.domain);
  Publication publication{std::move(dns), {}, {}, {}};
  publication.zones = zones_of(publication.dns.domain, organization);
  publication.dmarc = dmarc_at(organization, publication.dns.spf.ttl);
  publication.dmarc_names.push_back("_dmarc." + publication.dns.domain.to_text_no_dot());
  if (!(organization == publication.dns.domain)) {
    publication.dmarc_names.push_back("_dmarc." + organization.to_text_no_dot());
  }
  return publication;
}

std::vector<Panel> panels_of(const zonestore::CustomerRecord& record, const Publication& publication) {
  std::vector<Panel> panels;
  const auto name = Name::parse(record.name);
  for (const Name& zone : publication.zones) {
    if (name && name->is_at_or_below(zone)) {
      panels.push_back({zone, relative_name(record.name, zone)});
    }
  }
  return panels;
}

}  // namespace zonectl::instructions
