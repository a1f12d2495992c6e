// The model of resolvers against the planner: random histories, any mix of old and new records, at any instant.
// DNSD_SPF_HISTORIES sets how many are played.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/spf_packed_layout.h"
#include "tests/support/spf_resolvers.h"
#include "zonestore/spf/planner.h"

namespace zonestore::spf {
namespace {

using tests::packed_layout;
using tests::ResolverModel;
using tests::Second;

constexpr Second kSlack = 600;
constexpr Second kTtl = 3600;
constexpr Second kNegativeTtl = 300;

Milliseconds milliseconds(Second seconds) {
  return std::chrono::seconds(seconds);
}
Second seconds_up(Milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}
Name apex() {
  return Name::parse("spf.secutix.com").value();
}
std::string numbered_term(std::size_t index) {
  return "ip4:185.64." + std::to_string(100 + index / 100) + "." + std::to_string(100 + index % 100);
}
std::vector<std::string> numbered_terms(std::size_t count) {
  std::vector<std::string> terms;
  for (std::size_t index = 0; index < count; ++index) {
    terms.push_back(numbered_term(index));
  }
  return terms;
}

// What is published, told to the model at each commit.
class Publishing {
 public:
  Publishing() : shape_(apex()), model_(apex().to_text_no_dot()) {}

  void publish(Second now, const Bodies& bodies, Second ttl, Second negative_ttl, Second lag) {
    for (unsigned number = 0; number < kRecords; ++number) {
      const std::optional<Body>& body = bodies.at(number);
      model_.publish(now, shape_.owner(number).to_text_no_dot(),
                     body ? std::optional(shape_.text(*body)) : std::nullopt, body ? ttl : negative_ttl, lag);
    }
  }
  [[nodiscard]] const RecordShape& shape() const { return shape_; }
  ResolverModel& model() { return model_; }

 private:
  RecordShape shape_;
  ResolverModel model_;
};

// ---- the layout of before ----

std::string fault_of_packing(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  Publishing publishing;
  publishing.publish(0, packed_layout(before, apex()), kTtl, kNegativeTtl, 0);
  publishing.publish(100'000, packed_layout(after, apex()), kTtl, kNegativeTtl, 0);
  return publishing.model().fault(100'001, {after.begin(), after.end()}, 5);
}

TEST(ResolverModel, FindsThePermanentErrorWhenRecordsVanishAtOnce) {
  const std::vector<std::string> before = numbered_terms(40);
  EXPECT_NE(fault_of_packing(before, {before.begin(), before.begin() + 15}), "");
}

TEST(ResolverModel, FindsTheSenderThatMovesFromOneRecordToAnother) {
  std::vector<std::string> after = numbered_terms(40);
  after.erase(after.begin());  // one less in _1: the first of _2 takes its place
  const std::string fault = fault_of_packing(numbered_terms(40), after);
  EXPECT_NE(fault.find("does not pass"), std::string::npos) << fault;
}

TEST(ResolverModel, FindsNothingWhereNothingChanges) {
  EXPECT_EQ(fault_of_packing(numbered_terms(40), numbered_terms(40)), "");
}

// ---- the planner ----

// A store's part, as far as SPF goes: what is served, the policy, and a clock.
class History {
 public:
  History(std::uint32_t seed, bool is_diligent, Waits planted_less = {})
      : random_(seed), is_diligent_(is_diligent), planted_less_(planted_less), rules_{RecordShape(apex()), {}} {
    set_waits();
    for (Served& name : served_.names) {
      name.held_for = rules_.waits.absence;
    }
  }

  // Begins with what an older version has published, wider than there is room now.
  void begin_packed(std::size_t count) {
    const std::vector<std::string> terms = numbered_terms(count);
    served_.put(packed_layout(terms, apex()), rules_.waits);
    for (Served& name : served_.names) {
      name.earlier.clear();
    }
    for (const std::string& text : terms) {
      for (unsigned number = 0; number < kRecords; ++number) {
        if (served_.names.at(number).body && served_.names.at(number).body->has(text)) {
          wanted_.push_back({text, number, std::nullopt});
        }
      }
    }
    tell_model();
  }

  std::string run(int steps) {
    publish();
    for (int step = 0; step < steps && fault_.empty(); ++step) {
      act();
      look();
      wait(draw({0, 1, 40, 301, 900, 901, 1800, 3599, 3601, 4200, 4201, 9000}));
    }
    return fault_;
  }

  // Left alone with its timer, it comes to rest: each term in one record, and none that is left over.
  std::string come_to_rest() {
    for (int round = 0; round < 60 && fault_.empty(); ++round) {
      maintain();
      wait(draw({900, 4200, 4300}));
    }
    if (!fault_.empty()) {
      return fault_;
    }
    const Forecast last = forecast(rules_, served_, wanted_);
    if (last.next_step_in && std::none_of(wanted_.begin(), wanted_.end(), leaves)) {
      return "there is always one more step: " + difference(rules_.shape, served_.bodies(), last.next);
    }
    std::size_t standing = 0;
    for (unsigned number = 0; number < kRecords; ++number) {
      const std::optional<Body>& body = served_.names.at(number).body;
      standing += body ? body->terms.size() : 0;
      if (body && rules_.shape.weight(*body) > rules_.shape.room(number)) {
        return "too wide is " + rules_.shape.owner(number).to_text_no_dot();
      }
      if (body && number > 0 && (body->terms.empty() || !served_.apex().body->has_include(number))) {
        return "left over is " + rules_.shape.owner(number).to_text_no_dot();
      }
    }
    return standing == wanted_.size()
               ? ""
               : std::to_string(standing) + " terms stand for " + std::to_string(wanted_.size());
  }
  [[nodiscard]] std::size_t size() const { return wanted_.size(); }
  [[nodiscard]] unsigned records() const {
    const Bodies bodies = served_.bodies();
    return static_cast<unsigned>(std::count_if(bodies.begin(), bodies.end(), [](const auto& each) { return each; }));
  }

 private:
  static bool leaves(const WantedTerm& term) { return term.leaves_in.has_value(); }

  Second draw(const std::vector<Second>& from) { return from[random_() % from.size()]; }
  bool one_in(unsigned count) { return random_() % count == 0; }

  void set_waits() {
    rules_.waits = {milliseconds(ttl_ + kSlack) - planted_less_.record,
                    milliseconds(negative_ttl_ + kSlack) - planted_less_.absence};
  }

  void act() {
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        allow(1 + random_() % 3);
        break;
      case 3:
        allow(1 + random_() % 40);
        break;
      case 4:
      case 5:
        deny(1 + random_() % 3);
        break;
      case 6:
        deny(random_() % 30);
        break;
      case 7:
        deny_with_drain();
        break;
      case 8:
        change_ttls();
        break;
      case 9:
        snapshot_or_restore();
        break;
      default:
        maintain();
    }
  }

  std::string fresh_term() {
    const std::size_t number = next_term_++;
    const std::string tail = std::to_string(number);
    switch (random_() % 3) {
      case 0:
        return "ip4:9.9.9." + tail;
      case 1:
        return "ip4:185.164.100." + tail + "/30";
      default:
        return "ip6:2a01:4f8:1111:2222:3333:4444:5555:" + tail + "/127";
    }
  }

  void allow(std::size_t count) {
    WantedTerms longer = wanted_;
    if (!longer.empty() && one_in(6)) {
      longer[random_() % longer.size()].leaves_in.reset();  // allowed again
    }
    for (std::size_t index = 0; index < count; ++index) {
      longer.push_back({fresh_term(), std::nullopt, std::nullopt});
    }
    const Forecast plan = forecast(rules_, served_, longer);
    for (const TermForecast& term : plan.terms) {
      if (!term.passes_in) {
        return;  // refused: there is no room
      }
    }
    wanted_ = longer;
    publish();
    for (std::size_t index = longer.size() - count; index < longer.size(); ++index) {
      if (!plan.terms[index].after_steps || is_diligent_) {
        auto& promises = plan.terms[index].after_steps ? promised_by_steps_ : promised_;
        promises[longer[index].text] = now_ + seconds_up(*plan.terms[index].passes_in);
      }
    }
  }

  void deny(std::size_t count) {
    for (; count > 0 && !wanted_.empty(); --count) {
      const std::size_t index = one_in(3) ? wanted_.size() - 1 : random_() % wanted_.size();
      forget(wanted_[index].text);
      wanted_.erase(wanted_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    publish();
  }
  void deny_with_drain() {
    if (!wanted_.empty()) {
      wanted_[random_() % wanted_.size()].leaves_in = milliseconds(draw({60, 4000, 90'000}));
      publish();
    }
  }
  void forget(const std::string& term) {
    must_pass_.erase(term);
    promised_.erase(term);
    promised_by_steps_.erase(term);
  }

  void change_ttls() {
    promised_by_steps_.clear();  // steps that are still to come wait longer or shorter now
    ttl_ = draw({60, 3600, 7200});
    const Second negative_ttl = draw({1, 300, 3600});
    set_waits();
    for (Served& name : served_.names) {
      if (name.body) {
        name.held_for = std::max(name.held_for, milliseconds(ttl_ + kSlack) - planted_less_.record);
      } else if (negative_ttl != negative_ttl_) {
        name.earlier.push_back({std::nullopt, std::max(name.held_for, Milliseconds(1))});
      }
    }
    negative_ttl_ = negative_ttl;
    set_waits();
    for (Served& name : served_.names) {
      name.held_for = name.body ? name.held_for : rules_.waits.absence;
    }
    publish();
  }

  // What is served is the live store's, the terms are the backup's.
  void snapshot_or_restore() {
    if (one_in(2) || backup_.empty()) {
      backup_ = wanted_;
      return;
    }
    promised_by_steps_.clear();
    WantedTerms restored = backup_;
    for (WantedTerm& term : restored) {
      const auto live = std::find_if(wanted_.begin(), wanted_.end(),
                                     [&term](const WantedTerm& each) { return each.text == term.text; });
      term.home = live == wanted_.end() ? std::nullopt : live->home;
      term.leaves_in.reset();
    }
    for (const WantedTerm& term : wanted_) {
      if (std::none_of(restored.begin(), restored.end(),
                       [&term](const WantedTerm& each) { return each.text == term.text; })) {
        forget(term.text);
      }
    }
    wanted_ = restored;
    publish();
  }

  void maintain() { publish(); }

  void publish() {
    for (const WantedTerm& term : wanted_) {
      if (term.leaves_in && *term.leaves_in <= Milliseconds{0}) {
        forget(term.text);
      }
    }
    wanted_ = settled(rules_.shape, served_.bodies(), wanted_);
    const Bodies next = next_bodies(rules_, served_, wanted_);
    served_.put(next, rules_.waits);
    if (next_bodies(rules_, served_, settled(rules_.shape, served_.bodies(), wanted_)) != next) {
      fault_ = "a second run at once finds more to do: " +
               difference(rules_.shape, next, next_bodies(rules_, served_, wanted_));
    }
    tell_model();
  }
  void tell_model() {
    publishing_.publish(now_, served_.bodies(), ttl_, negative_ttl_,
                        std::uniform_int_distribution<Second>(0, kSlack)(random_));
  }

  void wait(Second time) {
    while (time > 0 && fault_.empty()) {
      Second next = time;
      if (is_diligent_) {
        if (const auto step = forecast(rules_, served_, wanted_).next_step_in) {
          next = std::min(next, std::max<Second>(seconds_up(*step), 1));
        }
      }
      served_.pass(milliseconds(next));
      for (WantedTerm& term : wanted_) {
        if (term.leaves_in) {
          *term.leaves_in -= milliseconds(next);
        }
      }
      now_ += next;
      time -= next;
      if (is_diligent_) {
        publish();
      }
      look();
    }
  }

  void look() {
    for (const WantedTerm& term : wanted_) {
      if (served_.passes_in(term.text) == Milliseconds{0} || is_promised(promised_, term.text) ||
          is_promised(promised_by_steps_, term.text)) {
        must_pass_.insert(term.text);
      }
    }
    if (fault_.empty()) {
      fault_ = publishing_.model().fault(now_, must_pass_, served_.most_lookups());
    }
  }

  [[nodiscard]] bool is_promised(const std::map<std::string, Second>& promises, const std::string& term) const {
    const auto found = promises.find(term);
    return found != promises.end() && found->second <= now_;
  }

  std::mt19937 random_;
  bool is_diligent_;
  Waits planted_less_;
  ZoneRules rules_;
  Publishing publishing_;
  ServedZone served_;
  WantedTerms wanted_;
  WantedTerms backup_;
  Second now_ = 1'000'000;
  Second ttl_ = kTtl;
  Second negative_ttl_ = kNegativeTtl;
  std::size_t next_term_ = 0;
  std::set<std::string> must_pass_;
  std::map<std::string, Second> promised_;
  std::map<std::string, Second> promised_by_steps_;  // if each step is taken when it is due
  std::string fault_;
};

constexpr int kSteps = 60;

std::uint32_t histories() {
  const char* text = std::getenv("DNSD_SPF_HISTORIES");
  return text == nullptr ? 16 : static_cast<std::uint32_t>(std::stoul(text));
}

TEST(Resolvers, AllowedSendersPassEverywhereWhateverIsDoneAndWheneverMaintainRuns) {
  std::size_t most_terms = 0;
  for (std::uint32_t seed = 0; seed < histories(); ++seed) {
    History history(seed, seed % 2 == 0);
    ASSERT_EQ(history.run(kSteps), "") << "seed " << seed;
    most_terms = std::max(most_terms, history.size());
    ASSERT_EQ(history.come_to_rest(), "") << "seed " << seed;
  }
  EXPECT_GT(most_terms, 40U) << "the histories are too small to need several records";
}

TEST(Resolvers, AStoreThatWasLaidOutWiderMovesThereUnseen) {
  for (std::uint32_t seed = 0; seed < histories(); ++seed) {
    History history(seed, true);
    history.begin_packed(10 + seed % 16 * 5);
    ASSERT_EQ(history.come_to_rest(), "") << "seed " << seed;
    ASSERT_EQ(history.run(kSteps / 2), "") << "seed " << seed;
  }
}

int faults_with(Waits planted_less) {
  int faults = 0;
  for (std::uint32_t seed = 0; seed < histories(); ++seed) {
    faults += History(seed, seed % 2 == 0, planted_less).run(kSteps).empty() ? 0 : 1;
  }
  return faults;
}

TEST(ResolverModel, FindsWaitsThatAreTooShort) {
  EXPECT_GT(faults_with({milliseconds(kSlack + 300), Milliseconds{0}}), 0) << "an old record that is still held";
  EXPECT_GT(faults_with({Milliseconds{0}, milliseconds(kSlack + 1)}), 0) << "an absence that is still held";
}

}  // namespace
}  // namespace zonestore::spf
