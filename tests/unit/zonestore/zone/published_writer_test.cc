#include "zonestore/zone/published_writer.h"

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace zonestore {
namespace {

using testing::HasSubstr;
using ZoneChangeTest = StoreTest;

// The error code that `body` throws.
template <class Body>
std::optional<ErrorCode> thrown_by(Body&& body) {
  try {
    body();
  } catch (const db::Failure& failure) {
    return failure.error().code;
  }
  return std::nullopt;
}

TEST_F(ZoneChangeTest, PublishesTheFirstRecordsWithTheClockAsSerial) {
  const auto outcome = put(dkim_, {soa("dkim.example"), ns("dkim.example"), txt("a.dkim.example", "one")});
  EXPECT_TRUE(outcome.changed);
  EXPECT_EQ(outcome.serial, Serial{1'800'000'000});
  EXPECT_EQ(published_serial(dkim_), outcome.serial);
  expect_sums_match();
  const auto zone = find_zone(connection_, name("DKIM.example"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->record_set_count, 3U);
  EXPECT_EQ(find_record_set(connection_, *zone, name("A.dkim.example"), RecordType::kTxt),
            txt("a.dkim.example", "one"));
  EXPECT_FALSE(find_record_set(connection_, *zone, name("b.dkim.example"), RecordType::kTxt));
  EXPECT_FALSE(find_record_set(connection_, *zone, name("a.spf.example"), RecordType::kTxt));
}

TEST_F(ZoneChangeTest, TheFirstSerialIsTheClockAfter2038Too) {
  const auto outcome = put(dkim_, {soa("dkim.example")}, WallTime(Seconds(3'000'000'000)));
  EXPECT_EQ(outcome.serial, Serial{3'000'000'000});
}

TEST_F(ZoneChangeTest, NeedsAnSoaFirst) {
  EXPECT_EQ(thrown_by([&] { put(dkim_, {txt("a.dkim.example", "one")}); }), ErrorCode::kInvalid);
  EXPECT_EQ(find_zone(connection_, name("dkim.example"))->record_set_count, 0U);
}

TEST_F(ZoneChangeTest, ChangesNothingWhenTheZoneIsAlreadySo) {
  const std::vector<RecordSet> sets = {soa("dkim.example"), ns("dkim.example"), txt("a.dkim.example", "one")};
  const auto first = put(dkim_, sets);
  const auto again = change(
      dkim_,
      [&](ZoneChange& zone_change) {
        for (const RecordSet& set : sets) {
          zone_change.put(set);
        }
        zone_change.remove(name("nobody.dkim.example"), RecordType::kTxt);
      },
      kStart + Seconds(50));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.serial, first.serial);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM journal_change"), 1);
}

TEST_F(ZoneChangeTest, RaisesTheSerialByOneWithinASecondAndToTheClockLater) {
  put(dkim_, {soa("dkim.example")});
  EXPECT_EQ(put(dkim_, {txt("a.dkim.example", "one")}).serial, Serial{1'800'000'001});
  EXPECT_EQ(put(dkim_, {txt("a.dkim.example", "two")}, kStart + Seconds(90)).serial, Serial{1'800'000'090});
  EXPECT_EQ(put(dkim_, {txt("a.dkim.example", "three")}, kStart - Seconds(90)).serial, Serial{1'800'000'091});
  EXPECT_EQ(published_serial(dkim_), Serial{1'800'000'091});
  expect_sums_match();
}

TEST_F(ZoneChangeTest, ReplacesRemovesAndKeepsTheSums) {
  put(dkim_, {soa("dkim.example"), txt("a.dkim.example", "one"), txt("b.dkim.example", "two")});
  const auto outcome = change(dkim_, [](ZoneChange& zone_change) {
    zone_change.put(txt("A.dkim.example", "one", 3600));
    zone_change.remove(name("b.dkim.example"), RecordType::kTxt);
    zone_change.put(txt("c.dkim.example", "three"));
    zone_change.put(txt("d.dkim.example", "gone again"));
    zone_change.remove(name("D.dkim.example"), RecordType::kTxt);
  });
  EXPECT_TRUE(outcome.changed);
  const auto zone = find_zone(connection_, name("dkim.example"));
  EXPECT_EQ(zone->record_set_count, 3U);
  EXPECT_EQ(find_record_set(connection_, *zone, name("a.dkim.example"), RecordType::kTxt)->ttl, Ttl{3600});
  EXPECT_FALSE(find_record_set(connection_, *zone, name("b.dkim.example"), RecordType::kTxt));
  expect_sums_match();
}

TEST_F(ZoneChangeTest, SortsRecordsAndDropsDuplicates) {
  RecordSet two = txt("a.dkim.example", "b");
  two.rdata = {txt_rdata("b"), txt_rdata("a"), txt_rdata("b")};
  put(dkim_, {soa("dkim.example"), two});
  const auto zone = find_zone(connection_, name("dkim.example"));
  EXPECT_EQ(find_record_set(connection_, *zone, two.owner, RecordType::kTxt)->rdata,
            (std::vector<Bytes>{txt_rdata("a"), txt_rdata("b")}));
  std::swap(two.rdata[0], two.rdata[1]);
  EXPECT_FALSE(put(dkim_, {two}).changed);
}

TEST_F(ZoneChangeTest, TakesAnSoaWhoseOtherFieldsChanged) {
  put(dkim_, {soa("dkim.example"), txt("a.dkim.example", "one")});
  const auto outcome = put(dkim_, {soa("dkim.example", 7200)});
  EXPECT_TRUE(outcome.changed);
  EXPECT_EQ(published_serial(dkim_), Serial{1'800'000'001});
  RecordSet longer = soa("dkim.example", 7200);
  longer.ttl = Ttl{60};
  EXPECT_TRUE(put(dkim_, {longer}).changed);
  EXPECT_FALSE(put(dkim_, {longer}).changed);
  expect_sums_match();
}

TEST_F(ZoneChangeTest, RefusesWhatMayNotBePublished) {
  ZoneChange zone_change(connection_, dkim_);
  const auto put_fails = [&](const RecordSet& set) {
    return thrown_by([&] { zone_change.put(set); }) == ErrorCode::kInvalid;
  };
  EXPECT_TRUE(put_fails(txt("a.dkim.example", "ttl 0", 0)));
  EXPECT_TRUE(put_fails(txt("a.dkim.example", "ttl too large", 0x8000'0000U)));
  EXPECT_TRUE(put_fails(txt("a.spf.example", "another zone")));
  EXPECT_TRUE(put_fails(txt("xdkim.example", "not below the apex")));
  EXPECT_TRUE(put_fails({name("a.dkim.example"), RecordType::kTxt, Ttl{300}, {}}));
  EXPECT_TRUE(put_fails({name("a.dkim.example"), RecordType::kTxt, Ttl{300}, {Bytes(65536, 'x')}}));
  EXPECT_TRUE(put_fails(soa("a.dkim.example")));
  RecordSet two_soas = soa("dkim.example");
  two_soas.rdata.push_back(soa("dkim.example", 7200).rdata.front());
  EXPECT_TRUE(put_fails(two_soas));
  EXPECT_TRUE(put_fails({name("dkim.example"), RecordType::kSoa, Ttl{300}, {Bytes{0, 0}}}));
  EXPECT_EQ(thrown_by([&] { zone_change.remove(name("dkim.example"), RecordType::kSoa); }), ErrorCode::kInvalid);
  EXPECT_EQ(thrown_by([&] { zone_change.remove(name("example"), RecordType::kTxt); }), ErrorCode::kInvalid);
}

TEST_F(ZoneChangeTest, NeedsAZone) {
  EXPECT_EQ(thrown_by([&] { ZoneChange(connection_, ZoneId{99}); }), ErrorCode::kNotFound);
  EXPECT_FALSE(find_zone(connection_, name("other.example")));
  EXPECT_EQ(thrown_by([&] { create_zone(connection_, name("Dkim.Example")); }), ErrorCode::kInvalid);
}

TEST_F(ZoneChangeTest, IsGoneWhenItsTransactionIsRolledBack) {
  const auto first = put(dkim_, {soa("dkim.example")});
  {
    const db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
    ZoneChange zone_change(connection_, dkim_);
    zone_change.put(txt("a.dkim.example", "one"));
    EXPECT_TRUE(zone_change.commit(kStart).changed);
  }
  EXPECT_EQ(published_serial(dkim_), first.serial);
  expect_sums_match();
}

TEST_F(ZoneChangeTest, ListsZonesInCanonicalOrder) {
  create_zone(connection_, name("a.spf.example"));
  create_zone(connection_, name("zz"));
  create_zone(connection_, name("b.com"));
  std::vector<std::string> apexes;
  for (const PublishedZone& zone : list_zones(connection_)) {
    apexes.push_back(zone.apex.to_text());
  }
  EXPECT_THAT(apexes, testing::ElementsAre("b.com.", "dkim.example.", "spf.example.", "a.spf.example.", "zz."));
}

TEST_F(ZoneChangeTest, TakesALaterSerialThatIsAskedForEvenIfNothingElseChanges) {
  const auto raised_to = [this](std::uint32_t serial) {
    return change(dkim_, [serial](ZoneChange& zone_change) { zone_change.not_before(Serial{serial}); });
  };
  put(dkim_, {soa("dkim.example")});
  EXPECT_EQ(raised_to(2'026'112'501).serial, Serial{2'026'112'501});
  EXPECT_EQ(published_serial(dkim_), Serial{2'026'112'501});
  EXPECT_FALSE(raised_to(2'026'112'501).changed);
  EXPECT_FALSE(raised_to(1'900'000'000).changed) << "a serial never goes back";
  expect_sums_match();
}

TEST_F(ZoneChangeTest, ARemovedZoneLeavesItsSerialAndNothingElse) {
  put(dkim_, {soa("dkim.example"), txt("a.dkim.example", "one")});
  db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
  const ZoneId id = create_zone(connection_, name("other.example"));
  ZoneChange first(connection_, id);
  first.put(soa("other.example"));
  first.put(txt("a.other.example", "one"));
  const Serial serial = first.commit(kStart).serial;
  EXPECT_FALSE(serial_of_removed(connection_, name("other.example")));
  delete_zone(connection_, *find_zone(connection_, name("other.example")));
  transaction.commit();
  EXPECT_FALSE(find_zone(connection_, name("other.example")));
  EXPECT_EQ(serial_of_removed(connection_, name("Other.example")), serial);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM record_set"), 2);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM journal_change"), 1);
  expect_sums_match();
}

}  // namespace
}  // namespace zonestore
