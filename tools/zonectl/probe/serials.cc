#include "tools/zonectl/probe/serials.h"

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace zonectl::probe {

using std::chrono::steady_clock;
using zonestore::Milliseconds;
using zonestore::Name;
using zonestore::RecordType;
using zonestore::Serial;
using zonestore::ServerEvidence;
using zonestore::Verdict;

namespace {

using SteadyTime = steady_clock::time_point;

constexpr Milliseconds kResolverAttempt{90};
constexpr Milliseconds kServerAttempt{120};
constexpr Milliseconds kAskedAgainAfter{50};

// "ns1.secutix.com (192.0.2.1)" of that name: the address.
std::optional<Address> known_address(const std::string& server, const std::string& name) {
  if (zonestore::server_name(server) != name || !server.ends_with(')')) {
    return std::nullopt;
  }
  const std::size_t first = name.size() + 2;
  const auto address = Address::parse(std::string_view(server).substr(first, server.size() - first - 1));
  return address && address->has_route() ? std::optional(*address) : std::nullopt;
}

std::vector<NameServer> servers_of(const SerialQuestion& question, const Name& name, const Resolver& resolver) {
  std::vector<NameServer> servers = with_addresses(resolver, {name});
  if (servers.empty()) {
    for (const std::string& known : question.known) {
      if (const std::optional<Address> address = known_address(known, name.lowered().to_text_no_dot())) {
        servers.push_back({name.lowered(), *address});
      }
    }
  }
  return servers;
}

void judge_serial(ServerEvidence& evidence, const Reply& reply, const zonestore::ExpectedZone& zone) {
  evidence.serial.reset();
  evidence.verdict = Verdict::kLame;
  if (!reply.answered) {
    evidence.verdict = Verdict::kUnreachable;
    evidence.detail = "no answer";
    return;
  }
  if (reply.rcode != kNoError || !reply.authoritative) {
    evidence.detail = reply.rcode == kNoError ? "it is not authoritative" : "it answers " + rcode_text(reply.rcode);
    return;
  }
  const std::vector<Record> records = reply.records(zone.apex, RecordType::kSoa);
  const auto soa =
      records.empty() ? tl::unexpected(zonestore::Error{}) : zonestore::parse_soa_rdata(records.front().rdata);
  if (!soa) {
    evidence.detail = "it has no SOA record";
    return;
  }
  evidence.serial = Serial{soa->serial};
  evidence.verdict = is_before(*evidence.serial, zone.serial) ? Verdict::kLagging : Verdict::kOk;
  evidence.detail = "serial " + std::to_string(soa->serial);
}

// One that is behind is asked again as long as there is time: the change may be on its way.
void wait_for_change(ServerEvidence& evidence, const Address& address, const zonestore::ExpectedZone& zone,
                     const Patience& patience) {
  while (evidence.verdict == Verdict::kLagging && steady_clock::now() + 2 * kAskedAgainAfter < *patience.until) {
    std::this_thread::sleep_for(kAskedAgainAfter);
    const Reply again = ask(address, {zone.apex, RecordType::kSoa}, false, patience);
    if (again.answered) {
      judge_serial(evidence, again, zone);
    }
  }
}

ServerEvidence look_at(const NameServer& server, const zonestore::ExpectedZone& zone, SteadyTime until) {
  ServerEvidence evidence{zone.apex, server.to_text(), Verdict::kUnreachable, std::nullopt, ""};
  const Patience patience{kServerAttempt, 3, until};
  judge_serial(evidence, ask(server.address, {zone.apex, RecordType::kSoa}, false, patience), zone);
  wait_for_change(evidence, server.address, zone, patience);
  return evidence;
}

std::vector<ServerEvidence> look_at_all(const std::vector<NameServer>& servers, const zonestore::ExpectedZone& zone,
                                        SteadyTime until) {
  std::vector<std::future<ServerEvidence>> looks;
  looks.reserve(servers.size());
  for (const NameServer& server : servers) {
    looks.push_back(std::async(std::launch::async, [&server, &zone, until] { return look_at(server, zone, until); }));
  }
  std::vector<ServerEvidence> seen;
  seen.reserve(looks.size());
  for (std::future<ServerEvidence>& look : looks) {
    seen.push_back(look.get());
  }
  return seen;
}

bool is_good(const Reply& reply) {
  return reply.answered && reply.rcode == kNoError && reply.authoritative;
}

// Over TCP too where UDP brings nothing good: Knot 3.2 answers for a catalog over TCP alone, and refuses it over UDP.
Reply ask_both_ways(const Address& address, const Name& apex, const Patience& patience) {
  const Question question{apex, RecordType::kSoa};
  Reply reply = ask(address, question, false, patience);
  if (!is_good(reply)) {
    Reply over_tcp =
        exchange(address, question, {Transport::kTcp, true, false}, {patience.timeout, 1, patience.until});
    if (over_tcp.answered || !reply.answered) {
      reply = std::move(over_tcp);
    }
  }
  return reply;
}

ServerEvidence look_at_one(const SecondaryToLookAt& secondary, const zonestore::ExpectedZone& zone,
                           const Patience& patience) {
  ServerEvidence evidence{zone.apex, secondary.server, Verdict::kUnreachable, std::nullopt, "no answer"};
  for (const Address& address : secondary.addresses) {
    const Reply reply = ask_both_ways(address, zone.apex, patience);
    if (reply.answered) {
      judge_serial(evidence, reply, zone);
      if (patience.until) {
        wait_for_change(evidence, address, zone, patience);
      }
      evidence.detail += " at " + address.to_text();
      break;
    }
  }
  return evidence;
}

}  // namespace

std::vector<ServerEvidence> look_at_secondaries(const zonestore::ExpectedZone& zone,
                                                const std::vector<SecondaryToLookAt>& secondaries,
                                                const Patience& patience) {
  std::vector<std::future<ServerEvidence>> looks;
  looks.reserve(secondaries.size());
  for (const SecondaryToLookAt& secondary : secondaries) {
    looks.push_back(std::async(std::launch::async,
                               [&secondary, &zone, &patience] { return look_at_one(secondary, zone, patience); }));
  }
  std::vector<ServerEvidence> seen;
  seen.reserve(looks.size());
  for (std::future<ServerEvidence>& look : looks) {
    seen.push_back(look.get());
  }
  return seen;
}

namespace {

void add_name_server(const NameServer& server, std::vector<SecondaryToLookAt>& all) {
  const std::string text = server.to_text();
  if (std::none_of(all.begin(), all.end(), [&text](const auto& each) { return each.server == text; })) {
    all.push_back({text, {server.address}});
  }
}

// Where a resolver finds it, and where it was last seen: one of lost history may be at either.
void add_name_servers(const ServersToLookAt& question, const Resolver& resolver,
                      std::vector<SecondaryToLookAt>& all) {
  for (const NameServer& server : with_addresses(resolver, question.zone.name_servers)) {
    add_name_server(server, all);
  }
  for (const Name& named : question.zone.name_servers) {
    const Name name = named.lowered();
    for (const std::string& known : question.known) {
      if (const std::optional<Address> address = known_address(known, name.to_text_no_dot())) {
        add_name_server({name, *address}, all);
      }
    }
  }
}

}  // namespace

std::vector<ServerEvidence> look_at_all_servers(const ServersToLookAt& question,
                                                const std::vector<Address>& resolvers, Milliseconds timeout) {
  std::vector<SecondaryToLookAt> all;
  for (const Address& address : question.in_place) {
    add_name_server({Name(), address}, all);
  }
  if (question.in_place.empty()) {
    add_name_servers(question, Resolver(resolvers, {timeout, 2, steady_clock::now() + 2 * timeout}), all);
  }
  all.insert(all.end(), question.secondaries.begin(), question.secondaries.end());
  return look_at_secondaries(question.zone, all, {timeout, 2});
}

std::vector<ServerEvidence> look_at_serials(const SerialQuestion& question, const std::vector<Address>& resolvers,
                                            SteadyTime until) {
  if (!question.in_place.empty()) {
    std::vector<NameServer> servers;
    servers.reserve(question.in_place.size());
    for (const Address& address : question.in_place) {
      servers.push_back({Name(), address});
    }
    return look_at_all(servers, question.zone, until);
  }
  const SteadyTime resolved = steady_clock::now() + (until - steady_clock::now()) / 2;
  const Resolver resolver(resolvers, {kResolverAttempt, 2, resolved});
  std::vector<std::future<std::vector<ServerEvidence>>> names;
  names.reserve(question.zone.name_servers.size());
  for (const Name& name : question.zone.name_servers) {
    names.push_back(std::async(std::launch::async, [&question, &resolver, &name, until] {
      return look_at_all(servers_of(question, name, resolver), question.zone, until);
    }));
  }
  std::vector<ServerEvidence> seen;
  for (std::future<std::vector<ServerEvidence>>& name : names) {
    for (ServerEvidence& each : name.get()) {
      seen.push_back(std::move(each));
    }
  }
  return seen;
}

}  // namespace zonectl::probe
