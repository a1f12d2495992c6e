// Servers that follow the zone of the keys by transfer, and resolvers that ask any of them at any moment and remember
// what they heard for its TTL: what a look cannot see, and what mail is checked by. True time alone; nothing of
// zonestore's own rules.
//
//   commit ── version ──> store
//                └─ each site asks within refresh + retry of the version that it has, or sooner (NOTIFY) ─> has it
//   resolver ── at any moment, any site ──> what that site has ── until its TTL has passed
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/zone/serial.h"

namespace tests::followers {

using zonestore::Milliseconds;
using zonestore::Serial;
using zonestore::WallTime;

// What a name answers, and for how long that is remembered.
struct Answer {
  std::string content;  // empty: there is no such name
  Milliseconds ttl{0};
};
struct Version {
  WallTime from;
  Serial serial;
  std::map<std::string, Answer> answers;  // by owner
  Milliseconds negative_ttl{0};
  Milliseconds refresh_and_retry{0};
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  [[nodiscard]] bool one_in(std::uint64_t count) { return below(count) == 0; }

  // The store has changed; some sites hear of it at once.
  void commit(Version version);
  [[nodiscard]] const Version& newest() const { return versions_.back(); }
  // Time passes, up to then.
  void pass(WallTime until);

  // A server is asked from now on; it begins with the present state. Several sites: behind an anycast address.
  void begin(const std::string& server, std::size_t sites, WallTime now);
  void end(const std::string& server, WallTime now);
  // It has the newest version now.
  void follow_at_once(const std::string& server);
  // What one of its sites has.
  [[nodiscard]] Serial serial_at(const std::string& server);

  // Since when no resolver holds anything but that at the name; nullopt: a server that is asked has something else.
  [[nodiscard]] std::optional<WallTime> only_since(const std::string& owner, const std::string& content) const;

 private:
  struct State {
    WallTime from;
    std::size_t version = 0;
  };
  struct Site {
    std::vector<State> states;
    WallTime asks_at;
  };
  struct Server {
    std::string name;
    std::vector<Site> sites;
    WallTime from;
    std::optional<WallTime> until;
  };

  [[nodiscard]] Answer answer_of(std::size_t version, const std::string& owner) const;
  [[nodiscard]] WallTime ended(std::size_t version, const std::string& owner) const;
  [[nodiscard]] Milliseconds until_it_asks(std::size_t version);
  [[nodiscard]] Server& find(const std::string& server);
  void look_back(const Server& server, const std::string& owner, const std::string& content,
                 std::optional<WallTime>& since) const;

  std::mt19937_64 random_;
  std::vector<Version> versions_;
  std::vector<Server> servers_;
  WallTime now_{};
};

}  // namespace tests::followers
