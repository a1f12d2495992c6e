#include "tools/zonectl/probe/address.h"

#include <array>

#include <gtest/gtest.h>

namespace zonectl::probe {
namespace {

TEST(ProbeAddress, IsWrittenWithItsPortUnlessItIs53) {
  for (const auto& [text, shown] :
       std::vector<std::pair<std::string, std::string>>{{"192.0.2.1", "192.0.2.1"},
                                                        {"192.0.2.1:53", "192.0.2.1"},
                                                        {"192.0.2.1:5300", "192.0.2.1:5300"},
                                                        {"2001:db8::1", "2001:db8::1"},
                                                        {"[2001:db8::1]", "2001:db8::1"},
                                                        {"[2001:DB8::1]:5300", "[2001:db8::1]:5300"}}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_text(), shown);
  }
}

TEST(ProbeAddress, RefusesWhatIsNone) {
  for (const char* const text : {"", "ns1.secutix.com", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2",
                                 "[2001:db8::1", "[2001:db8::1]5300", "2001:db8::g", "192.0.2.1:53x"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
}

TEST(ProbeAddress, ComesFromARecordOfFourOrSixteenBytes) {
  const std::array<std::uint8_t, 4> four{192, 0, 2, 1};
  EXPECT_EQ(Address::from_rdata(four), *Address::parse("192.0.2.1"));
  const std::array<std::uint8_t, 5> five{192, 0, 2, 1, 0};
  EXPECT_FALSE(Address::from_rdata(five));
}

}  // namespace
}  // namespace zonectl::probe
