#include "dnsd/wire/truncate.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::message;
using test::name;
using test::opt;
using test::question;
using test::record;
using zonestore::Bytes;

constexpr unsigned kAnswerFlags = 0x8500;  // QR, AA and RD
constexpr unsigned kTc = 0x0200;
const Bytes kAsked = question(name("sel1.Example"));
const Bytes kOwner{0xC0, 12};
const Bytes kCookie{0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};

Bytes truncated(Bytes bytes) {
  bytes.resize(truncate_answer(bytes));
  return bytes;
}

Bytes txt(std::size_t size) {
  return record(kOwner, 16, 1, 3600, Bytes(size, 'x'));
}

TEST(TruncateAnswer, LeavesTheQuestionAndSetsTc) {
  EXPECT_EQ(truncated(message(kAnswerFlags, {1, 2, 0, 0}, {kAsked, txt(200), txt(50)})),
            message(kAnswerFlags | kTc, {1, 0, 0, 0}, {kAsked}));
}

TEST(TruncateAnswer, KeepsTheOptRecordWithItsOptions) {
  const Bytes kept = opt(1232, test::kDo, kCookie);
  EXPECT_EQ(truncated(message(kAnswerFlags, {1, 1, 0, 1}, {kAsked, txt(200), kept})),
            message(kAnswerFlags | kTc, {1, 0, 0, 1}, {kAsked, kept}));
}

TEST(TruncateAnswer, KeepsAnOptRecordThatIsLongerThanWhatStoodBeforeIt) {
  const Bytes kept = opt(1232, 0, Bytes(100, 0));
  EXPECT_EQ(truncated(message(kAnswerFlags, {1, 1, 0, 1}, {kAsked, txt(1), kept})),
            message(kAnswerFlags | kTc, {1, 0, 0, 1}, {kAsked, kept}));
}

TEST(TruncateAnswer, DropsAuthorityAndGlue) {
  const Bytes ns = record(kOwner, 2, 1, 3600, name("ns.example"));
  const Bytes glue = record(name("ns.example"), 1, 1, 3600, Bytes{192, 0, 2, 1});
  EXPECT_EQ(truncated(message(kAnswerFlags, {1, 0, 1, 2}, {kAsked, ns, glue, opt()})),
            message(kAnswerFlags | kTc, {1, 0, 0, 1}, {kAsked, opt()}));
}

TEST(TruncateAnswer, KeepsTheRcode) {
  const Bytes soa = record(kOwner, 6, 1, 300, Bytes(40, 0));
  EXPECT_EQ(truncated(message(kAnswerFlags | 3, {1, 0, 1, 0}, {kAsked, soa})),
            message(kAnswerFlags | kTc | 3, {1, 0, 0, 0}, {kAsked}));
}

TEST(TruncateAnswer, TakesAnErrorWithoutAQuestion) {
  EXPECT_EQ(truncated(message(0x8001, {0, 0, 0, 0}, {})), message(0x8201, {0, 0, 0, 0}, {}));
  EXPECT_EQ(truncated(message(0x8001, {0, 0, 0, 1}, {opt()})), message(0x8201, {0, 0, 0, 1}, {opt()}));
}

TEST(TruncateAnswer, LeavesAnAnswerThatIsShortAlreadyAsItIs) {
  const Bytes already = message(kAnswerFlags | kTc, {1, 0, 0, 1}, {kAsked, opt()});
  EXPECT_EQ(truncated(already), already);
}

TEST(TruncateAnswer, ChangesNothingOfWhatIsNoWholeMessage) {
  const Bytes whole = message(kAnswerFlags, {1, 1, 0, 1}, {kAsked, txt(20), opt()});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const Bytes before = part;
    EXPECT_EQ(truncate_answer(part), 0U) << size;
    EXPECT_EQ(part, before) << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_EQ(truncate_answer(longer), 0U);
  Bytes two_questions = message(kAnswerFlags, {2, 0, 0, 0}, {kAsked, kAsked});
  EXPECT_EQ(truncate_answer(two_questions), 0U);
}

}  // namespace
}  // namespace dnsd::wire
