#include "dnsd/net/address_quota.h"

#include <array>

#include <gtest/gtest.h>

namespace dnsd::net {
namespace {

constexpr std::array<std::uint8_t, 4> kOne{192, 0, 2, 1};
constexpr std::array<std::uint8_t, 4> kOther{192, 0, 2, 2};
constexpr std::array<std::uint8_t, 16> kIpv6{192, 0, 2, 1};

TEST(AddressQuota, GivesAnAddressAsManyAsItMayHave) {
  AddressQuota quota(2);
  const auto first = quota.take(kOne);
  const auto second = quota.take(kOne);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(quota.take(kOne));
}

TEST(AddressQuota, CountsEachAddressByItself) {
  AddressQuota quota(1);
  const auto first = quota.take(kOne);
  EXPECT_TRUE(quota.take(kOther));
  EXPECT_TRUE(quota.take(kIpv6)) << "an IPv6 address that begins alike";
}

TEST(AddressQuota, CountsAnIPv6NetworkOf64BitsAsOneAddress) {
  AddressQuota quota(2);
  constexpr std::array<std::uint8_t, 16> kFirst{0x20, 1, 0xD, 0xB8, 0, 0, 0, 7, 1};
  constexpr std::array<std::uint8_t, 16> kSecond{0x20, 1, 0xD, 0xB8, 0, 0, 0, 7, 0xFF, 0xFF};
  constexpr std::array<std::uint8_t, 16> kOtherNetwork{0x20, 1, 0xD, 0xB8, 0, 0, 0, 8, 1};
  const auto first = quota.take(kFirst);
  const auto second = quota.take(kSecond);
  EXPECT_TRUE(second);
  EXPECT_FALSE(quota.take(kFirst));
  EXPECT_TRUE(quota.take(kOtherNetwork));
}

TEST(AddressQuota, TakesAPlaceBackWhenItsTicketGoes) {
  AddressQuota quota(1);
  {
    auto first = quota.take(kOne);
    const AddressQuota::Ticket moved = std::move(*first);
    EXPECT_FALSE(quota.take(kOne));
  }
  EXPECT_TRUE(quota.take(kOne));
  EXPECT_TRUE(quota.take(kOne)) << "a ticket that was not kept gives its place back at once";
}

}  // namespace
}  // namespace dnsd::net
