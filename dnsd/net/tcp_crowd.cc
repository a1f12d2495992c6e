#include "dnsd/net/tcp_crowd.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dnsd::net {
namespace {

constexpr std::size_t kHostBytes = 8;
constexpr std::uint64_t kWithinNetwork =
    0xFF;  // of an IPv4 address its last 8 bits, of an IPv6 /64 what a /56 leaves

std::uint64_t host_of(std::span<const std::uint8_t> address) {
  std::uint64_t host = 0;
  for (const std::uint8_t byte : address.first(std::min(address.size(), kHostBytes))) {
    host = host << 8U | byte;
  }
  return host;
}

// An element that can be put into such a set later, without memory.
template <class Set>
typename Set::node_type make_node() {
  Set maker;
  return maker.extract(maker.insert(typename Set::value_type{}).first);
}

}  // namespace

void TcpCrowd::Ranking::prepare(Key key) {
  Group& group = groups[key];
  if (group.members.empty() && group.rank.empty()) {
    group.rank = make_node<std::set<Rank>>();
  }
}

TcpCrowd::Members::iterator TcpCrowd::Ranking::join(Key within, Key key, Members& member) {
  Group& group = groups.find(key)->second;
  const auto place = member.begin();
  take_out(within, key, group);
  group.members.splice(group.members.end(), member);
  put_in(within, key, group);
  return place;
}

void TcpCrowd::Ranking::leave(Key within, Key key, Members::iterator member) {
  Group& group = groups.find(key)->second;
  take_out(within, key, group);
  group.members.erase(member);
  put_in(within, key, group);
  drop_if_empty(key);
}

void TcpCrowd::Ranking::drop_if_empty(Key key) {
  if (const auto found = groups.find(key); found != groups.end() && found->second.members.empty()) {
    groups.erase(found);
  }
}

void TcpCrowd::Ranking::take_out(Key within, Key key, Group& group) {
  if (!group.members.empty()) {
    group.rank = ranks.extract({within, -std::ssize(group.members), group.members.front().opened, key});
  }
}

void TcpCrowd::Ranking::put_in(Key within, Key key, Group& group) {
  if (!group.members.empty()) {
    group.rank.value() = {within, -std::ssize(group.members), group.members.front().opened, key};
    ranks.insert(std::move(group.rank));
  }
}

TcpCrowd::Key TcpCrowd::network_of(Key host) {
  return host & ~kWithinNetwork;
}

void TcpCrowd::enter(int socket, std::span<const std::uint8_t> address, Time now) {
  const Key host = host_of(address);
  const Key network = network_of(host);
  try {
    // What needs memory is made first and moved afterwards: where there is none, nobody has entered.
    Members for_all{{socket, now}};
    Members for_network{{socket, now}};
    Members for_host{{socket, now}};
    networks_.prepare(network);
    hosts_.prepare(host);
    Entry entry{host, now};
    entry.proven_rank = make_node<ProvenRanks>();
    Entry& kept = entries_.emplace(socket, std::move(entry)).first->second;
    kept.in_all = for_all.begin();
    newcomers_.splice(newcomers_.end(), for_all);
    kept.in_network = networks_.join(0, network, for_network);
    kept.in_host = hosts_.join(network, host, for_host);
  } catch (...) {
    networks_.drop_if_empty(network);
    hosts_.drop_if_empty(host);
    throw;
  }
}

void TcpCrowd::prove(int socket, const Standing& standing) {
  const auto found = entries_.find(socket);
  if (found == entries_.end() || found->second.is_proven()) {
    return;
  }
  Entry& entry = found->second;
  remove_newcomer(entry);
  entry.standing = standing;
  entry.proven_rank.value() = {standing.is_at_work, standing.since, socket};
  proven_ranks_.insert(std::move(entry.proven_rank));
}

void TcpCrowd::leave(int socket) {
  const auto found = entries_.find(socket);
  if (found == entries_.end()) {
    return;
  }
  const Entry& entry = found->second;
  if (entry.is_proven()) {
    proven_ranks_.erase({entry.standing.is_at_work, entry.standing.since, socket});
  } else {
    remove_newcomer(entry);
  }
  entries_.erase(found);
}

void TcpCrowd::remove_newcomer(const Entry& entry) {
  const Key network = network_of(entry.host);
  newcomers_.erase(entry.in_all);
  networks_.leave(0, network, entry.in_network);
  hosts_.leave(network, entry.host, entry.in_host);
}

std::optional<int> TcpCrowd::first_to_go(Time now, const Look& look) {
  const Time opened_by = now - kLeastAge;
  const std::optional<int> newcomer = newcomer_to_go(opened_by);
  return newcomer ? newcomer : proven_to_go(opened_by, look);
}

std::optional<int> TcpCrowd::newcomer_to_go(Time opened_by) const {
  if (newcomers_.empty() || newcomers_.front().opened > opened_by) {
    return std::nullopt;
  }
  const auto is_old_enough = [opened_by](const Rank& rank) { return rank.oldest <= opened_by; };
  const auto network = std::find_if(networks_.ranks.begin(), networks_.ranks.end(), is_old_enough);
  const auto first = hosts_.ranks.lower_bound({network->group, PTRDIFF_MIN, Time::min(), 0});
  const auto host = std::find_if(first, hosts_.ranks.end(), is_old_enough);
  return hosts_.groups.at(host->group).members.front().socket;
}

// What was recorded is brought up to date as it is come to. A standing's moment never goes back, so whoever comes
// first by an up-to-date record is the first of all; but for one who was at work and is idle again, who may be found
// late. While that one is young, none goes: the others have been at rest for a shorter time, or are at work.
std::optional<int> TcpCrowd::proven_to_go(Time opened_by, const Look& look) {
  for (auto next = proven_ranks_.begin(); next != proven_ranks_.end();) {
    const int socket = std::get<int>(*next);
    Entry& entry = entries_.at(socket);
    const Standing now = look(socket);
    if (now == entry.standing) {
      return entry.opened <= opened_by ? std::optional(socket) : std::nullopt;
    }
    const auto after = std::next(next);
    auto node = proven_ranks_.extract(next);
    node.value() = {now.is_at_work, now.since, socket};
    entry.standing = now;
    const auto place = proven_ranks_.insert(std::move(node)).position;
    next = after == proven_ranks_.end() || *place < *after ? place : after;
  }
  return std::nullopt;
}

}  // namespace dnsd::net
