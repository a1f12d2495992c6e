// Looks into the DNS that come and go, under virtual time: what a check reports, what its second look makes of it,
// what is kept, and whether a rotation may follow. No store, no server; each step is judged against a ledger that
// knows true time alone.
#include <map>

#include <gtest/gtest.h>

#include "tests/scenario/evidence/dns_world.h"
#include "tests/scenario/evidence/ledger.h"
#include "tests/scenario/lifecycle/timeline.h"
#include "tools/zonectl/look/second_look.h"
#include "zonestore/judgement/evidence_rules.h"
#include "zonestore/judgement/rotation_judgement.h"

namespace tests::evidence {
namespace {

using lifecycle::kDay;
using lifecycle::kHour;
using lifecycle::kMinute;
using lifecycle::kSecond;
using lifecycle::Millis;
using zonestore::EvidenceView;
using zonestore::Guard;
using zonestore::ServerEvidenceView;
using zonestore::dkim::SlotId;

// What a store keeps of looks, in memory.
class Memory {
 public:
  void record(const zonestore::Look& look, const std::vector<zonestore::ServerEvidence>& servers) {
    for (const zonestore::Evidence& each : look.evidence) {
      const auto key = std::pair(each.domain ? each.domain->to_text() : "", each.subject);
      const auto before = known_.find(key);
      std::optional<EvidenceView> now = known_after(
          before == known_.end() ? std::nullopt : std::optional(before->second), each, look.seen, name_servers());
      if (now) {
        known_.insert_or_assign(key, *std::move(now));
      }
      delegated_ = delegated_ || shows_delegation(each);
    }
    for (const zonestore::ServerEvidence& each : servers) {
      const auto before = servers_.find(each.server);
      if (replaces(each, before == servers_.end() ? std::nullopt : std::optional(before->second))) {
        servers_.insert_or_assign(each.server, ServerEvidenceView{each, look.seen});
      }
    }
  }
  [[nodiscard]] std::vector<EvidenceView> known() const {
    std::vector<EvidenceView> all;
    for (const auto& [key, view] : known_) {
      all.push_back(view);
    }
    return all;
  }
  [[nodiscard]] std::vector<ServerEvidenceView> known_servers() const {
    std::vector<ServerEvidenceView> all;
    for (const auto& [server, view] : servers_) {
      all.push_back(view);
    }
    return all;
  }
  [[nodiscard]] bool is_known_right(const std::optional<zonestore::Name>& of, const std::string& subject) const {
    const auto found = known_.find(std::pair(of ? of->to_text() : "", subject));
    return found != known_.end() && found->second.verdict == zonestore::Verdict::kOk;
  }
  [[nodiscard]] zonestore::OwnServers own_servers() const {
    zonestore::OwnServers servers;
    servers.delegated = delegated_;
    servers.named = name_servers();
    for (const auto& [name, view] : servers_) {
      if (view.verdict == zonestore::Verdict::kLagging) {
        servers.lagging.push_back({name, view.verdict, view.serial, view.detail, view.seen});
      }
    }
    return servers;
  }

 private:
  std::map<std::pair<std::string, std::string>, EvidenceView> known_;
  std::map<std::string, ServerEvidenceView> servers_;
  bool delegated_ = false;
};

class Years {
 public:
  explicit Years(std::uint64_t seed) : world_(seed) {}

  void play(int events) {
    for (int i = 0; i < events && !::testing::Test::HasFailure(); ++i) {
      pass_time();
      if (world_.one_in(4)) {
        world_.turn();
      }
      if (world_.one_in(60)) {
        world_.publish_another_key();
        ledger_.begin_another_key();
        ++happened_["another key"];
      }
      if (!world_.one_in(4)) {
        look();
      }
      judge(true);
      judge(false);
    }
  }
  [[nodiscard]] const std::map<std::string, int>& happened() const { return happened_; }

 private:
  // Some hours, as the timer has it; now and then the timer is off for days, or for a year.
  void pass_time() {
    timeline_.run(static_cast<Millis>(world_.below(12 * kHour)));
    if (world_.one_in(40)) {
      timeline_.run(world_.one_in(10) ? 400 * kDay : static_cast<Millis>(world_.below(5 * kDay)));
    }
    if (world_.one_in(50)) {
      turn_a_clock();
    }
  }

  void turn_a_clock() {
    ++happened_["clock turned"];
    disturbed_ = timeline_.now().truly;
    switch (world_.below(3)) {
      case 0:
        timeline_.step_wall(static_cast<Millis>(world_.below(4 * kDay)) - 2 * kDay);
        break;
      case 1:
        timeline_.synchronise();
        break;
      default:
        timeline_.reboot(kMinute);
        disturbed_ = timeline_.now().truly;
    }
  }

  void look() {
    const DnsWorld::Seen first = world_.look(moment_of(timeline_));
    DnsWorld::Seen kept = first;
    const bool again = zonectl::look::has_turned_bad(first.report, memory_.known());
    const bool servers_again = zonectl::look::has_turned_bad(first.servers, memory_.known_servers());
    if (again || servers_again) {
      timeline_.run(5 * kSecond);
      const DnsWorld::Seen second = world_.look(moment_of(timeline_));
      ++happened_["second look"];
      if (again) {
        kept.report = zonectl::look::agreed(first.report, second.report, memory_.known());
      }
      if (servers_again) {
        kept.servers = zonectl::look::agreed(first.servers, second.servers, memory_.known_servers());
      }
    }
    expect_no_harm_by_hiccups(kept.report);
    memory_.record(look_of(kept.report), kept.servers);
    std::array<Sight, kServers> servers{};
    for (std::size_t i = 0; i < kServers; ++i) {
      const zonestore::Verdict verdict = kept.servers.at(i).verdict;
      servers.at(i) = verdict == zonestore::Verdict::kOk        ? Sight::kRight
                      : verdict == zonestore::Verdict::kLagging ? Sight::kWrong
                                                                : Sight::kSilent;
    }
    ledger_.write_down(sights_in(kept.report), servers, seen_truly(kept.report));
  }

  // A report's moment on the true line: it is of now, or of the look some seconds ago.
  [[nodiscard]] Millis seen_truly(const zonectl::probe::Report& report) const {
    return timeline_.now().truly - (moment_of(timeline_).since_boot - report.as_of.since_boot).count();
  }

  // What was right and still is does not turn bad by what fails once.
  void expect_no_harm_by_hiccups(const zonectl::probe::Report& kept) {
    const Sights& truth = world_.truth();
    const Sights seen = sights_in(kept);
    const auto is_wrong = [](Sight sight) { return sight == Sight::kWrong; };
    const bool is_own_side_right =
        std::none_of(truth.servers.begin(), truth.servers.end(), is_wrong) &&
        std::find(truth.servers.begin(), truth.servers.end(), Sight::kRight) != truth.servers.end();
    if (is_own_side_right && memory_.is_known_right(std::nullopt, "sel2")) {
      EXPECT_TRUE(std::none_of(seen.servers.begin(), seen.servers.end(), is_wrong));
    }
    if (truth.cname == Sight::kRight && memory_.is_known_right(domain(), "sel2")) {
      EXPECT_NE(seen.cname, Sight::kWrong);
    }
    if (truth.answer == Sight::kRight && memory_.is_known_right(domain(), "sel2-answer")) {
      EXPECT_NE(seen.answer, Sight::kWrong);
    }
  }

  [[nodiscard]] zonestore::RotationFacts facts() const {
    zonestore::RotationFacts facts;
    facts.code = "mosa";
    facts.dkim_zone = dkim_zone();
    facts.lifecycle.active = SlotId::kSel1;
    for (const SlotId slot : zonestore::dkim::kSlots) {
      auto& held = facts.lifecycle.slots.emplace_back();
      held.slot = slot;
      held.has_key = true;
    }
    facts.domains = {domain()};
    facts.keys = {zonestore::TargetKey{"another", zonestore::Serial{1}},
                  zonestore::TargetKey{world_.key_id(), world_.published()}};
    facts.evidence = memory_.known();
    facts.servers = memory_.own_servers();
    return facts;
  }

  void judge(bool by_policy) {
    const auto judged = may_rotate(facts(), {.by_policy = by_policy}, zonestore::Now{moment_of(timeline_)});
    const std::optional<Guard> guard =
        judged.refusal ? std::optional(judged.refusal->refusal.value().guard) : std::nullopt;
    const std::optional<Guard> bad = ledger_.bad_news();
    SCOPED_TRACE((by_policy ? "by policy, at " : "by hand, at ") + std::to_string(timeline_.now().truly) +
                 (judged.refusal ? ": " + judged.refusal->message : ": allowed"));
    ++happened_[guard ? std::string(guard_code(*guard)) : "allowed"];
    if (bad && (by_policy || ledger_.is_delegated())) {
      EXPECT_EQ(guard, bad);
    } else if (by_policy) {
      judge_age(guard);
    } else {
      EXPECT_EQ(guard, std::nullopt) << "what nobody has seen lately stops no operator";
    }
  }

  // By policy, with no bad news: good news counts for a day, and where clocks were turned since then it may count for
  // less, never for more.
  void judge_age(const std::optional<Guard>& guard) {
    const std::optional<Millis> since = ledger_.all_right_since();
    const bool is_fresh = since && timeline_.now().truly - *since <= kDay;
    if (!is_fresh) {
      EXPECT_EQ(guard, Guard::kUnseen);
    } else if (*since >= disturbed_) {
      EXPECT_EQ(guard, std::nullopt);
    } else {
      EXPECT_TRUE(!guard || guard == Guard::kUnseen);
      happened_["fresh, but of unknown age"] += guard ? 1 : 0;
    }
  }

  DnsWorld world_;
  lifecycle::Timeline timeline_;
  Millis disturbed_ = 0;
  Memory memory_;
  Ledger ledger_;
  std::map<std::string, int> happened_;
};

TEST(EvidenceOfYears, GoodNewsAgesAndBadNewsStands) {
  std::map<std::string, int> happened;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Years years(seed);
    years.play(2'500);
    ASSERT_FALSE(HasFailure());
    for (const auto& [what, count] : years.happened()) {
      happened[what] += count;
    }
  }
  for (const char* const what : {"allowed", "E_UNSEEN", "E_NS_LAG", "E_CNAME_MISSING", "second look", "another key",
                                 "clock turned", "fresh, but of unknown age"}) {
    EXPECT_GT(happened[what], 10) << what << ": the test has seen nothing of it";
    RecordProperty(what, happened[what]);
  }
}

}  // namespace
}  // namespace tests::evidence
