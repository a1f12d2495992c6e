// Which term stands in which record, step by step, on a clock of the test's own.
#include "zonestore/spf/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore::spf {
namespace {

using ::testing::HasSubstr;

constexpr Milliseconds kTtlAndSlack = std::chrono::seconds(4200);
constexpr Milliseconds kAbsenceAndSlack = std::chrono::seconds(900);

std::vector<std::string> numbered(std::size_t count, std::size_t first = 0) {
  std::vector<std::string> terms;
  for (std::size_t index = first; index < first + count; ++index) {
    terms.push_back("ip4:185.64." + std::to_string(100 + index / 100) + "." + std::to_string(100 + index % 100));
  }
  return terms;
}

class Planner : public ::testing::Test {
 protected:
  Planner() {
    for (Served& name : served_.names) {
      name.held_for = kAbsenceAndSlack;
    }
    publish();
    pass(kTtlAndSlack);
  }

  void publish() {
    wanted_ = settled(rules_.shape, served_.bodies(), wanted_);
    served_.put(next_bodies(rules_, served_, wanted_), rules_.waits);
  }
  void pass(Milliseconds time) {
    served_.pass(time);
    for (WantedTerm& term : wanted_) {
      if (term.leaves_in) {
        *term.leaves_in -= time;
      }
    }
  }
  void allow(const std::vector<std::string>& terms) {
    for (const std::string& term : terms) {
      wanted_.push_back({term, std::nullopt, std::nullopt});
    }
    publish();
  }
  void deny(const std::vector<std::string>& terms) {
    std::erase_if(wanted_, [&terms](const WantedTerm& each) {
      return std::find(terms.begin(), terms.end(), each.text) != terms.end();
    });
    publish();
  }
  void rest() {
    for (int round = 0; round < 20; ++round) {
      publish();
      pass(kTtlAndSlack);
    }
  }
  [[nodiscard]] std::string text(unsigned number) const {
    const std::optional<Body>& body = served_.names.at(number).body;
    return body ? rules_.shape.text(*body) : "absent";
  }
  [[nodiscard]] const Body& body(unsigned number) const { return *served_.names.at(number).body; }
  Forecast now() { return forecast(rules_, served_, wanted_); }

  ZoneRules rules_{RecordShape(Name::parse("spf.secutix.com").value()), {kTtlAndSlack, kAbsenceAndSlack}};
  ServedZone served_;
  WantedTerms wanted_;
};

TEST_F(Planner, HasARecordWithoutAnyTerm) {
  EXPECT_EQ(text(0), "v=spf1 ~all");
  EXPECT_EQ(text(1), "absent");
  EXPECT_EQ(now().next_step_in, std::nullopt);
}

TEST_F(Planner, AllowsAtOnceWhereThereIsRoomAndSaysWhenItIsSafe) {
  allow({"ip4:192.28.148.112"});
  EXPECT_EQ(text(0), "v=spf1 ip4:192.28.148.112 ~all");
  EXPECT_EQ(now().terms.at(0).passes_in, kTtlAndSlack);
  EXPECT_FALSE(now().terms.at(0).after_steps);
  EXPECT_EQ(now().next_step_in, std::nullopt);
}

TEST_F(Planner, DeniesAtOnceAndKeepsTheRecord) {
  allow({"ip4:192.28.148.112"});
  deny({"ip4:192.28.148.112"});
  EXPECT_EQ(text(0), "v=spf1 ~all");
}

TEST_F(Planner, MakesANewRecordKnownBeforeTheApexIncludesIt) {
  allow(numbered(22));
  pass(kTtlAndSlack);
  const std::string before = text(0);
  allow({"ip4:185.165.100.100"});
  EXPECT_EQ(text(0), before);
  EXPECT_THAT(text(1), HasSubstr("ip4:185.165.100.100"));
  EXPECT_EQ(now().next_step_in, kAbsenceAndSlack);
  EXPECT_EQ(now().terms.back().passes_in, kAbsenceAndSlack + kTtlAndSlack);
  EXPECT_TRUE(now().terms.back().after_steps);
  pass(kAbsenceAndSlack - Milliseconds(1));
  publish();
  EXPECT_EQ(text(0), before);
  pass(Milliseconds(1));
  publish();
  EXPECT_THAT(text(0), HasSubstr(" include:_1.spf.secutix.com ~all"));
  EXPECT_EQ(now().terms.back().passes_in, kTtlAndSlack);
}

TEST_F(Planner, MovesTermsOutOfAFullApexOnlyOnceTheyAreFoundElsewhere) {
  allow(numbered(22));
  pass(kTtlAndSlack);
  allow({"ip4:185.165.100.100"});
  const std::vector<std::string> moved = body(1).terms;
  ASSERT_GT(moved.size(), 1U) << "the include needs room";
  for (const std::string& term : moved) {
    EXPECT_EQ(body(0).has(term), term != "ip4:185.165.100.100") << term;
  }
  pass(kAbsenceAndSlack);
  publish();
  for (const std::string& term : moved) {
    EXPECT_FALSE(body(0).has(term)) << term;
    EXPECT_TRUE(body(1).has(term)) << term;
  }
}

TEST_F(Planner, KeepsEveryTermInItsRecordWhenOthersAreDenied) {
  allow(numbered(60));
  rest();
  ASSERT_TRUE(served_.names[2].body);
  const Bodies before = served_.bodies();
  deny({before[0]->terms[0], before[1]->terms[0]});
  for (unsigned number = 0; number < kRecords; ++number) {
    for (const std::string& term : before.at(number) ? before.at(number)->terms : std::vector<std::string>{}) {
      const bool denied = term == before[0]->terms[0] || term == before[1]->terms[0];
      EXPECT_EQ(body(number).has(term), !denied) << term;
    }
  }
}

TEST_F(Planner, FillsHolesFirst) {
  allow(numbered(60));
  rest();
  const std::string gone = body(1).terms[0];
  const std::string gone_too = body(1).terms[1];
  deny({gone, gone_too});
  allow({"ip4:185.165.100.100"});
  EXPECT_TRUE(body(1).has("ip4:185.165.100.100"));
}

TEST_F(Planner, KeepsARecordThatIsLeftOverUntilNobodyAsksForIt) {
  const std::vector<std::string> terms = numbered(40);
  allow(terms);
  rest();
  ASSERT_TRUE(body(0).has_include(1));
  deny({terms.begin() + 15, terms.end()});
  EXPECT_EQ(text(1), "v=spf1 ~all");
  EXPECT_FALSE(body(0).has_include(1));
  EXPECT_EQ(served_.most_lookups(), 2U) << "an apex that includes it may still be held";
  EXPECT_EQ(now().next_step_in, kTtlAndSlack);
  pass(kTtlAndSlack - Milliseconds(1));
  publish();
  EXPECT_EQ(text(1), "v=spf1 ~all");
  pass(Milliseconds(1));
  publish();
  EXPECT_EQ(text(1), "absent");
  EXPECT_EQ(served_.most_lookups(), 1U);
}

TEST_F(Planner, UsesARecordThatIsLeftOverAgainWithoutWaiting) {
  const std::vector<std::string> terms = numbered(40);
  allow(terms);
  rest();
  deny({terms.begin() + 15, terms.end()});
  allow(numbered(15, 100));
  EXPECT_TRUE(body(0).has_include(1));
}

TEST_F(Planner, GoesBackIntoOneRecordByWayOfBoth) {
  const std::vector<std::string> terms = numbered(40);
  allow(terms);
  rest();
  const std::vector<std::string> of_apex = body(0).terms;
  const std::string stays = body(1).terms[0];
  std::vector<std::string> denied(of_apex.begin(), of_apex.begin() + 10);
  denied.insert(denied.end(), body(1).terms.begin() + 1, body(1).terms.end());
  deny(denied);
  EXPECT_TRUE(body(0).has(stays));
  EXPECT_TRUE(body(1).has(stays));
  pass(kTtlAndSlack - Milliseconds(1));
  publish();
  EXPECT_TRUE(body(1).has(stays));
  pass(Milliseconds(1));
  publish();
  EXPECT_EQ(text(1), "v=spf1 ~all");
  rest();
  EXPECT_EQ(text(1), "absent");
  EXPECT_EQ(body(0).terms.size(), of_apex.size() - 10 + 1);
}

TEST_F(Planner, TakesATermOutWhenItsDrainHasEnded) {
  allow({"ip4:185.165.100.100", "ip4:9.9.9.10"});
  wanted_[0].leaves_in = std::chrono::hours(168);
  publish();
  EXPECT_TRUE(body(0).has("ip4:185.165.100.100"));
  EXPECT_EQ(now().next_step_in, std::chrono::hours(168));
  pass(std::chrono::hours(168));
  publish();
  EXPECT_EQ(text(0), "v=spf1 ip4:9.9.9.10 ~all");
}

TEST_F(Planner, FillsTheRecordsToTheLastAndRefusesWhatHasNoRoom) {
  std::size_t count = 0;
  for (;; ++count) {
    WantedTerms more = wanted_;
    more.push_back({numbered(1, count).front(), std::nullopt, std::nullopt});
    const Forecast plan = forecast(rules_, served_, more);
    if (!plan.terms.back().passes_in) {
      break;
    }
    wanted_ = more;
    publish();
    ASSERT_LT(count, 200U);
  }
  EXPECT_GT(count, 100U);
  rest();
  EXPECT_EQ(served_.most_lookups(), 1 + kMaxIncludes);
  for (unsigned number = 0; number < kRecords; ++number) {
    EXPECT_LE(answer_bytes(rules_.shape.owner(number), text(number).size()), 494U);
  }
  for (const TermForecast& term : now().terms) {
    EXPECT_EQ(term.passes_in, Milliseconds{0});
  }
}

TEST_F(Planner, MakesRoomForALongTermByMovingAShortOne) {
  // Full but for holes of one short term each: together they are enough for a long one.
  std::size_t count = 0;
  while (count < 200) {
    WantedTerms more = wanted_;
    more.push_back({numbered(1, count).front(), std::nullopt, std::nullopt});
    if (!forecast(rules_, served_, more).terms.back().passes_in) {
      break;
    }
    wanted_ = more;
    publish();
    ++count;
  }
  rest();
  deny({body(1).terms[3], body(2).terms[3], body(3).terms[3]});
  rest();
  const std::string longer = "ip6:2a01:4f8:1111:2222:3333:4444:5555:6666";
  WantedTerms more = wanted_;
  more.push_back({longer, std::nullopt, std::nullopt});
  const Forecast plan = forecast(rules_, served_, more);
  ASSERT_TRUE(plan.terms.back().passes_in);
  allow({longer});
  rest();
  EXPECT_EQ(served_.passes_in(longer), Milliseconds{0});
}

TEST_F(Planner, TellsWhatAStepChanges) {
  allow(numbered(22));
  pass(kTtlAndSlack);
  const Bodies before = served_.bodies();
  allow({"ip4:185.165.100.100"});
  EXPECT_THAT(difference(rules_.shape, before, served_.bodies()),
              HasSubstr("_1.spf.secutix.com is new; _1.spf.secutix.com gets "));
  const Forecast next = now();
  const std::string what = difference(rules_.shape, served_.bodies(), next.next);
  EXPECT_THAT(what, HasSubstr("spf.secutix.com loses "));
  EXPECT_THAT(what, HasSubstr("spf.secutix.com includes _1.spf.secutix.com"));
}

}  // namespace
}  // namespace zonestore::spf
