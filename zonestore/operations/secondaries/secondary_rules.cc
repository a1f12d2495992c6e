#include "zonestore/operations/secondaries/secondary_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <arpa/inet.h>

#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {
namespace {

constexpr std::size_t kMostKeys = 2;
constexpr std::size_t kMostNameCharacters = 63;
// The largest record must fit a message beside the TSIG record that its name is in.
constexpr std::size_t kMostKeyNameBytes = 128;
constexpr std::string_view kDnsPort = ":53";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// The same once, where it first stood.
template <class Value>
std::vector<Value> without_repeated(const std::vector<Value>& values) {
  std::vector<Value> once;
  for (const Value& value : values) {
    if (std::find(once.begin(), once.end(), value) == once.end()) {
      once.push_back(value);
    }
  }
  return once;
}

[[noreturn]] void throw_invalid(std::string message, std::string hint) {
  throw db::Failure(Error{ErrorCode::kInvalid, std::move(message), std::move(hint), std::nullopt});
}

[[noreturn]] void throw_no_key(std::string message, std::string hint) {
  throw db::Failure(
      Error{ErrorCode::kRefused, std::move(message), std::move(hint), Refusal{Guard::kNoKey, std::nullopt}});
}

void check_zones(db::Connection& connection, const std::vector<Name>& apexes) {
  const std::vector<PublishedZone> there = list_zones(connection);
  for (const Name& apex : apexes) {
    if (std::none_of(there.begin(), there.end(),
                     [&apex](const PublishedZone& zone) { return zone.apex == apex && !zone.is_private; })) {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no zone " + apex.to_text_no_dot(),
                              "zonectl zone list shows those that are there", std::nullopt});
    }
  }
}

bool is_multicast(const SocketAddress& address) {
  constexpr std::uint8_t kFirstOfV4 = 224;
  constexpr std::uint8_t kFirstOfV6 = 0xff;
  const std::uint8_t first = address.bytes().front();
  return address.is_ipv6() ? first == kFirstOfV6 : first >= kFirstOfV4;
}

// With the port that it has, or that of DNS.
std::string with_port(std::string_view text) {
  const auto colons = std::count(text.begin(), text.end(), ':');
  std::string whole(text);
  if (text.starts_with('[')) {
    return text.ends_with(']') ? whole.append(kDnsPort) : whole;
  }
  if (colons > 1) {
    return "[" + whole + "]" + std::string(kDnsPort);
  }
  return colons == 0 ? whole.append(kDnsPort) : whole;
}

// The addresses that a host has by the records of the store; of a name in none of its zones nothing.
std::vector<Bytes> stored_addresses(db::Connection& connection, const Name& host) {
  std::vector<Bytes> addresses;
  for (const PublishedZone& zone : list_zones(connection)) {
    if (!host.is_at_or_below(zone.apex)) {
      continue;
    }
    for (const RecordType type : {RecordType::kA, RecordType::kAaaa}) {
      if (std::optional<RecordSet> set = find_record_set(connection, zone, host, type)) {
        addresses.insert(addresses.end(), set->rdata.begin(), set->rdata.end());
      }
    }
  }
  return addresses;
}

// "ns2.secutix.com (192.0.2.53)" was seen at that address.
bool was_seen_at(const std::string& server, const Name& host, const SocketAddress& address) {
  if (server_name(server) != host.lowered().to_text_no_dot()) {
    return false;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.family(), address.bytes().data(), text.data(), text.size());
  return server.ends_with(" (" + std::string(text.data()) + ")");
}

bool stands_at(db::Connection& connection, ZoneId zone, const Name& host, const SocketAddress& address) {
  const std::vector<Bytes> stored = stored_addresses(connection, host);
  if (!stored.empty()) {
    return std::any_of(stored.begin(), stored.end(), [&address](const Bytes& each) {
      return std::equal(each.begin(), each.end(), address.bytes().begin(), address.bytes().end());
    });
  }
  const std::vector<ServerEvidenceView> seen = rows::read_server_evidence(connection, zone);
  return std::any_of(seen.begin(), seen.end(),
                     [&](const ServerEvidenceView& each) { return was_seen_at(each.server, host, address); });
}

}  // namespace

void apply(const SecondarySettings& settings, rows::SecondaryRow& row) {
  if (settings.addresses) {
    row.addresses = without_repeated(*settings.addresses);
  }
  if (settings.key_names) {
    row.key_names = without_repeated(*settings.key_names);
  }
  if (settings.zones) {
    row.all_zones = settings.zones->empty();
    row.zones = *settings.zones;
    std::sort(row.zones.begin(), row.zones.end());
    row.zones.erase(std::unique(row.zones.begin(), row.zones.end()), row.zones.end());
  }
  row.from_addresses_only = settings.from_addresses_only.value_or(row.from_addresses_only);
  row.catalog = settings.catalog.value_or(row.catalog);
  row.ixfr = settings.ixfr.value_or(row.ixfr);
  row.anycast = settings.anycast.value_or(row.anycast);
}

void check_secondary(db::Connection& connection, const rows::SecondaryRow& row, bool may_lack_key) {
  if (row.addresses.empty()) {
    throw_invalid("a secondary needs an address: it is notified and asked there",
                  "zonectl secondary add " + row.name + " --address 192.0.2.53 --key KEY");
  }
  if (row.key_names.size() > kMostKeys) {
    throw_invalid("a secondary has two keys at most: the old and the new one while a key is rolled",
                  "name the one that it keeps, and the new one");
  }
  if (row.catalog && !row.all_zones) {
    throw_invalid("the catalog lists all zones, and " + row.name + " is to have some of them alone",
                  "give it all zones, or no catalog");
  }
  if (row.key_names.empty() && !may_lack_key) {
    throw_no_key("without a key whoever sends from " + row.addresses.front().to_text() +
                     " may have the zones, and anybody can forge that sender's datagrams",
                 "name a key: --key NAME (as root, on the host that serves: tsig_key make NAME); or say that it "
                 "has none: --no-key");
  }
  if (row.catalog && row.key_names.empty()) {
    throw_no_key("the catalog names every zone that there is, and goes to nobody without a key",
                 "name a key: --key NAME");
  }
  check_zones(connection, row.zones);
}

bool begins_anew(const rows::SecondaryRow& before, const rows::SecondaryRow& after) {
  return before.addresses != after.addresses || before.all_zones != after.all_zones || before.zones != after.zones;
}

std::vector<std::string> name_servers_at(db::Connection& connection, const rows::SecondaryRow& row) {
  std::vector<std::string> found;
  for (const PublishedZone& zone : list_zones(connection)) {
    for (const Name& host : rows::read_zone_settings(connection, zone.id).name_servers) {
      if (std::any_of(row.addresses.begin(), row.addresses.end(),
                      [&](const SocketAddress& address) { return stands_at(connection, zone.id, host, address); })) {
        found.push_back(host.to_text_no_dot() + " of " + zone.apex.to_text_no_dot());
      }
    }
  }
  return found;
}

Result<std::string> parse_secondary_name(std::string_view text) {
  const bool good = !text.empty() && text.size() <= kMostNameCharacters && is_name_character(text.front()) &&
                    is_name_character(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
                      return is_name_character(c) || c == '-' || c == '.' || c == '_';
                    });
  if (!good) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no name for a secondary",
                "1 to 63 lower-case letters, digits and inner hyphens, dots and underscores, such as ns2");
  }
  return std::string(text);
}

Result<Name> parse_key_name(std::string_view text) {
  const Result<Name> name = Name::parse(text);
  if (!name || name->is_root() || name->size_bytes() > kMostKeyNameBytes) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no name of a key",
                "a domain name of at most 128 bytes, such as ns2-key");
  }
  return name->lowered();
}

Result<SocketAddress> parse_secondary_address(std::string_view text) {
  const auto address = SocketAddress::parse(with_port(text));
  if (!address || address->port() == 0 || address->is_wildcard() || is_multicast(*address)) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no address of a server",
                "write 192.0.2.53, 192.0.2.53:5300, 2001:db8::53 or [2001:db8::53]:5300; names are not looked up");
  }
  return *address;
}

}  // namespace zonestore
