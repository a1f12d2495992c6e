#include "zonestore/publish/publisher.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"
#include "zonestore/db/schema.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/rows/static_rows.h"

namespace zonestore::publish {
namespace {

using dkim::SlotId;

class Publisher : public ::testing::Test {
 protected:
  Publisher() : connection_(db::Connection::open(temp_.path() / "zone.db", db::Access::kCreate)) {
    db::migrate(connection_, db::zone_schema());
    zone_ = create_zone(connection_, *Name::parse("dkim.secutix.com"));
    rows::ZoneSettingsRow settings;
    settings.name_servers = {*Name::parse("ns1.secutix.com")};
    settings.mailbox = *Name::parse("hostmaster.secutix.com");
    rows::store_zone_settings(connection_, zone_, settings, clock_.now());
    (void)in_a_change([&](ZoneChange& change) { publish_apex(connection_, change, zone()); });
  }

  [[nodiscard]] PublishedZone zone() { return *find_zone(connection_, *Name::parse("dkim.secutix.com")); }

  template <class Fill>
  ZoneChange::Outcome in_a_change(Fill&& fill) {
    db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
    ZoneChange change(connection_, zone_);
    fill(change);
    const ZoneChange::Outcome outcome = change.commit(clock_.now().wall);
    transaction.commit();
    return outcome;
  }
  ZoneChange::Outcome publish_row(const rows::InstitutionRow& row) {
    return in_a_change([&](ZoneChange& change) {
      publish_institution(connection_, change, zone(), row, rows::read_policy(connection_, row.id), clock_.now());
    });
  }

  rows::InstitutionRow mosa() { return *rows::find_institution(connection_, *dkim::Code::parse("mosa")); }
  static rows::SlotKey key(const std::string& id) {
    const auto made = crypto::PrivateKey::generate(crypto::Algorithm::kEd25519);
    return rows::SlotKey{id, crypto::Algorithm::kEd25519, *made->public_spki(), WallTime{}};
  }
  std::optional<RecordSet> record(const std::string& slot) {
    return find_record_set(connection_, zone(), *Name::parse(slot + "-mosa._domainkey.dkim.secutix.com"),
                           RecordType::kTxt);
  }
  void add_mosa() {
    const rows::InstitutionId id = rows::insert_institution(connection_, *dkim::Code::parse("mosa"),
                                                            crypto::Algorithm::kEd25519, clock_.now().wall);
    rows::put_key(connection_, id, SlotId::kSel1, key("00000000000000a1"));
    rows::put_key(connection_, id, SlotId::kSel2, key("00000000000000a2"));
    rows::InstitutionRow row = mosa();
    row.facts.phase = dkim::Phase::kSigning;
    row.facts.active = SlotId::kSel1;
    rows::store_facts(connection_, row, clock_.now().wall);
  }

  tests::TempDirectory temp_;
  tests::ManualClock clock_;
  db::Connection connection_;
  ZoneId zone_{};
};

TEST_F(Publisher, WritesTheRecordTextOfEachKeyWithTheTtlOfItsState) {
  add_mosa();
  EXPECT_TRUE(publish_row(mosa()).changed);
  ASSERT_TRUE(record("sel1") && record("sel2"));
  EXPECT_EQ(seconds(record("sel1")->ttl), 3600U);
  EXPECT_EQ(seconds(record("sel2")->ttl), 300U);
  const std::string served = *txt_joined(record("sel1")->rdata.front());
  EXPECT_EQ(served, *dkim::record_text(mosa().key(SlotId::kSel1)->public_spki));
}

TEST_F(Publisher, PublishingTwiceIsPublishingOnce) {
  add_mosa();
  const Serial first = publish_row(mosa()).serial;
  const ZoneChange::Outcome again = publish_row(mosa());
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.serial, first);
}

TEST_F(Publisher, RemembersTheAbsenceBeforeTheFirstKey) {
  add_mosa();
  (void)publish_row(mosa());
  const auto earlier = dkim::facts_of(mosa().facts, SlotId::kSel2).earlier;
  ASSERT_EQ(earlier.size(), 1U);
  EXPECT_EQ(seconds(earlier.front().largest_ttl), 300U);
  EXPECT_EQ(earlier.front().ended, clock_.now());
}

TEST_F(Publisher, RemembersTheLargestTtlThatAKeyWasServedWith) {
  add_mosa();
  (void)publish_row(mosa());
  rows::InstitutionRow row = mosa();
  row.facts.active = SlotId::kSel2;  // sel1 goes on with the small TTL
  rows::store_facts(connection_, row, clock_.now().wall);
  (void)publish_row(row);
  rows::withdraw_key(connection_, row.id, SlotId::kSel1, clock_.now().wall);
  clock_.advance(std::chrono::hours(1));
  (void)publish_row(mosa());
  EXPECT_FALSE(record("sel1"));
  const auto earlier = dkim::facts_of(mosa().facts, SlotId::kSel1).earlier;
  ASSERT_EQ(earlier.size(), 2U);
  EXPECT_EQ(seconds(earlier.back().largest_ttl), 3600U);
  EXPECT_EQ(earlier.back().ended, clock_.now());
}

TEST_F(Publisher, ARevokedSlotServesAnEmptyKey) {
  add_mosa();
  rows::InstitutionRow row = mosa();
  rows::withdraw_key(connection_, row.id, SlotId::kSel2, clock_.now().wall);
  row = mosa();
  row.facts.slots.at(1).revoked = true;
  rows::store_facts(connection_, row, clock_.now().wall);
  (void)publish_row(mosa());
  EXPECT_EQ(*txt_joined(record("sel2")->rdata.front()), "v=DKIM1; p=");
}

TEST_F(Publisher, TheSchemaRefusesAnActiveSlotWithoutAKey) {
  add_mosa();
  EXPECT_THROW(rows::withdraw_key(connection_, mosa().id, SlotId::kSel1, clock_.now().wall), db::Failure);
  EXPECT_TRUE(mosa().key(SlotId::kSel1));
}

TEST_F(Publisher, RefusesToPublishOverAStaticRecord) {
  add_mosa();
  const Name selector = *Name::parse("sel2-mosa._domainkey.dkim.secutix.com");
  (void)in_a_change([&](ZoneChange& change) {
    rows::put_static(connection_, change, zone(), {selector, RecordType::kCname, Ttl{60}, {{0}}});
  });
  try {
    (void)publish_row(mosa());
    FAIL() << "published over a static record";
  } catch (const db::Failure& failure) {
    ASSERT_TRUE(failure.error().refusal);
    EXPECT_EQ(failure.error().refusal->guard, Guard::kReserved);
    EXPECT_EQ(failure.error().hint,
              "zonectl record remove dkim.secutix.com sel2-mosa._domainkey.dkim.secutix.com. CNAME");
  }
}

}  // namespace
}  // namespace zonestore::publish
