// Random histories of SPF on a real store, with backups and restores, against the model of resolvers: what is told to
// the model is what the store publishes, and when a sender must pass is what the store said.
#include <random>

#include "tests/support/spf_resolvers.h"
#include "tests/support/store_fixture.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/rows/spf_rows.h"

namespace zonestore {
namespace {

using std::chrono::seconds;
using tests::ResolverModel;
using tests::Second;

constexpr Second kSlack = 600;

class SpfHistory : public tests::StoreFixture {
 protected:
  void play(std::uint32_t seed, int steps) {
    random_.seed(seed);
    tell_model();
    for (int step = 0; step < steps; ++step) {
      act();
      tell_model();
      look();
      constexpr std::array<Second, 9> kWaits{0, 1, 40, 301, 900, 1800, 3601, 4200, 9000};
      clock_.advance(seconds(kWaits.at(random_() % kWaits.size())));
      if (random_() % 8 == 0) {
        clock_.reboot();
      }
      look();
      ASSERT_EQ(fault_, "") << "seed " << seed << ", step " << step << ": " << last_act_;
    }
  }

 private:
  Second now() const { return std::chrono::floor<seconds>(clock_.now().wall.time_since_epoch()).count(); }
  [[nodiscard]] std::filesystem::path backup_dir() const {
    return temp_.path() / ("backup" + std::to_string(backup_));
  }

  spf::Term fresh_term() {
    const std::string tail = std::to_string(next_term_ % 250);
    const std::string middle = std::to_string(next_term_ / 250);
    ++next_term_;
    return *spf::Term::parse(random_() % 2 == 0 ? "ip4:185.64." + middle + "." + tail
                                                : "ip6:2a01:4f8:1111:2222:3333:4444:" + middle + ":" + tail);
  }
  std::vector<spf::Term> some_terms(std::size_t count) {
    std::vector<spf::Term> chosen;
    const SpfView view = *spf_show(*store_);
    for (const std::string& text : view.terms) {
      if (chosen.size() < count && random_() % 2 == 0) {
        chosen.push_back(*spf::Term::parse(text));
      }
    }
    return chosen;
  }

  void act() {
    switch (random_() % 9) {
      case 0:
      case 1:
        return allow(1 + random_() % 3);
      case 2:
        return allow(1 + random_() % 25);
      case 3:
        return deny(1 + random_() % 3, std::nullopt);
      case 4:
        return deny(random_() % 25, std::nullopt);
      case 5:
        return deny(1, seconds(3000));
      case 6:
        return change_negative_ttl();
      case 7:
        return back_up_or_restore();
      default:
        last_act_ = "maintain";
        const auto done = maintain(*store_, context_);
        ASSERT_TRUE(done && done->failures.empty());
    }
  }
  void allow(std::size_t count) {
    last_act_ = "allow " + std::to_string(count);
    std::vector<spf::Term> terms;
    while (terms.size() < count) {
      terms.push_back(fresh_term());
    }
    const auto changed = spf_allow(*store_, context_, terms);
    ASSERT_TRUE(changed || changed.error().code == ErrorCode::kInvalid) << changed.error().message;
    for (const SpfTermView& term : changed ? changed->spf.details : std::vector<SpfTermView>{}) {
      if (term.safe_from && !term.after_steps) {
        promised_.emplace(term.term, *term.safe_from);
      }
    }
  }
  void deny(std::size_t count, std::optional<Seconds> drain) {
    last_act_ = "deny " + std::to_string(count) + (drain ? " with a drain" : "");
    if (const std::vector<spf::Term> terms = some_terms(count); !terms.empty()) {
      ASSERT_TRUE(spf_deny(*store_, context_, terms, drain));
    }
  }
  void change_negative_ttl() {
    last_act_ = "negative TTL";
    ZoneSettings settings;
    settings.minimum = random_() % 2 == 0 ? 60 : 3600;
    ASSERT_TRUE(set_zone(*store_, context_, store_->spf_zone(), settings));
  }
  void back_up_or_restore() {
    if (backup_ == 0 || random_() % 2 == 0) {
      last_act_ = "backup";
      ++backup_;
      ASSERT_TRUE(zonestore::back_up(*store_, backup_dir()));
      return;
    }
    last_act_ = "restore";
    store_.reset();
    RestoreOptions options;
    options.backup = backup_dir();
    options.safety_copy = false;
    const auto done = restore(dir(), options, context_, clock_, {});
    ASSERT_TRUE(done) << done.error().message;
    open();
  }

  void tell_model() {
    const PublishedZone zone = store_->impl().published(store_->spf_zone());
    const Second negative_ttl = show_zone(*store_, zone.apex)->minimum;
    const spf::RecordShape shape(zone.apex);
    const Second lag = static_cast<Second>(random_() % (kSlack + 1));
    for (unsigned number = 0; number < spf::kRecords; ++number) {
      const auto set = find_record_set(store_->impl().connection, zone, shape.owner(number), RecordType::kTxt);
      model_.publish(now(), shape.owner(number).to_text_no_dot(),
                     set ? std::optional(txt_joined(set->rdata.at(0)).value()) : std::nullopt,
                     set ? Second{zonestore::seconds(set->ttl)} : negative_ttl, lag);
    }
  }
  void look() {
    const SpfView view = *spf_show(*store_);
    std::set<std::string> still_allowed(view.terms.begin(), view.terms.end());
    std::erase_if(must_pass_, [&](const std::string& term) { return !still_allowed.contains(term); });
    std::erase_if(promised_, [&](const auto& each) { return !still_allowed.contains(each.first); });
    for (const SpfTermView& term : view.details) {
      const auto promised = promised_.find(term.term);
      if ((term.has_room && !term.safe_from) ||
          (promised != promised_.end() && promised->second <= clock_.now().wall)) {
        must_pass_.insert(term.term);
      }
    }
    if (fault_.empty()) {
      fault_ = model_.fault(now(), must_pass_, view.lookups);
    }
  }

  std::mt19937 random_;
  ResolverModel model_{"spf.secutix.com"};
  std::set<std::string> must_pass_;
  std::map<std::string, WallTime> promised_;
  std::string fault_;
  std::string last_act_;
  int backup_ = 0;
  std::size_t next_term_ = 1;
};

TEST_F(SpfHistory, NoResolverLosesASenderFirst) {
  play(1, 60);
}
TEST_F(SpfHistory, NoResolverLosesASenderSecond) {
  play(2, 60);
}
TEST_F(SpfHistory, NoResolverLosesASenderThird) {
  play(3, 60);
}

}  // namespace
}  // namespace zonestore
