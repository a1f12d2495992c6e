// SPF over a real store: waits that a clock ends, drains, guards, layouts of before, restores.
#include "zonestore/operations/policy/spf_policy.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/support/spf_packed_layout.h"
#include "tests/support/store_fixture.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/views/troubles.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/rows/spf_rows.h"

namespace zonestore {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::refusal_of;

class SpfPolicy : public tests::StoreFixture {
 protected:
  static std::vector<std::string> numbered(std::size_t count, std::size_t first = 0) {
    std::vector<std::string> texts;
    for (std::size_t index = first; index < first + count; ++index) {
      texts.push_back("ip4:185.64." + std::to_string(100 + index / 100) + "." + std::to_string(100 + index % 100));
    }
    return texts;
  }
  static std::vector<spf::Term> terms(const std::vector<std::string>& texts) {
    std::vector<spf::Term> parsed;
    for (const std::string& text : texts) {
      parsed.push_back(spf::Term::parse(text).value());
    }
    return parsed;
  }
  SpfChanged allow(const std::vector<std::string>& texts) {
    const auto changed = spf_allow(*store_, context_, terms(texts));
    EXPECT_TRUE(changed) << changed.error().message;
    return changed ? *changed : SpfChanged{};
  }
  SpfChanged deny(const std::vector<std::string>& texts, std::optional<Seconds> drain = std::nullopt) {
    const auto changed = spf_deny(*store_, context_, terms(texts), drain);
    EXPECT_TRUE(changed) << changed.error().message;
    return changed ? *changed : SpfChanged{};
  }
  SpfView show_spf() { return spf_show(*store_).value(); }
  std::vector<MaintainStep> steps_of_maintain() {
    const auto done = maintain(*store_, context_);
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->failures.empty()) << done->failures.front();
    return done ? done->steps : std::vector<MaintainStep>{};
  }
  void rest() {
    for (int round = 0; round < 8; ++round) {
      clock_.advance(seconds(4200));
      steps_of_maintain();
    }
  }
  [[nodiscard]] WallTime wall() const { return clock_.now().wall; }
  // The zone's own text, as a server gets it.
  std::string served(unsigned number) {
    const PublishedZone zone = store_->impl().published(store_->spf_zone());
    const spf::RecordShape shape(zone.apex);
    const auto set = find_record_set(store_->impl().connection, zone, shape.owner(number), RecordType::kTxt);
    return set ? txt_joined(set->rdata.at(0)).value() : "absent";
  }
  const SpfTermView& detail(const SpfView& view, const std::string& term) {
    const auto found =
        std::find_if(view.details.begin(), view.details.end(), [&](const auto& each) { return each.term == term; });
    EXPECT_NE(found, view.details.end());
    return *found;
  }

  // As a version of before has left it: published in one go, without homes or versions.
  void lay_out_as_before(const std::vector<std::string>& texts) {
    db::Connection& connection = store_->impl().connection;
    db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
    connection.execute("DELETE FROM spf_term; DELETE FROM spf_version");
    for (const std::string& text : texts) {
      rows::insert_spf_term(connection, {text}, wall());
    }
    const PublishedZone zone = store_->impl().published(store_->spf_zone());
    const spf::RecordShape shape(zone.apex);
    const spf::Bodies bodies = tests::packed_layout(texts, zone.apex);
    ZoneChange change(connection, zone.id);
    for (unsigned number = 0; number < spf::kRecords; ++number) {
      if (bodies.at(number)) {
        change.put(
            RecordSet{shape.owner(number), RecordType::kTxt, Ttl{3600}, {txt_rdata(shape.text(*bodies.at(number)))}});
      }
    }
    (void)change.commit(wall());
    transaction.commit();
  }
};

TEST_F(SpfPolicy, AllowSaysFromWhenItIsSafeAndShowUntilThen) {
  const SpfChanged changed = allow({"ip4:192.28.148.112"});
  EXPECT_EQ(detail(changed.spf, "ip4:192.28.148.112").safe_from, wall() + seconds(3600 + 600));
  clock_.advance(seconds(4199));
  EXPECT_TRUE(detail(show_spf(), "ip4:192.28.148.112").safe_from);
  clock_.advance(seconds(1));
  EXPECT_FALSE(detail(show_spf(), "ip4:192.28.148.112").safe_from);
  EXPECT_TRUE(detail(show_spf(), "ip4:192.28.148.112").has_room);
}

TEST_F(SpfPolicy, AStepOfTheWallClockMakesNothingSafeEarly) {
  allow({"ip4:192.28.148.112"});
  clock_.step_wall(hours(30 * 24));
  EXPECT_TRUE(detail(show_spf(), "ip4:192.28.148.112").safe_from);
}

TEST_F(SpfPolicy, ADeniedRecordStaysUntilNobodyAsksForItAndMaintainTakesItOut) {
  const std::vector<std::string> all = numbered(40);
  allow(all);
  rest();
  ASSERT_THAT(served(0), HasSubstr("include:_1.spf.secutix.com"));
  deny({all.begin() + 15, all.end()});
  EXPECT_THAT(served(0), Not(HasSubstr("include:")));
  EXPECT_EQ(served(1), "v=spf1 ~all");
  EXPECT_EQ(show_spf().lookups, 2U);
  clock_.advance(seconds(4199));
  EXPECT_TRUE(steps_of_maintain().empty());
  EXPECT_EQ(served(1), "v=spf1 ~all");
  clock_.advance(seconds(1));
  const auto steps = steps_of_maintain();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps.at(0).what, "SPF: _1.spf.secutix.com is taken out");
  EXPECT_EQ(served(1), "absent");
  EXPECT_TRUE(steps_of_maintain().empty());
}

TEST_F(SpfPolicy, CheckLooksForRecordsThatAreLeftOverAndThoseToCome) {
  const std::vector<std::string> all = numbered(60);
  allow(all);
  rest();
  ASSERT_THAT(served(2), HasSubstr("ip4:"));
  // _1 is left over, _2 still included: what is looked for does not end at the first that is missing.
  const std::string of_first = served(1);
  std::vector<std::string> denied;
  std::copy_if(all.begin(), all.end(), std::back_inserter(denied),
               [&](const std::string& term) { return (of_first + " ").find(" " + term + " ") != std::string::npos; });
  deny(denied);
  clock_.advance(seconds(4200));
  steps_of_maintain();
  rest();
  std::vector<std::string> owners;
  const auto zones = zones_to_check(*store_).value();
  for (const RecordSet& set : zones.back().record_sets) {
    owners.push_back(set.owner.to_text_no_dot());
  }
  const SpfView view = show_spf();
  for (const SpfRecordView& record : view.records) {
    EXPECT_THAT(owners, Contains(record.owner.to_text_no_dot()));
  }
  EXPECT_EQ(owners.size(), view.records.size());
}

TEST_F(SpfPolicy, CheckLooksForARecordThatIsNotIncludedYet) {
  allow(numbered(22));
  allow({"ip4:185.165.100.100"});
  ASSERT_THAT(served(0), Not(HasSubstr("include:")));
  EXPECT_EQ(zones_to_check(*store_).value().back().record_sets.size(), 2U);
}

TEST_F(SpfPolicy, ANewRecordWaitsForTheRealNegativeTtl) {
  ZoneSettings settings;
  settings.minimum = 1800;
  ASSERT_TRUE(set_zone(*store_, context_, store_->spf_zone(), settings));
  settings.minimum = 60;
  ASSERT_TRUE(set_zone(*store_, context_, store_->spf_zone(), settings));
  allow(numbered(22));
  allow({"ip4:185.165.100.100"});
  EXPECT_EQ(show_spf().next_step_at, wall() + seconds(1800 + 600)) << "an absence of before may still be remembered";
  EXPECT_EQ(show_spf().lookups, 1U);
  EXPECT_EQ(show_spf().lookups_to_come, 2U);
  EXPECT_FALSE(store_status(*store_)->spf_step_due);
  const WallTime due = wall() + seconds(1800 + 600);
  clock_.advance(seconds(1800 + 600));
  EXPECT_TRUE(store_status(*store_)->spf_step_due);
  EXPECT_FALSE(needs_attention(*store_status(*store_))) << "maintain runs every quarter of an hour";
  clock_.advance(seconds(3601));
  EXPECT_EQ(store_status(*store_)->maintain_due_since, due);
  EXPECT_TRUE(needs_attention(*store_status(*store_)));
  EXPECT_EQ(steps_of_maintain().size(), 1U);
  EXPECT_THAT(served(0), HasSubstr("include:_1.spf.secutix.com"));
  EXPECT_FALSE(store_status(*store_)->spf_step_due);
}

TEST_F(SpfPolicy, AllowDoesNotFailBecauseOfWaits) {
  allow(numbered(22));
  const SpfChanged changed = allow({"ip4:185.165.100.100"});
  const SpfTermView& term = detail(changed.spf, "ip4:185.165.100.100");
  EXPECT_TRUE(term.after_steps);
  EXPECT_GE(term.safe_from, wall() + seconds(300 + 600 + 3600 + 600));
  const WallTime promised = *term.safe_from;
  while (show_spf().next_step_at) {
    clock_.advance(*show_spf().next_step_at - wall());
    steps_of_maintain();
  }
  clock_.advance(std::max(promised - wall(), Milliseconds(0)));
  EXPECT_FALSE(detail(show_spf(), "ip4:185.165.100.100").safe_from);
}

TEST_F(SpfPolicy, DenyWithADrainTakesTheTermOutByMaintain) {
  allow({"ip4:192.28.148.112", "ip4:185.165.100.100"});
  const SpfChanged changed = deny({"ip4:185.165.100.100"}, hours(7 * 24));
  EXPECT_EQ(detail(changed.spf, "ip4:185.165.100.100").leaves_at, wall() + hours(7 * 24));
  EXPECT_THAT(served(0), HasSubstr("ip4:185.165.100.100"));
  clock_.advance(hours(7 * 24) - seconds(1));
  EXPECT_TRUE(steps_of_maintain().empty());
  clock_.advance(seconds(1));
  EXPECT_EQ(steps_of_maintain().size(), 1U);
  EXPECT_EQ(served(0), "v=spf1 ip4:192.28.148.112 ~all");
  EXPECT_THAT(show_spf().terms, ElementsAre("ip4:192.28.148.112"));
}

TEST_F(SpfPolicy, AllowTakesADrainBackAndDenyEndsIt) {
  allow({"ip4:192.28.148.112", "ip4:185.165.100.100"});
  deny({"ip4:192.28.148.112", "ip4:185.165.100.100"}, hours(24));
  EXPECT_TRUE(allow({"ip4:192.28.148.112"}).changed);
  EXPECT_FALSE(detail(show_spf(), "ip4:192.28.148.112").leaves_at);
  deny({"ip4:185.165.100.100"});
  EXPECT_EQ(served(0), "v=spf1 ip4:192.28.148.112 ~all");
  clock_.advance(hours(48));
  EXPECT_TRUE(steps_of_maintain().empty());
}

TEST_F(SpfPolicy, ManyChangesLeaveNoMoreVersionsThanTexts) {
  for (int round = 0; round < 20; ++round) {
    allow({"ip4:192.28.148.112"});
    clock_.advance(seconds(1));
    deny({"ip4:192.28.148.112"});
  }
  EXPECT_LE(store_->impl().connection.integer("SELECT count(*) FROM spf_version"), 6);
}

TEST_F(SpfPolicy, TermsThatAreNotPublicOrVeryWideNeedAnOverride) {
  for (const char* text : {"ip4:10.0.0.0/8", "ip4:127.0.0.1", "ip4:224.0.0.0/24", "ip4:8.0.0.0/7", "ip6:fe80::1",
                           "ip6:2600::/18", "ip4:169.254.1.1"}) {
    EXPECT_EQ(refusal_of(spf_allow(*store_, context_, terms({text}))), Guard::kWideTerm) << text;
  }
  EXPECT_TRUE(show_spf().terms.empty());
  EXPECT_TRUE(spf_allow(*store_, overriding(Guard::kWideTerm), terms({"ip4:10.0.0.0/8"})));
  EXPECT_THAT(show_spf().terms, ElementsAre("ip4:10.0.0.0/8"));
}

TEST_F(SpfPolicy, AddressesForDocumentationAreAWarning) {
  EXPECT_THAT(allow({"ip4:192.0.2.1"}).warnings, ElementsAre(HasSubstr("documentation")));
}

TEST_F(SpfPolicy, CoveredTermsAreNamedAndStay) {
  allow({"ip4:185.64.0.0/16"});
  EXPECT_THAT(allow({"ip4:185.64.1.1"}).warnings, ElementsAre(HasSubstr("is covered by ip4:185.64.0.0/16")));
  EXPECT_THAT(served(0), HasSubstr("ip4:185.64.0.0/16 ip4:185.64.1.1"));
  EXPECT_EQ(detail(show_spf(), "ip4:185.64.1.1").covered_by, "ip4:185.64.0.0/16");
  EXPECT_THAT(allow({"ip4:185.64.0.0/15"}).warnings, Contains(HasSubstr("covers ip4:185.64.0.0/16 ip4:185.64.1.1")));
  EXPECT_THAT(deny({"ip4:185.64.1.1"}).warnings, Contains("ip4:185.64.0.0/16 still allows ip4:185.64.1.1"));
}

TEST_F(SpfPolicy, ADryRunShowsItAndKeepsNothing) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto would = spf_allow(*store_, dry, terms({"ip4:192.28.148.112"}));
  ASSERT_TRUE(would);
  EXPECT_TRUE(detail(would->spf, "ip4:192.28.148.112").safe_from);
  EXPECT_EQ(served(0), "v=spf1 ~all");
  EXPECT_TRUE(show_spf().terms.empty());
  allow(numbered(22));
  allow({"ip4:185.165.100.100"});
  clock_.advance(seconds(900));
  const std::size_t rows = audit_rows();
  EXPECT_EQ(maintain(*store_, dry)->steps.size(), 1U);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(maintain(*store_, context_)->steps.size(), 1U);
  EXPECT_EQ(audit_rows(), rows + 1);
}

TEST_F(SpfPolicy, AStoreOfBeforeBeginsWithTheLayoutThatItPublishes) {
  const std::vector<std::string> all = numbered(40);
  lay_out_as_before(all);
  const SpfView view = show_spf();
  EXPECT_EQ(view.terms, all);
  EXPECT_EQ(view.lookups, 3U);
  ASSERT_EQ(view.records.size(), 3U);
  for (unsigned number = 0; number < 3; ++number) {
    EXPECT_EQ(view.records.at(number).text, served(number));
  }
  for (const SpfTermView& term : view.details) {
    EXPECT_FALSE(term.safe_from) << term.term;
  }
  const std::string second = served(2);
  deny({all.front()});
  EXPECT_EQ(served(2), second) << "no other term moves for that";
}

TEST_F(SpfPolicy, AStoreThatWasLaidOutWiderMovesIntoTheNewBound) {
  const std::vector<std::string> all = numbered(23);
  lay_out_as_before(all);
  ASSERT_GT(spf::answer_bytes(store_->spf_zone(), served(0).size()), 494U);
  rest();
  EXPECT_LE(spf::answer_bytes(store_->spf_zone(), served(0).size()), 494U);
  EXPECT_THAT(served(0), HasSubstr("include:_1.spf.secutix.com"));
  const SpfView view = show_spf();
  for (const SpfTermView& term : view.details) {
    EXPECT_EQ(term.owners.size(), 1U) << term.term;
  }
}

class SpfRestore : public SpfPolicy {
 protected:
  [[nodiscard]] std::filesystem::path backup_dir() const { return temp_.path() / "backup"; }
  void back_up() { ASSERT_TRUE(zonestore::back_up(*store_, backup_dir())); }
  Restored restore_backup() {
    store_.reset();
    RestoreOptions options;
    options.backup = backup_dir();
    const auto done = restore(dir(), options, context_, clock_, {});
    EXPECT_TRUE(done) << done.error().message;
    open();
    return done ? *done : Restored{};
  }
};

TEST_F(SpfRestore, GoesThroughTheWaitsFromTheLayoutThatWasServedLast) {
  const std::vector<std::string> few = numbered(15);
  allow(few);
  back_up();
  allow(numbered(25, 15));
  rest();
  ASSERT_THAT(served(0), HasSubstr("include:_1.spf.secutix.com"));
  const Restored done = restore_backup();
  EXPECT_EQ(show_spf().terms, few);
  EXPECT_EQ(served(1), "v=spf1 ~all") << "resolvers hold an apex that includes it";
  EXPECT_THAT(done.warnings, Contains(HasSubstr("ip4:185.64.100.139 is not in the backup")));
  clock_.advance(seconds(4200));
  steps_of_maintain();
  EXPECT_EQ(served(1), "absent");
}

TEST_F(SpfRestore, KeepsTermsWhereTheyStandNow) {
  allow(numbered(40));
  rest();
  back_up();
  deny({numbered(40).front()});
  const std::string first = served(1);
  restore_backup();
  EXPECT_EQ(served(1), first);
  EXPECT_TRUE(detail(show_spf(), numbered(40).front()).safe_from) << "it was away, and has to be learnt again";
}

TEST_F(SpfRestore, WithoutALiveStoreEveryNameStaysThereForAsLongAsItMayBeAskedFor) {
  allow(numbered(3));
  back_up();
  store_.reset();
  std::filesystem::remove(dir() / "zone.db");
  restore_backup();
  EXPECT_EQ(served(0).substr(0, 7), "v=spf1 ");
  for (unsigned number = 1; number < spf::kRecords; ++number) {
    EXPECT_EQ(served(number), "v=spf1 ~all");
  }
  clock_.advance(seconds(4200));
  steps_of_maintain();
  EXPECT_EQ(served(1), "absent");
}

}  // namespace
}  // namespace zonestore
