#include "dnsd/net/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/unit/dnsd/net/loopback.h"

namespace dnsd::net {
namespace {

using ::testing::HasSubstr;
using zonestore::SocketAddress;

util::Result<std::vector<BoundAddress>> bind_text(const std::string& text, unsigned workers = 1) {
  const std::vector addresses{SocketAddress::parse(text).value()};
  return bind_all(addresses, workers);
}

TEST(Bind, GivesEveryWorkerASocketOfEachKind) {
  const auto bound = bind_text("127.0.0.1:0", 3);
  ASSERT_TRUE(bound) << bound.error();
  ASSERT_EQ(bound->size(), 1U);
  EXPECT_EQ(bound->front().udp.size(), 3U);
  EXPECT_EQ(bound->front().tcp.size(), 3U);
}

TEST(Bind, FindsOnePortForUdpAndTcp) {
  for (const char* const text : {"127.0.0.1:0", "[::1]:0"}) {
    const auto bound = bind_text(text, 2);
    ASSERT_TRUE(bound) << bound.error();
    const SocketAddress& address = bound->front().address;
    EXPECT_NE(address.port(), 0);
    for (const auto& sockets : {&bound->front().udp, &bound->front().tcp}) {
      for (const zonestore::FileDescriptor& socket : *sockets) {
        EXPECT_EQ(local_address(socket), address);
      }
    }
  }
}

TEST(Bind, RefusesAPortThatAnotherServerOfTheSameKindHolds) {
  const auto first = bind_text("127.0.0.1:0", 2);
  ASSERT_TRUE(first) << first.error();
  const auto second = bind_text(first->front().address.to_text(), 2);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("another program has this port"));
  EXPECT_THAT(second.error(), HasSubstr(first->front().address.to_text()));
}

TEST(Bind, RefusesAPortThatOnlyTcpHolds) {
  const zonestore::FileDescriptor taken = listening_socket();
  const auto bound = bind_text(local_address(taken).to_text());
  ASSERT_FALSE(bound);
  EXPECT_THAT(bound.error(), HasSubstr("over TCP: another program has this port"));
}

TEST(Bind, SaysThatTheAddressIsNotThisMachines) {
  const auto bound = bind_text("192.0.2.1:0");
  ASSERT_FALSE(bound);
  EXPECT_THAT(bound.error(), HasSubstr("no interface of this machine has that address"));
}

TEST(Bind, IsAllOrNothing) {
  const zonestore::FileDescriptor taken = listening_socket();
  const SocketAddress free_one = bind_text("127.0.0.1:0")->front().address;
  const std::vector addresses{free_one, local_address(taken)};
  EXPECT_FALSE(bind_all(addresses, 1));
  EXPECT_TRUE(bind_all(std::vector{free_one}, 1)) << "the first address is free again";
}

TEST(Bind, RefusesTheAddressOfManyMachines) {
  for (const char* const text :
       {"127.255.255.255:0", "255.255.255.255:0", "224.0.0.251:0", "239.1.2.3:0", "[ff02::1]:0", "[ff0e::53]:0"}) {
    const auto bound = bind_text(text);
    ASSERT_FALSE(bound) << text;
    EXPECT_THAT(bound.error(), HasSubstr("that is the address of many machines")) << text;
  }
}

const SocketAddress kHere = SocketAddress::parse("127.0.0.1:0").value();
const SocketAddress kNowhere = SocketAddress::parse("192.0.2.1:0").value();

TEST(Bind, LeavesOutWhatTheMachineCannotHaveWhereSomeWillDo) {
  const auto bound = bind_all(std::vector{kNowhere, kHere}, 1, {.some_will_do = true});
  ASSERT_TRUE(bound) << bound.error();
  ASSERT_EQ(bound->addresses.size(), 1U);
  EXPECT_EQ(bound->addresses.front().address.bytes().front(), 127);
  EXPECT_THAT(bound->left_out, ::testing::ElementsAre(HasSubstr("192.0.2.1:0 over UDP: no interface")));
}

TEST(Bind, NeedsOneAddressAtLeastAndThePortOfEach) {
  const auto none = bind_all(std::vector{kNowhere}, 1, {.some_will_do = true});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("no interface of this machine has that address"));
  const zonestore::FileDescriptor taken = listening_socket();
  const auto in_use = bind_all(std::vector{local_address(taken), kHere}, 1, {.some_will_do = true});
  ASSERT_FALSE(in_use) << "a port in use is no address that the machine cannot have";
  EXPECT_THAT(in_use.error(), HasSubstr("another program has this port"));
}

TEST(Bind, TakesAnAddressAheadOfItsInterface) {
  const auto bound = bind_all(std::vector{kNowhere}, 2, {.ahead = true});
  ASSERT_TRUE(bound) << bound.error();
  EXPECT_EQ(bound->addresses.front().udp.size(), 2U);
}

TEST(Bind, KeepsTheTwoFamiliesApart) {
  const auto four = bind_text("0.0.0.0:0");
  ASSERT_TRUE(four) << four.error();
  const auto six = bind_text("[::]:" + std::to_string(four->front().address.port()));
  EXPECT_TRUE(six) << six.error();
}

TEST(Bind, NeverSendsFragments) {
  const auto bound = bind_text("127.0.0.1:0", 2);
  ASSERT_TRUE(bound) << bound.error();
  for (const zonestore::FileDescriptor& socket : bound->front().udp) {
    int value = -1;
    socklen_t size = sizeof value;
    ASSERT_EQ(::getsockopt(socket.get(), IPPROTO_IP, IP_MTU_DISCOVER, &value, &size), 0);
    EXPECT_EQ(value, IP_PMTUDISC_PROBE);
  }
}

}  // namespace
}  // namespace dnsd::net
