#include "dnsd/serve/answer_limit.h"

#include <memory>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::serve {
namespace {

using namespace std::chrono_literals;
using answer::Answered;
using answer::AnswerKind;
using ::testing::HasSubstr;
using zonestore::Bytes;

constexpr unsigned kTc = 0x0200;
const Bytes kClient{192, 0, 2, 77};

class AnswerLimitTest : public ::testing::Test {
 protected:
  struct Sent {
    unsigned whole = 0;
    unsigned truncated = 0;
    unsigned nothing = 0;
  };

  AnswerLimitTest() {
    settings_.answers_per_second = 10;
    shared_.emplace(settings_);
    limit_.emplace(*shared_, counters_, log_);
    limit_->begin_batch(kStart);
  }

  // A TXT answer of the usual look, passed so often.
  Sent pass(unsigned times, const Answered& kind = {0, AnswerKind::kPositive, 42}, const Bytes& client = kClient) {
    Sent sent;
    for (unsigned index = 0; index < times; ++index) {
      Bytes bytes = answer_bytes();
      Answered made = kind;
      made.size = bytes.size();
      bytes.resize(limit_->pass(bytes, made, client));
      if (bytes.empty()) {
        ++sent.nothing;
      } else if (bytes == answer_bytes()) {
        ++sent.whole;
      } else {
        EXPECT_EQ(bytes, test::message(0x8400 | kTc, {1, 0, 0, 1}, {question_, test::opt()}));
        ++sent.truncated;
      }
    }
    return sent;
  }

  [[nodiscard]] Bytes answer_bytes() const {
    const Bytes txt = test::record(Bytes{0xC0, 12}, 16, 1, 3600, Bytes(100, 'x'));
    return test::message(0x8400, {1, 1, 0, 1}, {question_, txt, test::opt()});
  }

  [[nodiscard]] unsigned lines() const {
    const std::string text = log_text_.str();
    return static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
  }

  static constexpr AnswerLimit::Time kStart = 1000s;
  const Bytes question_ = test::question(test::name("sel1-mosa.example"));
  std::ostringstream log_text_;
  util::Log log_{util::LogLevel::kInfo, std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text_)};
  limit::Settings settings_;
  metrics::AnswerCounters counters_;
  std::optional<SharedLimit> shared_;
  std::optional<AnswerLimit> limit_;
};

TEST_F(AnswerLimitTest, SendsHalfOfWhatIsBeyondTheLimitTruncatedAndTheRestNotAtAll) {
  const Sent sent = pass(30);
  EXPECT_EQ(sent.whole, 10U);
  EXPECT_EQ(sent.truncated, 10U);
  EXPECT_EQ(sent.nothing, 10U);
  EXPECT_EQ(counters_.limited_slipped.read(), 10U);
  EXPECT_EQ(counters_.limited_dropped.read(), 10U);
}

TEST_F(AnswerLimitTest, TakesTheTimeOfTheBatch) {
  EXPECT_EQ(pass(30).whole, 10U);
  limit_->begin_batch(kStart + 500ms);
  EXPECT_EQ(pass(30).whole, 5U);
}

TEST_F(AnswerLimitTest, ExemptsAClientWithAValidCookie) {
  const Answered known{0, AnswerKind::kPositive, 42, true};
  EXPECT_EQ(pass(50, known).whole, 50U);
  EXPECT_EQ(pass(50).whole, 10U) << "nor does it use up what others of its prefix have";
}

TEST_F(AnswerLimitTest, CountsKindsAndIdentitiesApart) {
  EXPECT_EQ(pass(30).whole, 10U);
  EXPECT_EQ(pass(30, {0, AnswerKind::kNxDomain, 42}).whole, 10U);
  EXPECT_EQ(pass(30, {0, AnswerKind::kPositive, 43}).whole, 10U);
}

TEST_F(AnswerLimitTest, SaysWhenItIsAllAnswersOfAPrefix) {
  settings_.all_answers_per_second = 15;
  shared_.emplace(settings_);
  limit_.emplace(*shared_, counters_, log_);
  limit_->begin_batch(kStart);
  EXPECT_EQ(pass(10).whole, 10U);
  EXPECT_EQ(pass(10, {0, AnswerKind::kNxDomain, 1}).whole, 5U);
  limit_->begin_batch(kStart);
  EXPECT_THAT(log_text_.str(), HasSubstr("client=192.0.2.0/24 answers=all dropped=3 slipped=2"));
  const Answered known{0, AnswerKind::kPositive, 42, true};
  EXPECT_EQ(pass(50, known).whole, 50U) << "a valid cookie exempts from both";
}

TEST_F(AnswerLimitTest, LetsSilenceBe) {
  EXPECT_EQ(limit_->pass({}, Answered{}, kClient), 0U);
  EXPECT_EQ(counters_.limited_dropped.read(), 0U);
}

TEST_F(AnswerLimitTest, SaysWhoIsLimitedAtMostOnceAMinute) {
  EXPECT_EQ(pass(10).whole, 10U);
  limit_->begin_batch(kStart);
  EXPECT_EQ(lines(), 0U);
  (void)pass(7, {0, AnswerKind::kNxDomain, 1});
  (void)pass(20, {0, AnswerKind::kNxDomain, 1});
  EXPECT_EQ(lines(), 0U) << "nothing is logged while a batch is answered";
  limit_->begin_batch(kStart + 1s);
  EXPECT_THAT(log_text_.str(),
              HasSubstr("event=rate_limited client=192.0.2.0/24 answers=nxdomain dropped=9 slipped=8"));
  for (AnswerLimit::Time now = kStart + 2s; now < kStart + 60s; now += 1s) {
    (void)pass(100);
    limit_->begin_batch(now);
    ASSERT_EQ(lines(), 1U) << now.count();
  }
  limit_->begin_batch(kStart + 61s);
  (void)pass(100);
  limit_->begin_batch(kStart + 61s);
  EXPECT_EQ(lines(), 2U);
}

TEST_F(AnswerLimitTest, WritesAnIPv6PrefixAsPeopleDo) {
  Bytes client{0x20, 1, 0x0D, 0xB8, 0, 1, 2, 3};
  client.resize(16);
  (void)pass(20, {0, AnswerKind::kReferral, 42}, client);
  limit_->begin_batch(kStart);
  EXPECT_THAT(log_text_.str(), HasSubstr("client=2001:db8:1:200::/56 answers=referral"));
}

}  // namespace
}  // namespace dnsd::serve
