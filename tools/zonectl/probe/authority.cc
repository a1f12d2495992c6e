#include "tools/zonectl/probe/authority.h"

#include <algorithm>
#include <optional>

#include "tools/zonectl/probe/side_by_side.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::RecordType;

namespace {

constexpr int kMaxReferrals = 8;

std::vector<Name> targets_of(const std::vector<Record>& records, const Name& owner) {
  std::vector<Name> names;
  for (const Record& record : records) {
    if (record.type == RecordType::kNs && record.owner == owner) {
      if (auto target = zonestore::target_of(RecordType::kNs, record.rdata)) {
        names.push_back(*std::move(target));
      }
    }
  }
  return names;
}

std::vector<NameServer> with_glue(const Resolver& resolver, const std::vector<Name>& names,
                                  const std::vector<Record>& additional) {
  std::vector<NameServer> servers;
  for (const Name& name : names) {
    const std::size_t before = servers.size();
    for (const Record& record : additional) {
      if (record.owner == name && (record.type == RecordType::kA || record.type == RecordType::kAaaa)) {
        if (const auto address = Address::from_rdata(record.rdata); address && address->has_route()) {
          servers.push_back({name, *address});
        }
      }
    }
    if (servers.size() == before) {
      for (NameServer& server : with_addresses(resolver, {name})) {
        servers.push_back(std::move(server));
      }
    }
  }
  return servers;
}

// The zone that a referral leads to.
const Name* child_zone(const Reply& reply, const Name& zone, const Name& name) {
  if (!reply.is(kNoError) || reply.authoritative || !reply.answer.empty()) {
    return nullptr;
  }
  for (const Record& record : reply.authority) {
    if (record.type == RecordType::kNs && record.owner.is_at_or_below(zone) && !(record.owner == zone) &&
        name.is_at_or_below(record.owner)) {
      return &record.owner;
    }
  }
  return nullptr;
}

// A name that the resolver gives no answer for may lie in a zone whose servers are dead: the zone above it is asked.
Authority by_resolver(const Resolver& resolver, const Name& name) {
  Authority authority;
  for (Name candidate = name;; candidate = candidate.parent()) {
    const Reply reply = resolver.ask({candidate, RecordType::kNs});
    if (const std::vector<Name> names = targets_of(reply.answer, candidate); !names.empty()) {
      authority.zone = candidate;
      authority.servers = with_addresses(resolver, names);
    }
    if (!authority.servers.empty()) {
      authority.failure.clear();
      return authority;
    }
    if (authority.failure.empty()) {
      authority.failure =
          !reply.answered ? reply.failure : "the resolver knows no name server for it with an address";
    }
    if (candidate.is_root()) {
      return authority;
    }
  }
}

// What these servers, who hold the zone above or know of it, refer to for a name: a zone and its servers.
std::optional<Authority> referral(const Resolver& resolver, const Name& name, const Patience& patience,
                                  const Authority& above) {
  for (const NameServer& server : above.servers) {
    const Reply reply = ask(server.address, {name, RecordType::kNs}, false, patience);
    if (const Name* const child = child_zone(reply, above.zone, name)) {
      Authority below{*child, with_glue(resolver, targets_of(reply.authority, *child), reply.additional), ""};
      if (below.servers.empty()) {
        below.failure = "the name servers of " + below.zone.to_text_no_dot() + " have no address";
      }
      return below;
    }
    if (reply.answered && reply.authoritative) {
      break;
    }
  }
  return std::nullopt;
}

// A delegation may name servers that the zone itself does not: resolvers ask these too.
void add_delegated(const Resolver& resolver, const Patience& patience, Authority& authority) {
  if (authority.zone.is_root() || authority.servers.empty()) {
    return;
  }
  const Authority above = by_resolver(resolver, authority.zone.parent());
  const std::optional<Authority> delegated = referral(resolver, authority.zone, patience, above);
  if (!delegated || !(delegated->zone == authority.zone)) {
    return;
  }
  for (const NameServer& server : delegated->servers) {
    if (std::none_of(authority.servers.begin(), authority.servers.end(),
                     [&server](const NameServer& each) { return each.address == server.address; })) {
      authority.servers.push_back(server);
    }
  }
}

}  // namespace

std::vector<NameServer> with_addresses(const Resolver& resolver, const std::vector<Name>& names) {
  const std::vector<std::vector<Address>> addresses =
      side_by_side(names.size(), [&](std::size_t i) { return resolver.addresses_of(names.at(i)); });
  std::vector<NameServer> servers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const Address& address : addresses.at(i)) {
      servers.push_back({names.at(i), address});
    }
  }
  return servers;
}

Authority find_authority(const Resolver& resolver, const Name& name, const Patience& patience) {
  Authority authority = by_resolver(resolver, name);
  bool is_delegated = false;  // found by a referral, which named all of them
  for (int step = 0; step < kMaxReferrals; ++step) {
    std::optional<Authority> below = referral(resolver, name, patience, authority);
    if (!below) {
      break;
    }
    authority = *std::move(below);
    is_delegated = true;
  }
  if (!is_delegated) {
    add_delegated(resolver, patience, authority);
  }
  std::sort(authority.servers.begin(), authority.servers.end(),
            [](const NameServer& left, const NameServer& right) { return left.name < right.name; });
  return authority;
}

}  // namespace zonectl::probe
