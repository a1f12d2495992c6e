#include "dnsd/transfer/journal_source.h"

#include <gtest/gtest.h>

#include "dnsd/transfer/difference_source.h"
#include "dnsd/zone/loader.h"
#include "tests/unit/zonestore/zone/store_fixture.h"

namespace dnsd::transfer {
namespace {

using Step = JournalSource::Work::Step;
using std::chrono::milliseconds;
using zonestore::Serial;

class JournalSourceTest : public zonestore::StoreTest {
 protected:
  JournalSourceTest() { fill(); }

  void fill() {
    put(dkim_, {zonestore::soa("dkim.example"), zonestore::ns("dkim.example")});
    put(spf_, {zonestore::soa("spf.example"), zonestore::ns("spf.example")});
  }

  // The image of the store as it is now.
  std::shared_ptr<const zone::Image> image() {
    auto reader = zonestore::PublishedReader::open(directory_.path()).value();
    return zone::load(reader).value().image;
  }
  static const zone::Zone& zone_of(const zone::Image& image) { return *image.zones.front(); }

  // Steps until there is something to say.
  Step run(JournalSource::Work& work) {
    Step step = Step::kMore;
    while (step == Step::kMore) {
      step = work.step(now_);
    }
    return step;
  }

  std::uint32_t serial() { return published_serial(dkim_).value; }
  void add(const std::string& label) { put(dkim_, {zonestore::txt(label + ".dkim.example", "text")}); }

  JournalSource source_{directory_.path(), 1U << 20U};
  JournalSource::Clock::time_point now_{std::chrono::hours{1}};
};

TEST_F(JournalSourceTest, FindsWhatLiesBetweenASerialAndTheImage) {
  const std::uint32_t from = serial();
  add("a");
  add("b");
  const auto served = image();
  add("c");  // the store is further than the image
  JournalSource::Work work(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kDone);
  EXPECT_EQ(work.difference()->added.size(), 2U);
}

TEST_F(JournalSourceTest, EqualSpansShareOne) {
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  JournalSource::Work first(source_, {&zone_of(*served), from});
  JournalSource::Work second(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(first), Step::kDone);
  ASSERT_EQ(run(second), Step::kDone);
  EXPECT_EQ(first.difference(), second.difference());
}

TEST_F(JournalSourceTest, IsNotReadWhileTheStoreIsTaken) {
  bool is_taken = true;
  JournalSource source(directory_.path(), 1U << 20U, [&is_taken] { return is_taken; });
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  JournalSource::Work late(source, {&zone_of(*served), from});
  EXPECT_EQ(run(late), Step::kPause);
  now_ += milliseconds{5001};
  EXPECT_EQ(run(late), Step::kWhole);
  EXPECT_EQ(late.why(), WholeZoneWhy::kBusy);
  JournalSource::Work work(source, {&zone_of(*served), from});
  EXPECT_EQ(run(work), Step::kPause);
  is_taken = false;
  EXPECT_EQ(run(work), Step::kDone);
}

// As in a store that was put back from a copy and has gone another way since, with the same numbers.
TEST_F(JournalSourceTest, SerialsThatAreGivenAnewHaveADifferenceOfTheirOwn) {
  const std::uint32_t from = serial();
  add("a");
  const auto lost = image();
  JournalSource::Work first(source_, {&zone_of(*lost), from});
  ASSERT_EQ(run(first), Step::kDone);
  const tests::TempDirectory other;
  connection_ = make_store(other.path());
  fill();
  add("b");
  std::filesystem::rename(other.path() / "zone.db", directory_.path() / "zone.db");
  const auto served = image();
  ASSERT_EQ(zone_of(*served).serial, zone_of(*lost).serial);
  JournalSource::Work second(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(second), Step::kDone);
  EXPECT_TRUE(leads_to(*second.difference(), zone_of(*served)));
}

TEST_F(JournalSourceTest, SerialWithoutHistoryGetsTheWholeZone) {
  add("a");
  const auto served = image();
  JournalSource::Work work(source_, {&zone_of(*served), 5});
  ASSERT_EQ(run(work), Step::kWhole);
  EXPECT_EQ(work.why(), WholeZoneWhy::kNoHistory);
}

// A writer cuts the journal between two slices.
TEST_F(JournalSourceTest, SpanThatIsCutWhileItIsReadGetsTheWholeZone) {
  for (const char* const cut : {"DELETE FROM journal_change WHERE serial_before = ",
                                "UPDATE journal_change SET row_count = 0 WHERE serial_before = "}) {
    const std::uint32_t from = serial();
    add("a" + std::to_string(from));
    add("b" + std::to_string(from));
    const auto served = image();
    JournalSource::Work work(source_, {&zone_of(*served), from});
    ASSERT_EQ(work.step(now_), Step::kMore) << "it is found, and not read yet";
    connection_.execute(cut + std::to_string(from));
    EXPECT_EQ(run(work), Step::kWhole) << cut;
    EXPECT_EQ(work.why(), WholeZoneWhy::kNoHistory) << cut;
  }
}

TEST_F(JournalSourceTest, TooManyRowsGetTheWholeZone) {
  const std::uint32_t from = serial();
  std::vector<zonestore::RecordSet> many;
  for (int index = 0; index < 1100; ++index) {
    many.push_back(zonestore::txt("n" + std::to_string(index) + ".dkim.example", "text"));
  }
  put(dkim_, many);
  const auto served = image();
  JournalSource::Work work(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kWhole);
  EXPECT_EQ(work.why(), WholeZoneWhy::kTooLarge);
}

TEST_F(JournalSourceTest, TooManyBytesGetTheWholeZone) {
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  JournalSource small(directory_.path(), 100);
  JournalSource::Work work(small, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kWhole);
  EXPECT_EQ(work.why(), WholeZoneWhy::kTooLarge);
}

// All that live at once, made or being made, have twice what one may have.
TEST_F(JournalSourceTest, ManyThatLiveShareTheMemoryOfTwo) {
  std::vector<std::uint32_t> from;
  for (int index = 0; index < 4; ++index) {
    from.push_back(serial());
    add("n" + std::to_string(index));
  }
  const auto served = image();
  JournalSource::Work measured(source_, {&zone_of(*served), from[0]});
  ASSERT_EQ(run(measured), Step::kDone);
  JournalSource small(directory_.path(), measured.bytes());
  std::vector<JournalSource::DifferencePointer> held;
  const auto ask = [&](std::uint32_t serial) {
    JournalSource::Work work(small, {&zone_of(*served), serial});
    const Step step = run(work);
    if (step == Step::kDone) {
      held.push_back(work.difference());
    } else {
      EXPECT_EQ(work.why(), WholeZoneWhy::kTooLarge);
    }
    return step == Step::kDone;
  };
  EXPECT_TRUE(ask(from[0]));
  EXPECT_TRUE(ask(from[0])) << "the same one takes nothing";
  EXPECT_TRUE(ask(from[1]));
  EXPECT_FALSE(ask(from[2]));
  held.clear();
  EXPECT_TRUE(ask(from[2]));
}

TEST_F(JournalSourceTest, DifferenceThatDoesNotLeadToTheImageIsDamage) {
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  connection_.execute("UPDATE journal_record_set SET ttl = ttl + 1 WHERE operation = 1 AND type = 16");
  JournalSource::Work work(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kWhole);
  EXPECT_EQ(work.why(), WholeZoneWhy::kDamaged);
}

TEST_F(JournalSourceTest, StoreThatIsMissingIsNoReasonNotToAnswer) {
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  JournalSource nowhere("/nonexistent", 1U << 20U);
  JournalSource::Work work(nowhere, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kWhole);
  EXPECT_EQ(work.why(), WholeZoneWhy::kDamaged);
}

TEST_F(JournalSourceTest, WriterAtWorkIsWaitedForAndThenNoMore) {
  const std::uint32_t from = serial();
  add("a");
  const auto served = image();
  connection_.execute("BEGIN EXCLUSIVE");
  JournalSource::Work work(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kPause);
  EXPECT_EQ(work.pause(), milliseconds{1});
  while (run(work) == Step::kPause && work.pause() < milliseconds{50}) {
  }
  connection_.execute("COMMIT");
  EXPECT_EQ(run(work), Step::kDone);

  add("b");
  const auto next = image();
  connection_.execute("BEGIN EXCLUSIVE");
  JournalSource::Work other(source_, {&zone_of(*next), from});
  ASSERT_EQ(run(other), Step::kPause);
  now_ += milliseconds{5001};
  ASSERT_EQ(run(other), Step::kWhole);
  EXPECT_EQ(other.why(), WholeZoneWhy::kBusy);
  connection_.execute("COMMIT");
}

TEST_F(JournalSourceTest, DifferenceIsSentBetweenItsSoas) {
  add("a");
  const std::uint32_t from = serial();
  change(dkim_, [](zonestore::ZoneChange& zone_change) {
    zone_change.remove(zonestore::name("a.dkim.example"), zonestore::RecordType::kTxt);
    zone_change.put(zonestore::txt("b.dkim.example", "text"));
  });
  const auto served = image();
  JournalSource::Work work(source_, {&zone_of(*served), from});
  ASSERT_EQ(run(work), Step::kDone);
  DifferenceSource records(work.difference());
  std::vector<unsigned> types;
  std::vector<std::uint32_t> serials;
  SentRecord record;
  while (records.next(record)) {
    types.push_back(static_cast<unsigned>(record.record.type));
    if (record.record.type == zonestore::RecordType::kSoa) {
      serials.push_back(zonestore::parse_soa_rdata(record.record.rdata)->serial);
    }
  }
  EXPECT_EQ(types, (std::vector<unsigned>{6, 6, 16, 6, 16, 6}));
  EXPECT_EQ(serials, (std::vector<std::uint32_t>{serial(), from, serial(), serial()}));
}

}  // namespace
}  // namespace dnsd::transfer
