// Keys behind servers that follow late, under virtual time: secondaries that come, go, are switched off and on, move,
// stand behind anycast; refresh made longer and shorter; looks that come often, seldom or not, see one site of
// several, or nobody. No signing is ever moved to a key, or begun with one, that some resolver may not find.
#include <map>

#include <gtest/gtest.h>

#include "tests/scenario/followers/world.h"
#include "tests/support/store_fixture.h"
#include "zonestore/dkim/propagation.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/zone/published_writer.h"

namespace tests::followers {
namespace {

using namespace zonestore;  // NOLINT(google-build-using-namespace)
using dkim::SlotId;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Milliseconds kSlack = minutes(10);
constexpr const char* kFirst = "ns1.secutix.com (192.0.2.1)";   // the primary itself
constexpr const char* kSecond = "ns2.secutix.com (192.0.2.2)";  // follows
constexpr std::size_t kSites = 3;                               // behind an anycast address

class Followers : public tests::StoreFixture {
 protected:
  void play(std::uint64_t seed, int steps) {
    world_.emplace(seed);
    note_version();
    world_->begin(kSecond, 1, clock_.now().wall);
    world_has_second_ = true;
    for (int i = 0; i < steps && !HasFailure(); ++i) {
      pass_time();
      happen();
      judge_looks();
    }
  }

  std::map<std::string, int> happened_;

 private:
  void pass_time() {
    const std::uint64_t longest = world_->one_in(8) ? 3 * 24 * 3600'000ULL : 40 * 60'000ULL;
    clock_.advance(Milliseconds{1 + world_->below(longest)});
    world_->pass(clock_.now().wall);
  }

  void happen() {
    const auto before = active();
    switch (world_->below(12)) {
      case 0:
        add_one();
        break;
      case 1:
        begin_secondary();
        break;
      case 2:
        turn_secondary();
        break;
      case 3:
        set_refresh();
        break;
      case 4:
        revoke_one();
        break;
      case 5:
      case 6:
        ASSERT_TRUE(maintain(*store_, context_));
        break;
      case 7:
      case 8:
        rotate_one();
        break;
      default:
        look();
    }
    note_version();
    judge(before);
  }

  // ---- what happens ----

  void add_one() {
    if (codes_.size() < 10) {
      codes_.push_back("i" + std::to_string(codes_.size()));
      add(codes_.back());
      ++happened_["added"];
    }
  }

  void revoke_one() {
    if (codes_.empty() || !world_->one_in(3)) {
      return;
    }
    const std::string code_text = codes_[world_->below(codes_.size())];
    const auto shown = show(code_text);
    const SlotId slot = shown.active == SlotId::kSel1 ? SlotId::kSel2 : SlotId::kSel1;
    happened_["revoked"] += revoke(*store_, context_, code(code_text), slot) ? 1 : 0;
    if (world_->one_in(2)) {
      happened_["prepared"] += prepare(*store_, context_, code(code_text), std::nullopt) ? 1 : 0;
    }
  }

  void rotate_one() {
    if (codes_.empty()) {
      return;
    }
    look_before_a_rotation();
    const auto done = rotate(*store_, context_, code(codes_[world_->below(codes_.size())]));
    ++happened_[done ? "rotated" : done.error().refusal ? std::string(guard_code(done.error().refusal->guard)) : "?"];
  }

  void look_before_a_rotation() {
    if (!world_->one_in(3)) {
      look();
    }
  }

  void begin_secondary() {
    if (secondaries_.size() >= 3) {
      return;
    }
    const std::string name = "s" + std::to_string(begun_++);
    SecondarySettings settings;
    settings.addresses = {*parse_secondary_address("198.51.100." + std::to_string(begun_ % 200 + 1))};
    settings.key_names.emplace();
    settings.anycast = world_->one_in(3);
    ASSERT_TRUE(add_secondary(*store_, context_, name, settings));
    secondaries_[name] = {*settings.anycast, true};
    world_->begin(name, *settings.anycast ? kSites : 1, clock_.now().wall);
    ++happened_["secondary"];
  }

  void turn_secondary() {
    if (secondaries_.empty()) {
      return;
    }
    auto chosen = secondaries_.begin();
    std::advance(chosen, world_->below(secondaries_.size()));
    auto& [name, how] = *chosen;
    SecondarySettings settings;
    const std::uint64_t turn = world_->below(3);
    if (turn == 0) {
      ASSERT_TRUE(remove_secondary(*store_, context_, name));
      end_if_enabled(name, how);
      secondaries_.erase(chosen);
      ++happened_["removed"];
      return;
    }
    if (turn == 1) {
      settings.enabled = !how.enabled;
      end_if_enabled(name, how);
      how.enabled = !how.enabled;
    } else {
      settings.addresses = {*parse_secondary_address("203.0.113." + std::to_string(++moved_ % 200 + 1))};
      end_if_enabled(name, how);
    }
    ASSERT_TRUE(set_secondary(*store_, context_, name, settings));
    if (how.enabled) {
      world_->begin(name, how.anycast ? kSites : 1, clock_.now().wall);
    }
    ++happened_[turn == 1 ? "switched" : "moved"];
  }

  struct How {
    bool anycast = false;
    bool enabled = true;
  };
  void end_if_enabled(const std::string& name, const How& how) {
    if (how.enabled) {
      world_->end(name, clock_.now().wall);
    }
  }

  void set_refresh() {
    ZoneSettings settings;
    settings.refresh = static_cast<std::uint32_t>(900 + world_->below(8) * 1800);
    settings.retry = static_cast<std::uint32_t>(300 + world_->below(2) * 300);
    ASSERT_TRUE(set_zone(*store_, context_, dkim_, settings));
    ++happened_["refresh"];
  }

  // Some are silent.
  void look() {
    const Serial stored = world_->newest().serial;
    std::vector<ServerEvidence> servers;
    for (const char* const server : {kFirst, kSecond}) {
      const Serial serial = server == kFirst ? stored : world_->serial_at(server);
      const bool is_silent = world_->one_in(6);
      servers.push_back({dkim_, server,
                         is_silent          ? Verdict::kUnreachable
                         : serial == stored ? Verdict::kOk
                                            : Verdict::kLagging,
                         is_silent ? std::nullopt : std::optional(serial), ""});
      note_sight(server, servers.back().serial);
    }
    ASSERT_TRUE(record_server_evidence(*store_, servers, clock_.now()));
    const auto zones = secondaries_to_ask(*store_, std::nullopt);
    ASSERT_TRUE(zones);
    std::vector<SecondarySight> sights;
    for (const ZoneOfSecondaries& zone : *zones) {
      for (const SecondaryToAsk& secondary : zone.secondaries) {
        if (zone.apex == dkim_ && !world_->one_in(6)) {
          const Serial serial = world_->serial_at(secondary.name);
          sights.push_back({dkim_, secondary.life, serial == stored ? Verdict::kOk : Verdict::kLagging, serial, ""});
          note_sight(secondary.name, serial);
        }
      }
    }
    ASSERT_TRUE(record_sights(*store_, std::move(sights), clock_.now()));
    ++happened_["look"];
  }

  // ---- what is judged ----

  [[nodiscard]] std::map<std::string, std::optional<SlotId>> active() {
    std::map<std::string, std::optional<SlotId>> slots;
    for (const std::string& each : codes_) {
      slots[each] = show(each).active;
    }
    return slots;
  }

  void judge(const std::map<std::string, std::optional<SlotId>>& before) {
    for (const std::string& each : codes_) {
      const InstitutionView shown = show(each);
      const auto was = before.find(each);
      if (!shown.active || (was != before.end() && was->second == shown.active)) {
        continue;
      }
      const SlotView& slot = shown.slots.at(*shown.active == SlotId::kSel1 ? 0 : 1);
      const std::string owner = slot.owner.to_text();
      const bool had_nobody = was == before.end() && secondaries_enabled() == 0;
      ++happened_[had_nobody ? "signs at once" : "signs"];
      const auto since = world_->only_since(owner, world_->newest().answers.at(owner).content);
      if (!had_nobody) {
        ASSERT_TRUE(since) << each << ": a server does not have the key that signs from now on";
        EXPECT_LE(*since + kSlack, clock_.now().wall) << each << ": a resolver may not find the key";
      }
    }
  }

  [[nodiscard]] std::ptrdiff_t secondaries_enabled() const {
    return std::count_if(secondaries_.begin(), secondaries_.end(),
                         [](const auto& each) { return each.second.enabled; });
  }

  // A look never makes anything wait longer than none would, but where it saw a server behind.
  void judge_looks() {
    db::Connection& connection = store_->impl().connection;
    const dkim::Propagation seen = rows::read_propagation(connection, rows_zone());
    dkim::Propagation unseen = seen;
    for (dkim::FollowingServer& server : unseen.servers) {
      server.seen.clear();
    }
    const Now now = store_->impl().now();
    db::Statement contents = connection.prepare(
        "SELECT ended_serial, ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms "
        "FROM selector_content WHERE ended_serial > 0");
    while (contents.step()) {
      const Serial serial{static_cast<std::uint32_t>(contents.integer(0))};
      const Moment ended{WallTime{Milliseconds{contents.integer(1)}}, Milliseconds{contents.integer(2)},
                         contents.text(3), contents.integer(4) != 0, Milliseconds{contents.integer(5)}};
      const auto with = dkim::waits_of(ended, serial, seen);
      const auto without = dkim::waits_of(ended, serial, unseen);
      ASSERT_EQ(with.size(), without.size());
      for (std::size_t i = 0; i < with.size(); ++i) {
        if (!was_seen_behind(with[i].server, serial, ended.wall)) {
          EXPECT_LE(dkim::over_at(with[i], Milliseconds{0}, now), dkim::over_at(without[i], Milliseconds{0}, now))
              << with[i].server;
          ++happened_["compared"];
        }
      }
    }
  }

  void note_sight(const std::string& server, const std::optional<Serial>& serial) {
    if (serial) {
      sights_.push_back({server, *serial, clock_.now().wall});
    }
  }
  [[nodiscard]] bool was_seen_behind(const std::string& server, Serial serial, WallTime since) const {
    return std::any_of(sights_.begin(), sights_.end(), [&](const Sight& each) {
      return each.server == server && each.at >= since && is_before(each.serial, serial);
    });
  }

  // ---- what is published ----

  [[nodiscard]] ZoneId rows_zone() { return store_->impl().published(dkim_).id; }

  void note_version() {
    const ZoneView zone = *show_zone(*store_, dkim_);
    if (world_has_ && world_->newest().serial == zone.serial) {
      return;
    }
    world_has_ = true;
    Version version{clock_.now().wall,
                    zone.serial,
                    {},
                    std::chrono::seconds(300),
                    std::chrono::seconds(zone.refresh + zone.retry)};
    const PublishedZone published = store_->impl().published(dkim_);
    for (const std::string& each : codes_) {
      for (const SlotView& slot : show(each).slots) {
        if (const auto set = find_record_set(store_->impl().connection, published, slot.owner, RecordType::kTxt)) {
          const Bytes& data = set->rdata.front();
          version.answers[slot.owner.to_text()] = {std::string(data.begin(), data.end()),
                                                   std::chrono::seconds(seconds(set->ttl))};
        }
      }
    }
    world_->commit(std::move(version));
    if (world_has_second_ && secondaries_enabled() == 0) {
      world_->follow_at_once(kSecond);  // where nobody follows by transfer, the name servers are the primary itself
    }
  }

  struct Sight {
    std::string server;
    Serial serial;
    WallTime at;
  };

  const Name dkim_ = *Name::parse("dkim.secutix.com");
  std::optional<World> world_;
  bool world_has_ = false;
  bool world_has_second_ = false;
  std::vector<std::string> codes_;
  std::map<std::string, How> secondaries_;
  std::vector<Sight> sights_;
  int begun_ = 0;
  int moved_ = 0;
};

class FollowersOf : public Followers, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(FollowersOf, NoResolverMissesAKeyThatSigns) {
  play(GetParam(), 350);
  for (const char* const what :
       {"signs", "rotated", "E_NOT_RIPE", "look", "compared", "moved", "switched", "removed"}) {
    EXPECT_GT(happened_[what], 0) << what << ": the test has seen nothing of it";
    RecordProperty(what, happened_[what]);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FollowersOf, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace tests::followers
