#include "zonestore/base/socket_address.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore {
namespace {

using ::testing::HasSubstr;

TEST(SocketAddress, ReadsIPv4AndPrintsItBack) {
  const auto address = SocketAddress::parse("127.0.0.1:53");
  ASSERT_TRUE(address) << address.error();
  EXPECT_FALSE(address->is_ipv6());
  EXPECT_EQ(address->port(), 53);
  EXPECT_EQ(address->to_text(), "127.0.0.1:53");
  EXPECT_EQ(address->size(), sizeof(sockaddr_in));
}

TEST(SocketAddress, ReadsIPv6InBracketsAndPrintsItInTheShortForm) {
  const auto address = SocketAddress::parse("[2001:0db8:0:0::1]:5300");
  ASSERT_TRUE(address) << address.error();
  EXPECT_TRUE(address->is_ipv6());
  EXPECT_EQ(address->to_text(), "[2001:db8::1]:5300");
  EXPECT_EQ(address->size(), sizeof(sockaddr_in6));
}

TEST(SocketAddress, TakesPortsFrom0To65535) {
  EXPECT_EQ(SocketAddress::parse("127.0.0.1:0")->port(), 0);
  EXPECT_EQ(SocketAddress::parse("[::]:65535")->port(), 65535);
  EXPECT_FALSE(SocketAddress::parse("127.0.0.1:65536"));
  EXPECT_FALSE(SocketAddress::parse("127.0.0.1:-1"));
}

TEST(SocketAddress, SaysWhatIsWrongAndHowToWriteIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "has no port"},
      {"127.0.0.1", "has no port"},
      {"127.0.0.1:", "has no port from 0 to 65535"},
      {"127.0.0.1:53x", "has no port from 0 to 65535"},
      {"127.0.0.1: 53", "has no port from 0 to 65535"},
      {":53", "is not an IPv4 address"},
      {"localhost:53", "names are not looked up"},
      {"127.0.0.256:53", "is not an IPv4 address"},
      {"127.1:53", "is not an IPv4 address"},
      {"::1:53", "is an IPv6 address without brackets"},
      {"[::1]", "has no port after the closing bracket"},
      {"[::1", "has no port after the closing bracket"},
      {"[127.0.0.1]:53", "holds no IPv6 address"},
      {"[]:53", "holds no IPv6 address"},
      {"[::1]:", "has no port from 0 to 65535"},
  };
  for (const auto& [text, complaint] : cases) {
    const auto address = SocketAddress::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error(), HasSubstr(complaint)) << text;
    EXPECT_THAT(address.error(), HasSubstr("127.0.0.1:53 or [::1]:53")) << text;
  }
}

TEST(SocketAddress, KnowsTheWildcardOfBothFamilies) {
  EXPECT_TRUE(SocketAddress::parse("0.0.0.0:53")->is_wildcard());
  EXPECT_TRUE(SocketAddress::parse("[::]:53")->is_wildcard());
  EXPECT_FALSE(SocketAddress::parse("0.0.0.1:53")->is_wildcard());
  EXPECT_FALSE(SocketAddress::parse("[::1]:53")->is_wildcard());
}

TEST(SocketAddress, ComparesFamilyAddressAndPort) {
  const SocketAddress one = *SocketAddress::parse("127.0.0.1:53");
  EXPECT_EQ(one, *SocketAddress::parse("127.0.0.1:53"));
  EXPECT_FALSE(one == *SocketAddress::parse("127.0.0.1:54"));
  EXPECT_FALSE(one == *SocketAddress::parse("127.0.0.2:53"));
  EXPECT_FALSE(*SocketAddress::parse("0.0.0.0:53") == *SocketAddress::parse("[::]:53"));
}

TEST(SocketAddress, ComesBackFromASocketAddress) {
  for (const char* const text : {"192.0.2.7:1053", "[2001:db8::7]:1053"}) {
    const SocketAddress address = *SocketAddress::parse(text);
    EXPECT_EQ(SocketAddress::from_sockaddr(address.data()), address);
  }
}

TEST(SocketAddress, IsMadeOfFourOrSixteenBytes) {
  for (const char* const text : {"192.0.2.7:1053", "[2001:db8::7]:1053"}) {
    const SocketAddress address = *SocketAddress::parse(text);
    EXPECT_EQ(SocketAddress::from_bytes(address.bytes(), 1053), address);
  }
  EXPECT_EQ(SocketAddress::from_bytes(std::array<std::uint8_t, 5>{}, 53), std::nullopt);
}

TEST(SocketAddress, GivesItsBytesInNetworkOrder) {
  EXPECT_THAT(SocketAddress::parse("192.0.2.7:53")->bytes(), ::testing::ElementsAre(192, 0, 2, 7));
  EXPECT_EQ(SocketAddress::parse("[::1]:53")->bytes().size(), 16U);
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_TRUE(address_bytes(other).empty());
}

}  // namespace
}  // namespace zonestore
