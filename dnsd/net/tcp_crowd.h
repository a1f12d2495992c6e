// Who goes when a worker has as many TCP connections as it may, and another client knocks.
//
//   newcomers: have not completed a query. The first to go: from the network that has most of them, there from the
//   (by age)   address that has most, the one that holds its place longest. Whoever takes places only to hold them
//              takes them from himself, wherever he comes from.
//        │ first answer
//        v
//   proven: idle longest first; then whoever has taken longest with the rest of a query.
//
// Nobody goes within kLeastAge of his arrival: a client's first query is a round trip behind its connection. Until
// somebody may go, the next client waits at the door.
//
// All but the look at the proven costs the logarithm of the crowd; that one catches up with what has changed since
// the last look, which was at least a query each. Pure: times are handed in. Threads: one.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

namespace dnsd::net {

class TcpCrowd {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kLeastAge{250};

  // What a connection that has completed a query is at.
  struct Standing {
    bool is_at_work = false;  // a query has begun and not ended
    Time since;               // that it is so; it never goes back
    friend bool operator==(const Standing&, const Standing&) = default;
  };
  using Look = std::function<Standing(int socket)>;

  // `socket` tells the connections apart. `address`: 4 or 16 bytes in network order. Times never go back. Throws
  // std::bad_alloc, and is as before then; nothing else here asks for memory.
  void enter(int socket, std::span<const std::uint8_t> address, Time now);
  // It has completed its first query.
  void prove(int socket, const Standing& standing);
  // It has gone, newcomer or proven.
  void leave(int socket);

  // Whoever is to go first now; nullopt: nobody may. `look` is asked of proven ones.
  [[nodiscard]] std::optional<int> first_to_go(Time now, const Look& look);

 private:
  struct Member {
    int socket;
    Time opened;
  };
  using Members = std::list<Member>;  // the oldest in front
  // Network: 24 bits of IPv4, 56 of IPv6; host: the address, or the 64 bits that one client may have to itself.
  using Key = std::uint64_t;
  // The first one is asked first: the largest, and of equal ones the one with the oldest member.
  struct Rank {
    Key within;  // hosts: their network; networks: 0
    std::ptrdiff_t minus_size;
    Time oldest;
    Key group;
    friend auto operator<=>(const Rank&, const Rank&) = default;
  };
  struct Group {
    Members members;
    std::set<Rank>::node_type rank;  // while it is not in the ranking
  };
  // Groups of newcomers by size. What may throw is prepare() alone.
  struct Ranking {
    std::map<Key, Group> groups;
    std::set<Rank> ranks;

    void prepare(Key key);  // a group, empty perhaps
    Members::iterator join(Key within, Key key, Members& member);
    void leave(Key within, Key key, Members::iterator member);
    void drop_if_empty(Key key);

   private:
    void take_out(Key within, Key key, Group& group);
    void put_in(Key within, Key key, Group& group);
  };
  using ProvenRanks = std::set<std::tuple<bool, Time, int>>;  // at work, since, socket
  struct Entry {
    Key host;
    Time opened;
    Members::iterator in_all{};  // of newcomers
    Members::iterator in_network{};
    Members::iterator in_host{};
    ProvenRanks::node_type proven_rank{};  // likewise: no memory is asked for when they are proven
    Standing standing{};                   // of proven ones, at the last look
    [[nodiscard]] bool is_proven() const { return proven_rank.empty(); }
  };

  [[nodiscard]] static Key network_of(Key host);
  [[nodiscard]] std::optional<int> newcomer_to_go(Time opened_by) const;
  [[nodiscard]] std::optional<int> proven_to_go(Time opened_by, const Look& look);
  void remove_newcomer(const Entry& entry);

  std::unordered_map<int, Entry> entries_;  // by socket
  Members newcomers_;
  Ranking networks_;
  Ranking hosts_;
  ProvenRanks proven_ranks_;
};

}  // namespace dnsd::net
