#include "dnsd/net/kept_sockets.h"

#include <algorithm>

#include <fcntl.h>
#include <gmock/gmock.h>

#include "tests/unit/dnsd/net/loopback.h"

namespace dnsd::net {
namespace {

using ::testing::MatchesRegex;
using zonestore::SocketAddress;

class KeptSockets : public ::testing::Test {
 protected:
  KeptSockets() {
    const std::vector wanted{SocketAddress::parse("127.0.0.1:0").value(), SocketAddress::parse("[::1]:0").value()};
    bound_ = bind_all(wanted, 2).value();
    for (const BoundAddress& each : bound_) {
      addresses_.push_back(each.address);
    }
  }

  // As a manager hands them on: others of the same sockets.
  [[nodiscard]] std::vector<NamedSocket> kept() const {
    std::vector<NamedSocket> all;
    for (const SocketName& each : names_of(bound_)) {
      all.push_back({each.name, zonestore::FileDescriptor(::fcntl(each.socket, F_DUPFD_CLOEXEC, 0))});
    }
    return all;
  }

  void expect_left(std::vector<NamedSocket> kept, unsigned workers = 2) const {
    const std::size_t count = kept.size();
    EXPECT_FALSE(take_up(kept, addresses_, workers));
    EXPECT_EQ(kept.size(), count);
    EXPECT_TRUE(std::ranges::all_of(kept, [](const NamedSocket& each) { return each.socket.is_open(); }));
  }

  std::vector<BoundAddress> bound_;
  std::vector<SocketAddress> addresses_;
};

TEST_F(KeptSockets, HaveNamesOfTheirOwnThatAManagerTakes) {
  std::vector<std::string> names;
  for (const SocketName& each : names_of(bound_)) {
    EXPECT_THAT(each.name, MatchesRegex("(udp|tcp)\\.[01]\\.[0-9a-f]+\\.[0-9]+"));
    names.push_back(each.name);
  }
  std::ranges::sort(names);
  EXPECT_EQ(names.size(), 8U);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST_F(KeptSockets, AreTakenUpInAnyOrderEachInItsPlace) {
  std::vector<NamedSocket> all = kept();
  std::ranges::reverse(all);
  const auto taken = take_up(all, addresses_, 2);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(all.empty());
  ASSERT_EQ(taken->size(), 2U);
  for (std::size_t index = 0; index < taken->size(); ++index) {
    const BoundAddress& each = (*taken)[index];
    EXPECT_EQ(each.address, addresses_[index]);
    ASSERT_EQ(each.udp.size(), 2U);
    ASSERT_EQ(each.tcp.size(), 2U);
    EXPECT_EQ(local_address(each.udp[1]), addresses_[index]);
    EXPECT_EQ(local_address(each.tcp[0]), addresses_[index]);
  }
}

TEST_F(KeptSockets, AreLeftWhereOneIsMissingTwiceOrTooMany) {
  std::vector<NamedSocket> fewer = kept();
  fewer.pop_back();
  expect_left(std::move(fewer));
  std::vector<NamedSocket> twice = kept();
  twice[1].name = twice[0].name;
  expect_left(std::move(twice));
  std::vector<NamedSocket> more = kept();
  more.push_back({"udp.2.7f000001.1", zonestore::FileDescriptor(::fcntl(more[0].socket.get(), F_DUPFD_CLOEXEC, 0))});
  expect_left(std::move(more));
}

TEST_F(KeptSockets, AreLeftForOtherWorkersOrAddresses) {
  expect_left(kept(), 1);
  expect_left(kept(), 3);
  addresses_.pop_back();
  expect_left(kept());
  addresses_.push_back(SocketAddress::parse("127.0.0.1:1").value());
  expect_left(kept());
}

TEST_F(KeptSockets, AreLeftWhereOneIsNotWhatItsNameSays) {
  std::vector<NamedSocket> swapped = kept();
  std::swap(swapped[0].socket, swapped[1].socket);  // UDP and TCP
  expect_left(std::move(swapped));
  std::vector<NamedSocket> elsewhere = kept();
  std::swap(elsewhere.front().socket, elsewhere[4].socket);  // both UDP
  expect_left(std::move(elsewhere));
}

TEST_F(KeptSockets, HaveTheReceiveBufferThatIsAskedFor) {
  constexpr std::size_t kAsked = 65536;
  EXPECT_EQ(set_receive_buffers(bound_, kAsked), kAsked);
  EXPECT_LT(set_receive_buffers(bound_, std::size_t{1} << 30U), std::size_t{1} << 30U)
      << "net.core.rmem_max is that?";
}

}  // namespace
}  // namespace dnsd::net
