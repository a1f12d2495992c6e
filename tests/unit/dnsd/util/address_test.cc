#include "dnsd/util/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::util {
namespace {

using ::testing::HasSubstr;

TEST(Address, ReadsIPv4AndPrintsItBack) {
  const auto address = Address::parse("127.0.0.1:53");
  ASSERT_TRUE(address) << address.error();
  EXPECT_FALSE(address->is_ipv6());
  EXPECT_EQ(address->port(), 53);
  EXPECT_EQ(address->to_text(), "127.0.0.1:53");
  EXPECT_EQ(address->size(), sizeof(sockaddr_in));
}

TEST(Address, ReadsIPv6InBracketsAndPrintsItInTheShortForm) {
  const auto address = Address::parse("[2001:0db8:0:0::1]:5300");
  ASSERT_TRUE(address) << address.error();
  EXPECT_TRUE(address->is_ipv6());
  EXPECT_EQ(address->to_text(), "[2001:db8::1]:5300");
  EXPECT_EQ(address->size(), sizeof(sockaddr_in6));
}

TEST(Address, TakesPortsFrom0To65535) {
  EXPECT_EQ(Address::parse("127.0.0.1:0")->port(), 0);
  EXPECT_EQ(Address::parse("[::]:65535")->port(), 65535);
  EXPECT_FALSE(Address::parse("127.0.0.1:65536"));
  EXPECT_FALSE(Address::parse("127.0.0.1:-1"));
}

TEST(Address, SaysWhatIsWrongAndHowToWriteIt) {
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
    const auto address = Address::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error(), HasSubstr(complaint)) << text;
    EXPECT_THAT(address.error(), HasSubstr("127.0.0.1:53 or [::1]:53")) << text;
  }
}

TEST(Address, KnowsTheWildcardOfBothFamilies) {
  EXPECT_TRUE(Address::parse("0.0.0.0:53")->is_wildcard());
  EXPECT_TRUE(Address::parse("[::]:53")->is_wildcard());
  EXPECT_FALSE(Address::parse("0.0.0.1:53")->is_wildcard());
  EXPECT_FALSE(Address::parse("[::1]:53")->is_wildcard());
}

TEST(Address, ComparesFamilyAddressAndPort) {
  const Address one = *Address::parse("127.0.0.1:53");
  EXPECT_EQ(one, *Address::parse("127.0.0.1:53"));
  EXPECT_FALSE(one == *Address::parse("127.0.0.1:54"));
  EXPECT_FALSE(one == *Address::parse("127.0.0.2:53"));
  EXPECT_FALSE(*Address::parse("0.0.0.0:53") == *Address::parse("[::]:53"));
}

TEST(Address, ComesBackFromASocketAddress) {
  for (const char* const text : {"192.0.2.7:1053", "[2001:db8::7]:1053"}) {
    const Address address = *Address::parse(text);
    EXPECT_EQ(Address::from_sockaddr(address.data()), address);
  }
}

TEST(Address, GivesItsBytesInNetworkOrder) {
  EXPECT_THAT(Address::parse("192.0.2.7:53")->bytes(), ::testing::ElementsAre(192, 0, 2, 7));
  EXPECT_EQ(Address::parse("[::1]:53")->bytes().size(), 16U);
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_TRUE(address_bytes(other).empty());
}

}  // namespace
}  // namespace dnsd::util
