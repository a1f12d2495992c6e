#include "dnsd/wire/opt_writer.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::joined;
using test::opt;
using test::option;
using zonestore::Bytes;

constexpr std::uint8_t kUntouched = 0xEE;

const Bytes kNsid{'n', 's', '1'};
const Bytes kCookie(24, 7);

const Bytes kCookieOption = option(10, kCookie);
const Bytes kKeepaliveOption = option(11, Bytes{0x01, 0x02});
const Bytes kExtendedErrorOption = option(15, Bytes{0, 20});
const Bytes kZoneVersionOption = option(19, Bytes{3, 0, 0x78, 0xC2, 0xE7, 0xF9});
const Bytes kExpireOption = option(9, Bytes{0, 18, 117, 0});  // 1209600 s
const Bytes kNsidOption = option(3, kNsid);

AnswerOpt everything() {
  AnswerOpt opt{.udp_bytes = 1232,
                .dnssec_ok = true,
                .cookie = FullCookie{},
                .keepalive = 0x0102,
                .extended_error = ExtendedError::kNotAuthoritative,
                .zone_version = ZoneVersion{3, 2026039289},
                .expire = 1209600,
                .nsid = kNsid};
  opt.cookie->fill(7);
  return opt;
}

Bytes written(const AnswerOpt& opt, std::size_t room_bytes, std::uint8_t rcode_high = 0) {
  Bytes out(room_bytes + 8, kUntouched);
  const std::size_t size = write_opt(MutableBytes(out).first(room_bytes), opt, rcode_high);
  EXPECT_LE(size, room_bytes);
  EXPECT_TRUE(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(size), out.end(),
                          [](unsigned byte) { return byte == kUntouched; }));
  out.resize(size);
  return out;
}

TEST(OptWriter, RecordWithoutOptionsIs11BytesRfc6891) {
  const AnswerOpt bare{.udp_bytes = 1232};
  EXPECT_EQ(least_bytes(bare), kOptBytes);
  EXPECT_EQ(written(bare, 512), opt(1232));
  EXPECT_EQ(written(bare, kOptBytes), opt(1232));
}

TEST(OptWriter, DoAndTheUpperBitsOfTheRcodeStandInTheTtlRfc6891) {
  EXPECT_EQ(written({.udp_bytes = 4096, .dnssec_ok = true}, 512, 1), opt(4096, 0x01008000));
}

TEST(OptWriter, WritesEachOptionAsItsRfcHasIt) {
  EXPECT_EQ(written(everything(), 512), opt(1232, test::kDo,
                                            joined({kCookieOption, kKeepaliveOption, kExtendedErrorOption,
                                                    kZoneVersionOption, kExpireOption, kNsidOption})));
}

TEST(OptWriter, CookieAndKeepaliveAreThereHoweverLittleRoomThereIs) {
  const AnswerOpt all = everything();
  EXPECT_EQ(least_bytes(all), kOptBytes + kCookieOption.size() + kKeepaliveOption.size());
  EXPECT_EQ(written(all, least_bytes(all)), opt(1232, test::kDo, joined({kCookieOption, kKeepaliveOption})));
}

TEST(OptWriter, WhatDoesNotFitIsLeftOutWholeAndTheNextOneTried) {
  const AnswerOpt all = everything();
  const Bytes least = joined({kCookieOption, kKeepaliveOption});
  for (std::size_t extra = 0; extra <= 40; ++extra) {
    std::size_t left = extra;
    Bytes expected = least;
    for (const Bytes& wanted : {kExtendedErrorOption, kZoneVersionOption, kExpireOption, kNsidOption}) {
      if (wanted.size() <= left) {
        left -= wanted.size();
        test::append(expected, wanted);
      }
    }
    EXPECT_EQ(written(all, least_bytes(all) + extra), opt(1232, test::kDo, expected)) << extra;
  }
}

}  // namespace
}  // namespace dnsd::wire
