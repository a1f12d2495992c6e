#include "tools/zonectl/telling/secondary_config.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <arpa/inet.h>

namespace zonectl {
namespace {

using zonestore::Name;
using zonestore::SecondaryView;
using zonestore::SocketAddress;

constexpr std::uint16_t kDnsPort = 53;

constexpr std::array kKinds{
    std::pair{ServerKind::kNsd, std::string_view("nsd")},
    std::pair{ServerKind::kKnot, std::string_view("knot")},
    std::pair{ServerKind::kBind, std::string_view("bind")},
    std::pair{ServerKind::kPowerDns, std::string_view("pdns")},
};

std::string host_of(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.family(), address.bytes().data(), text.data(), text.size());
  return text.data();
}

// "192.0.2.1@5300": as NSD and Knot write it.
std::string with_at(const SocketAddress& address) {
  return host_of(address) + (address.port() == kDnsPort ? "" : "@" + std::to_string(address.port()));
}

std::string key_of(const SecondaryView& secondary) {
  return secondary.key_names.empty() ? std::string() : secondary.key_names.back().to_text_no_dot();
}

// Where the secret comes from, as a comment of a configuration.
std::string key_note(const SecondaryView& secondary, ServerKind kind) {
  const std::string key = key_of(secondary);
  if (key.empty()) {
    return "# without a key: whoever sends from " + secondary.addresses.front().to_text() + " may have the zones\n";
  }
  return "# secret: (of " + key + ": tsig_key show " + key + " --for " + std::string(to_text(kind)) +
         "), as root on the primary\n";
}

// One word for each of a list, with what stands before and behind it.
template <class Range, class ToText>
std::string each_of(const Range& range, ToText to_text) {
  std::string text;
  for (const auto& each : range) {
    text += to_text(each);
  }
  return text;
}

// Those that are followed by a clause each: with a catalog none but that.
std::vector<Name> listed_zones(const SecondaryView& secondary) {
  std::vector<Name> zones;
  std::ranges::copy_if(secondary.zones, std::back_inserter(zones),
                       [&](const Name& zone) { return !secondary.catalog_zone || zone == *secondary.catalog_zone; });
  return zones;
}

std::vector<Name> zones_without_catalog(const SecondaryView& secondary) {
  std::vector<Name> zones = secondary.zones;
  std::erase_if(zones, [&](const Name& zone) { return secondary.catalog_zone == zone; });
  return zones;
}

std::string nsd(const SecondaryView& secondary, const std::vector<SocketAddress>& primaries) {
  const std::string key = secondary.key_names.empty() ? "NOKEY" : key_of(secondary);
  const std::string how = secondary.ixfr ? "" : "AXFR ";
  const std::string no_catalog =
      secondary.catalog_zone ? "# NSD 4.6 does not read catalogs (4.9 does): a clause each, also for zones to come\n"
                             : "";
  return "# nsd.conf of " + secondary.name + "\n" + no_catalog + key_note(secondary, ServerKind::kNsd) +
         "pattern:\n" + "    name: \"dnsd\"\n    zonefile: \"%s.zone\"\n" +
         each_of(primaries,
                 [&](const SocketAddress& primary) {
                   return "    request-xfr: " + how + with_at(primary) + " " + key +
                          "\n    allow-notify: " + host_of(primary) + " " + key + "\n";
                 }) +
         each_of(zones_without_catalog(secondary), [](const Name& zone) {
           return "zone:\n    name: \"" + zone.to_text_no_dot() + "\"\n    include-pattern: \"dnsd\"\n";
         });
}

// For a catalog Knot answers no question, not even for the SOA, but over TCP to those who may transfer it: else
// `secondary check` could not see its serial.
constexpr std::string_view kKnotMembers = "template:\n  - id: dnsd-member\n    master: dnsd\n    acl: dnsd-notify\n";
constexpr std::string_view kKnotCatalog =
    "    acl: [dnsd-notify, dnsd-look]\n    catalog-role: interpret\n    catalog-template: dnsd-member\n";

std::string knot(const SecondaryView& secondary, const std::vector<SocketAddress>& primaries) {
  const std::string key = secondary.key_names.empty() ? "" : "    key: " + key_of(secondary) + "\n";
  const auto list_of = [&primaries](auto to_text) {
    std::string text;
    for (const SocketAddress& primary : primaries) {
      text += (text.empty() ? "" : ", ") + to_text(primary);
    }
    return "    address: [" + text + "]\n";
  };
  std::string text = "# knot.conf of " + secondary.name + "\n" + key_note(secondary, ServerKind::kKnot) +
                     "remote:\n  - id: dnsd\n" + list_of(with_at) + key + "acl:\n  - id: dnsd-notify\n" +
                     list_of(host_of) + key + "    action: notify\n";
  if (secondary.catalog_zone) {
    text.append("  - id: dnsd-look\n").append(list_of(host_of)).append("    action: transfer\n").append(kKnotMembers);
  }
  text += "zone:\n";
  for (const Name& zone : listed_zones(secondary)) {
    text.append("  - domain: ").append(zone.to_text_no_dot()).append("\n    master: dnsd\n");
    text.append(secondary.catalog_zone ? kKnotCatalog : "    acl: dnsd-notify\n");
  }
  return text;
}

std::string bind(const SecondaryView& secondary, const std::vector<SocketAddress>& primaries) {
  const std::string key = secondary.key_names.empty() ? "" : " key \"" + key_of(secondary) + "\"";
  const std::string ixfr = secondary.ixfr ? "" : "  request-ixfr no;\n";
  const std::string catalog = secondary.catalog_zone ? "// into its options { ... }:\n//   catalog-zones { zone \"" +
                                                           secondary.catalog_zone->to_text_no_dot() +
                                                           "\" default-primaries { \"dnsd\"; } in-memory no; };\n"
                                                     : "";
  return "// named.conf of " + secondary.name + "\n//" + key_note(secondary, ServerKind::kBind).substr(1) + catalog +
         "primaries \"dnsd\" {\n" +
         each_of(primaries,
                 [&key](const SocketAddress& primary) {
                   return "  " + host_of(primary) + " port " + std::to_string(primary.port()) + key + ";\n";
                 }) +
         "};\n" + each_of(listed_zones(secondary), [&ixfr](const Name& zone) {
           const std::string apex = zone.to_text_no_dot();
           return "zone \"" + apex + "\" {\n  type secondary;\n  primaries { \"dnsd\"; };\n  file \"" + apex +
                  ".secondary\";\n" + ixfr + "};\n";
         });
}

// PowerDNS asks for the zones of a catalog unsigned (PowerDNS/pdns issue 13682), and dnsd refuses them to a peer that
// has a key. Which key it signs with is a row of its database: one that comes with the zone spares a command for
// each.
std::string members_key(const std::string& catalog, const std::string& key) {
  return "# PowerDNS 4.7 signs nothing for the zones of a catalog unless it is told so for each: pdnsutil "
         "activate-tsig-key ZONE " +
         key +
         " slave\n# in its database: CREATE TRIGGER dnsd_key AFTER UPDATE OF catalog ON domains WHEN NEW.catalog = "
         "'" +
         catalog +
         "' BEGIN DELETE FROM domainmetadata WHERE domain_id = NEW.id AND kind = 'AXFR-MASTER-TSIG'; INSERT INTO "
         "domainmetadata (domain_id, kind, content) VALUES (NEW.id, 'AXFR-MASTER-TSIG', '" +
         key + "'); END;\n";
}

// Its zones are rows of a database: commands, not a file.
std::string power_dns(const SecondaryView& secondary, const std::vector<SocketAddress>& primaries) {
  std::string asked;
  std::string notified;
  for (const SocketAddress& primary : primaries) {
    asked += " " + primary.to_text();
    notified += (notified.empty() ? "" : ",") + host_of(primary);
  }
  const std::string key = key_of(secondary);
  std::string text = "# commands for PowerDNS of " + secondary.name + "; its pdns.conf needs secondary=yes and " +
                     "allow-notify-from=" + notified + "\n" + key_note(secondary, ServerKind::kPowerDns);
  if (secondary.ixfr) {
    text += "# PowerDNS is wrong about empty names after an IXFR: zonectl secondary set " + secondary.name +
            " --no-ixfr holds it to whole zones\n";
  }
  for (const Name& zone : listed_zones(secondary)) {
    const std::string apex = zone.to_text_no_dot();
    text.append("pdnsutil create-slave-zone ").append(apex).append(asked).append("\n");
    if (secondary.catalog_zone) {
      text.append("pdnsutil set-kind ").append(apex).append(" consumer\n");
      text.append(members_key(apex, key));
    }
    if (!key.empty()) {
      text.append("pdnsutil activate-tsig-key ").append(apex).append(" ").append(key).append(" slave\n");
    }
  }
  return text;
}

}  // namespace

zonestore::Result<ServerKind> parse_server_kind(std::string_view text) {
  const auto* const found =
      std::find_if(kKinds.begin(), kKinds.end(), [text](const auto& each) { return each.second == text; });
  if (found == kKinds.end()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid,
                           "'" + std::string(text) + "' is no server that is known here", "nsd, knot, bind or pdns");
  }
  return found->first;
}

std::string_view to_text(ServerKind kind) {
  const auto* const found =
      std::find_if(kKinds.begin(), kKinds.end(), [kind](const auto& each) { return each.first == kind; });
  return found == kKinds.end() ? std::string_view() : found->second;
}

std::string secondary_config(const SecondaryView& secondary, ServerKind kind,
                             const std::vector<SocketAddress>& primaries) {
  switch (kind) {
    case ServerKind::kNsd:
      return nsd(secondary, primaries);
    case ServerKind::kKnot:
      return knot(secondary, primaries);
    case ServerKind::kBind:
      return bind(secondary, primaries);
    case ServerKind::kPowerDns:
      break;
  }
  return power_dns(secondary, primaries);
}

}  // namespace zonectl
