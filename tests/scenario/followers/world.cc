#include "tests/scenario/followers/world.h"

#include <algorithm>
#include <utility>

namespace tests::followers {

void World::commit(Version version) {
  now_ = version.from;
  versions_.push_back(std::move(version));
  for (Server& server : servers_) {
    for (Site& site : server.sites) {
      if (one_in(3)) {
        site.asks_at = std::min(site.asks_at, now_ + Milliseconds{below(5'000)});
      }
    }
  }
}

void World::pass(WallTime until) {
  now_ = until;
  for (Server& server : servers_) {
    for (Site& site : server.sites) {
      while (site.asks_at <= until) {
        site.states.push_back({site.asks_at, versions_.size() - 1});
        site.asks_at += until_it_asks(versions_.size() - 1);
      }
    }
  }
}

// As late as it may, often: that is what waits are made for.
Milliseconds World::until_it_asks(std::size_t version) {
  const Milliseconds longest = versions_.at(version).refresh_and_retry;
  return one_in(2) ? longest : Milliseconds{1 + below(static_cast<std::uint64_t>(longest.count()))};
}

void World::begin(const std::string& server, std::size_t sites, WallTime now) {
  Server made{server, {}, now, std::nullopt};
  for (std::size_t i = 0; i < sites; ++i) {
    const std::size_t present = versions_.size() - 1;
    made.sites.push_back({{{now, present}}, now + until_it_asks(present)});
  }
  servers_.push_back(std::move(made));
}

World::Server& World::find(const std::string& server) {
  return *std::find_if(servers_.rbegin(), servers_.rend(),
                       [&server](const Server& each) { return each.name == server && !each.until; });
}

void World::end(const std::string& server, WallTime now) {
  find(server).until = now;
}

void World::follow_at_once(const std::string& server) {
  for (Site& site : find(server).sites) {
    site.asks_at = now_;
  }
  pass(now_);
}

Serial World::serial_at(const std::string& server) {
  const Server& asked = find(server);
  return versions_.at(asked.sites.at(below(asked.sites.size())).states.back().version).serial;
}

Answer World::answer_of(std::size_t version, const std::string& owner) const {
  const Version& of = versions_.at(version);
  const auto found = of.answers.find(owner);
  return found == of.answers.end() ? Answer{"", of.negative_ttl} : found->second;
}

// When the store replaced what that version answers.
WallTime World::ended(std::size_t version, const std::string& owner) const {
  const std::string content = answer_of(version, owner).content;
  for (std::size_t later = version + 1; later < versions_.size(); ++later) {
    if (answer_of(later, owner).content != content) {
      return versions_.at(later).from;
    }
  }
  return WallTime::max();
}

void World::look_back(const Server& server, const std::string& owner, const std::string& content,
                      std::optional<WallTime>& since) const {
  for (const Site& site : server.sites) {
    for (std::size_t i = 0; i < site.states.size() && since; ++i) {
      const Answer answer = answer_of(site.states[i].version, owner);
      const WallTime ended_at = ended(site.states[i].version, owner);
      const bool is_waited_for = server.from <= ended_at && (!server.until || *server.until >= ended_at);
      if (answer.content == content || !is_waited_for) {
        continue;
      }
      const bool is_last = i + 1 == site.states.size();
      if (is_last && !server.until) {
        since = std::nullopt;
        return;
      }
      WallTime last_asked = is_last ? *server.until : site.states[i + 1].from;
      last_asked = server.until ? std::min(last_asked, *server.until) : last_asked;
      since = std::max(*since, last_asked + answer.ttl);
    }
  }
}

std::optional<WallTime> World::only_since(const std::string& owner, const std::string& content) const {
  std::optional<WallTime> since = WallTime::min();
  for (std::size_t version = 0; version < versions_.size(); ++version) {
    if (answer_of(version, owner).content != content) {
      const WallTime ended_at = ended(version, owner);
      since = ended_at == WallTime::max() ? std::nullopt
                                          : std::optional(std::max(*since, ended_at + answer_of(version, owner).ttl));
    }
    if (!since) {
      return since;
    }
  }
  for (const Server& server : servers_) {
    if (since) {
      look_back(server, owner, content, since);
    }
  }
  return since;
}

}  // namespace tests::followers
