#include "dnsd/net/tcp_crowd.h"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dnsd::net {
namespace {

using namespace std::chrono_literals;
using Time = TcpCrowd::Time;
using Standing = TcpCrowd::Standing;
using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

constexpr Time kStart{1000s};

class TcpCrowdTest : public ::testing::Test {
 protected:
  template <class Address>
  void enter(int socket, const Address& address, std::chrono::milliseconds at = 0ms) {
    crowd_.enter(socket, address, kStart + at);
  }
  void prove(int socket, std::chrono::milliseconds since, bool is_at_work = false) {
    standings_[socket] = {is_at_work, kStart + since};
    crowd_.prove(socket, standings_[socket]);
  }
  // 0: nobody.
  int first_to_go(std::chrono::milliseconds at) {
    return crowd_.first_to_go(kStart + at, [this](int socket) { return standings_.at(socket); }).value_or(0);
  }
  // All of them, as they would go one after the other.
  std::vector<int> order(std::chrono::milliseconds at) {
    std::vector<int> gone;
    while (const int socket = first_to_go(at)) {
      gone.push_back(socket);
      crowd_.leave(socket);
    }
    return gone;
  }

  TcpCrowd crowd_;
  std::map<int, Standing> standings_;
};

TEST_F(TcpCrowdTest, LetsNobodyGoWhoIsYoung) {
  EXPECT_EQ(first_to_go(10s), 0);
  enter(1, Ipv4{192, 0, 2, 1});
  EXPECT_EQ(first_to_go(249ms), 0);
  EXPECT_EQ(first_to_go(250ms), 1);
  prove(1, 100ms);
  EXPECT_EQ(first_to_go(249ms), 0);
  EXPECT_EQ(first_to_go(250ms), 1) << "young is who has just come, not who has just asked";
}

TEST_F(TcpCrowdTest, TakesWhoHoldsLongestWhenAllHoldAsMany) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  enter(2, Ipv4{198, 51, 100, 1}, 1ms);
  enter(3, Ipv4{203, 0, 113, 1}, 2ms);
  EXPECT_EQ(order(1s), (std::vector{1, 2, 3}));
}

TEST_F(TcpCrowdTest, TakesFromTheNetworkThatHoldsMost) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  for (int socket = 2; socket <= 4; ++socket) {
    enter(socket, Ipv4{198, 51, 100, static_cast<std::uint8_t>(socket)}, std::chrono::milliseconds{socket});
  }
  EXPECT_EQ(order(1s), (std::vector{2, 3, 1, 4})) << "until it holds no more than the others";
}

TEST_F(TcpCrowdTest, TakesFromTheAddressThatHoldsMostWithinTheNetwork) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  enter(2, Ipv4{192, 0, 2, 2}, 1ms);
  enter(3, Ipv4{192, 0, 2, 2}, 2ms);
  EXPECT_EQ(first_to_go(1s), 2);
}

TEST_F(TcpCrowdTest, CountsAnIPv6NetworkBy56BitsAndAnAddressBy64) {
  const auto address = [](std::uint8_t seventh, std::uint8_t eighth, std::uint8_t last) {
    return Ipv6{0x20, 1, 0xD, 0xB8, 0, 0, seventh, eighth, 0, 0, 0, 0, 0, 0, 0, last};
  };
  enter(1, address(1, 1, 1), 0ms);
  enter(2, address(2, 1, 1), 1ms);
  enter(3, address(2, 2, 1), 2ms);
  enter(4, address(2, 2, 2), 3ms);
  EXPECT_EQ(order(1s), (std::vector{3, 2, 1, 4}));
}

TEST_F(TcpCrowdTest, PassesOverANetworkWhoseOldOnesHaveGone) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  for (int socket = 2; socket <= 9; ++socket) {
    enter(socket, Ipv4{198, 51, 100, 1}, 900ms);
  }
  EXPECT_EQ(first_to_go(1s), 1);
  EXPECT_EQ(first_to_go(1150ms), 2);
}

TEST_F(TcpCrowdTest, TakesWhoHasCompletedAQueryLast) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  enter(2, Ipv4{192, 0, 2, 1}, 1ms);
  prove(1, 5ms);
  EXPECT_EQ(order(1s), (std::vector{2, 1}));
}

TEST_F(TcpCrowdTest, TakesOfProvenOnesTheLongestIdleFirstAndThoseAtWorkLast) {
  for (int socket = 1; socket <= 4; ++socket) {
    enter(socket, Ipv4{192, 0, 2, 1});
    prove(socket, 10ms);
  }
  standings_[1] = {false, kStart + 40ms};
  standings_[2] = {true, kStart + 20ms};
  standings_[3] = {false, kStart + 30ms};
  standings_[4] = {true, kStart + 15ms};
  EXPECT_EQ(order(1s), (std::vector{3, 1, 4, 2}));
}

TEST_F(TcpCrowdTest, WaitsForAnIdleOneBeforeOneAtWorkGoes) {
  enter(1, Ipv4{192, 0, 2, 1}, 0ms);
  enter(2, Ipv4{192, 0, 2, 1}, 100ms);
  prove(1, 10ms, true);
  prove(2, 110ms);
  EXPECT_EQ(first_to_go(300ms), 0);
  EXPECT_EQ(first_to_go(350ms), 2);
}

TEST_F(TcpCrowdTest, HasNoPlaceForWhoHasGone) {
  enter(1, Ipv4{192, 0, 2, 1});
  enter(2, Ipv4{192, 0, 2, 1});
  prove(2, 1ms);
  crowd_.leave(1);
  crowd_.leave(2);
  crowd_.leave(3);
  prove(1, 1ms);
  EXPECT_EQ(first_to_go(1s), 0);
}

// Against a search through all, over a random life of a crowd.
TEST_F(TcpCrowdTest, IsWhatASearchThroughAllWouldFind) {
  struct Known {
    Ipv4 address;
    Time opened;
    bool proven = false;
  };
  std::mt19937 random(7);
  const auto below = [&random](unsigned limit) { return static_cast<std::uint8_t>(random() % limit); };
  std::map<int, Known> all;
  const auto search = [&](Time now) {
    std::map<std::array<std::uint8_t, 3>, int> networks;
    std::map<Ipv4, int> hosts;
    const auto network = [](const Ipv4& address) { return std::array{address[0], address[1], address[2]}; };
    for (const auto& [socket, known] : all) {
      networks[network(known.address)] += known.proven ? 0 : 1;
      hosts[known.address] += known.proven ? 0 : 1;
    }
    using Rank = std::tuple<bool, int, Time, std::array<std::uint8_t, 3>, int, bool, Time, int>;
    std::map<std::array<std::uint8_t, 3>, Time> oldest;
    for (const auto& [socket, known] : all) {
      if (!known.proven) {
        const auto [place, is_new] = oldest.try_emplace(network(known.address), known.opened);
        place->second = std::min(place->second, known.opened);
      }
    }
    std::vector<Rank> ranks;
    for (const auto& [socket, known] : all) {
      if (!known.proven && known.opened > now - TcpCrowd::kLeastAge) {
        continue;
      }
      const Standing standing = known.proven ? standings_[socket] : Standing{false, known.opened};
      ranks.emplace_back(known.proven, known.proven ? 0 : -networks[network(known.address)],
                         known.proven ? Time{} : oldest[network(known.address)], network(known.address),
                         known.proven ? 0 : -hosts[known.address], standing.is_at_work, standing.since, socket);
      if (known.proven) {
        std::get<3>(ranks.back()) = {};
      }
    }
    const auto first = std::min_element(ranks.begin(), ranks.end());
    if (ranks.empty() || (std::get<0>(*first) && all[std::get<7>(*first)].opened > now - TcpCrowd::kLeastAge)) {
      return 0;
    }
    return std::get<7>(*first);
  };
  Time now = kStart;
  for (int socket = 1; socket <= 3000; ++socket) {
    now += std::chrono::milliseconds{1 + below(20)};
    const Ipv4 address{192, 0, below(3), below(4)};
    crowd_.enter(socket, address, now);
    all[socket] = {address, now};
    const int other = std::max(1, socket - below(60));
    if (all.contains(other) && below(2) == 0) {
      all[other].proven = true;
      standings_[other] = {standings_[other].is_at_work || below(4) == 0, now};
      crowd_.prove(other, standings_[other]);
    }
    if (all.size() > 40) {
      const auto found = crowd_.first_to_go(now, [this](int asked) { return standings_.at(asked); });
      ASSERT_EQ(found.value_or(0), search(now)) << socket;
      if (found) {
        crowd_.leave(*found);
        all.erase(*found);
        standings_.erase(*found);
      }
    }
  }
}

}  // namespace
}  // namespace dnsd::net
