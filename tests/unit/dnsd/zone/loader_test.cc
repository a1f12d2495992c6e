// The loader against a real store.
#include "dnsd/zone/loader.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include "dnsd/zone/look_up.h"
#include "tests/unit/dnsd/answer/messages.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/schema.h"
#include "zonestore/zone/published_writer.h"

namespace dnsd::zone {
namespace {

using zonestore::ErrorCode;
using zonestore::Name;
using zonestore::RecordSet;
using zonestore::Ttl;
using zonestore::ZoneChange;
using zonestore::ZoneId;
namespace db = zonestore::db;

constexpr zonestore::WallTime kNow{zonestore::Seconds{1'795'000'000}};

Name parse(std::string_view text) {
  return Name::parse(text).value();
}

RecordSet txt(std::string_view owner, std::string_view text) {
  return {parse(owner), RecordType::kTxt, Ttl{300}, {zonestore::txt_rdata(text)}};
}

RecordSet soa(std::string_view apex) {
  return {parse(apex),
          RecordType::kSoa,
          Ttl{3600},
          {zonestore::soa_rdata({parse("ns1.secutix.com"), parse("host.secutix.com"), 0, 1, 2, 3, 300})}};
}

// A store with two zones: one of two selectors, one of an SPF record.
class Loader : public ::testing::Test {
 protected:
  Loader() : directory_(make_directory()), store_(make_store(directory_)) {
    db::Transaction transaction(store_, db::Transaction::Kind::kWrite);
    dkim_ = zonestore::create_zone(store_, parse("dkim.secutix.com"));
    spf_ = zonestore::create_zone(store_, parse("spf.secutix.com"));
    store_.execute(
        "INSERT INTO store (one, store_id, made_ms, highest_wall_ms, dkim_zone_id, spf_zone_id) VALUES (1, "
        "'0123456789abcdef0123456789abcdef', 0, 0, 1, 2)");
    commit(dkim_, {soa("dkim.secutix.com"), txt("sel1-mosa._domainkey.dkim.secutix.com", "one"),
                   txt("sel2-mosa._domainkey.dkim.secutix.com", "two")});
    commit(spf_, {soa("spf.secutix.com"), txt("spf.secutix.com", "v=spf1 ~all")});
    transaction.commit();
  }
  ~Loader() override { std::filesystem::remove_all(directory_); }

  static std::filesystem::path make_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "loader_test.XXXXXX").string();
    return ::mkdtemp(pattern.data());
  }
  static db::Connection make_store(const std::filesystem::path& directory) {
    db::Connection store = db::Connection::open(directory / "zone.db", db::Access::kCreate);
    db::migrate(store, db::zone_schema());
    return store;
  }

  void commit(ZoneId zone, const std::vector<RecordSet>& put, const std::vector<Name>& removed = {}) {
    ZoneChange change(store_, zone);
    for (const RecordSet& record_set : put) {
      change.put(record_set);
    }
    for (const Name& owner : removed) {
      change.remove(owner, RecordType::kTxt);
    }
    change.commit(kNow);
  }

  // More than the ring between a load's two threads holds.
  static constexpr std::size_t kMany = 4500;
  static inline const std::string kLongText = std::string(240, 'k');
  void commit_many() {
    std::vector<RecordSet> sets;
    for (std::size_t index = 0; index < kMany; ++index) {
      sets.push_back(txt("k" + std::to_string(index) + "._domainkey.dkim.secutix.com", kLongText));
    }
    db::Transaction transaction(store_, db::Transaction::Kind::kWrite);
    commit(dkim_, sets);
    transaction.commit();
  }

  static std::size_t allocated_bytes() {
    const struct mallinfo2 counts = ::mallinfo2();
    return counts.uordblks + counts.hblkhd;
  }

  [[nodiscard]] zonestore::PublishedReader reader() const {
    return zonestore::PublishedReader::open(directory_).value();
  }

  static NodeView find(const Loaded& loaded, std::string_view owner) {
    wire::LoweredName lowered;
    wire::lower_name(test::name(owner), lowered);
    const Zone* zone = loaded.image->apexes.find(lowered);
    return zone == nullptr ? NodeView{} : find_exactly(*zone, lowered);
  }
  // The only string of the only TXT record at a name.
  static std::string text_of(const Loaded& loaded, std::string_view owner) {
    constexpr std::size_t kBeforeTheText = 13;
    const NodeView node = find(loaded, owner);
    const auto record_set = node ? node.find(RecordType::kTxt) : std::nullopt;
    return record_set ? std::string(record_set->answer.begin() + kBeforeTheText, record_set->answer.end()) : "absent";
  }

  std::filesystem::path directory_;
  db::Connection store_;
  ZoneId dkim_{};
  ZoneId spf_{};
};

TEST_F(Loader, LoadsEveryZoneAndRecordSet) {
  auto open = reader();
  const auto loaded = load(open);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->whole);
  EXPECT_EQ(loaded->record_sets_read, 5U);
  EXPECT_EQ(loaded->image->zones.size(), 2U);
  EXPECT_EQ(text_of(*loaded, "sel1-mosa._domainkey.dkim.secutix.com"), "one");
  EXPECT_EQ(text_of(*loaded, "spf.secutix.com"), "v=spf1 ~all");
  EXPECT_EQ(loaded->image->zones[0]->serial, loaded->head.zones[0].serial.value);
  EXPECT_NE(loaded->image->zones[0]->serial, 0U);
  EXPECT_EQ(find(*loaded, "_domainkey.dkim.secutix.com").children(), 2U);
}

TEST_F(Loader, NothingNewIsTheSameImage) {
  auto open = reader();
  const Loaded first = load(open).value();
  const auto second = follow(open, first);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->image, first.image);
  EXPECT_FALSE(second->whole);
  EXPECT_EQ(second->record_sets_read, 0U);
}

TEST_F(Loader, FollowsTheJournalAndSharesTheRest) {
  auto open = reader();
  const Loaded first = load(open).value();
  commit(dkim_,
         {txt("sel1-mosa._domainkey.dkim.secutix.com", "changed"),
          txt("sel1-tivoli._domainkey.dkim.secutix.com", "new")},
         {parse("sel2-mosa._domainkey.dkim.secutix.com")});
  const auto second = follow(open, first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE(second->whole);
  EXPECT_EQ(second->record_sets_read, 6U);  // both forms of the selector and the SOA, one added, one removed
  EXPECT_EQ(text_of(*second, "sel1-mosa._domainkey.dkim.secutix.com"), "changed");
  EXPECT_EQ(text_of(*second, "sel1-tivoli._domainkey.dkim.secutix.com"), "new");
  EXPECT_EQ(text_of(*second, "sel2-mosa._domainkey.dkim.secutix.com"), "absent");
  EXPECT_EQ(text_of(first, "sel1-mosa._domainkey.dkim.secutix.com"), "one");
  EXPECT_EQ(second->image->zones[1], first.image->zones[1]);
  EXPECT_GT(second->image->zones[0]->serial, first.image->zones[0]->serial);
}

TEST_F(Loader, FollowsManyCommitsAtOnce) {
  auto open = reader();
  Loaded current = load(open).value();
  for (int round = 0; round < 20; ++round) {
    commit(dkim_, {txt("sel1-mosa._domainkey.dkim.secutix.com", std::to_string(round))});
    commit(spf_, {txt("spf.secutix.com", std::to_string(round))});
    if (round % 7 == 0) {
      current = follow(open, current).value();
    }
  }
  current = follow(open, current).value();
  EXPECT_FALSE(current.whole);
  EXPECT_EQ(text_of(current, "sel1-mosa._domainkey.dkim.secutix.com"), "19");
  EXPECT_EQ(text_of(current, "spf.secutix.com"), "19");
}

TEST_F(Loader, JournalThatDoesNotReachBackIsAWholeLoad) {
  auto open = reader();
  const Loaded first = load(open).value();
  commit(dkim_, {txt("sel1-mosa._domainkey.dkim.secutix.com", "changed")});
  store_.execute("DELETE FROM journal_change");
  const auto second = follow(open, first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->whole);
  EXPECT_EQ(text_of(*second, "sel1-mosa._domainkey.dkim.secutix.com"), "changed");
}

TEST_F(Loader, JournalThatDoesNotLeadToTheHeadIsAWholeLoad) {
  auto open = reader();
  const Loaded first = load(open).value();
  commit(dkim_, {txt("sel1-mosa._domainkey.dkim.secutix.com", "changed")});
  store_.execute("UPDATE journal_record_set SET ttl = ttl + 1 WHERE operation = 1 AND type = 16");
  const auto second = follow(open, first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->whole);
  EXPECT_EQ(text_of(*second, "sel1-mosa._domainkey.dkim.secutix.com"), "changed");
}

TEST_F(Loader, NewZoneIsAWholeLoad) {
  auto open = reader();
  const Loaded first = load(open).value();
  commit(zonestore::create_zone(store_, parse("example.com")), {soa("example.com")});
  const auto second = follow(open, first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->whole);
  EXPECT_TRUE(find(*second, "example.com"));
}

TEST_F(Loader, AnotherStoreInThisPlaceIsAWholeLoad) {
  auto open = reader();
  const Loaded first = load(open).value();
  store_.execute("UPDATE store SET store_id = 'ffffffffffffffffffffffffffffffff'");
  EXPECT_TRUE(follow(open, first)->whole);
}

TEST_F(Loader, ReloadSharesTheNodesThatAreServedAndStayTheSame) {
  commit_many();
  auto open = reader();
  const Loaded first = load(open).value();
  commit(dkim_, {txt("k7._domainkey.dkim.secutix.com", "changed")});
  const Loaded second = load(open, first.image.get()).value();
  EXPECT_TRUE(second.whole);
  EXPECT_EQ(find(second, "k8._domainkey.dkim.secutix.com"), find(first, "k8._domainkey.dkim.secutix.com"));
  EXPECT_NE(find(second, "k7._domainkey.dkim.secutix.com"), find(first, "k7._domainkey.dkim.secutix.com"));
  EXPECT_EQ(text_of(second, "k7._domainkey.dkim.secutix.com"), "changed");
  EXPECT_EQ(text_of(first, "k7._domainkey.dkim.secutix.com"), kLongText);
}

TEST_F(Loader, ReadsInOneThreadWhatItReadsInTwo) {
  commit_many();
  auto open = reader();
  const Loaded one = load(open, nullptr, Threads::kOne).value();
  const Loaded two = load(open, nullptr, Threads::kTwo).value();
  EXPECT_EQ(two.record_sets_read, kMany + 5);
  EXPECT_EQ(one.record_sets_read, two.record_sets_read);
  EXPECT_EQ(one.record_data_bytes, two.record_data_bytes);
  for (std::size_t index = 0; index < kMany; ++index) {
    const std::string owner = "k" + std::to_string(index) + "._domainkey.dkim.secutix.com";
    ASSERT_EQ(text_of(one, owner), kLongText);
    ASSERT_EQ(text_of(two, owner), kLongText);
  }
}

// Damage in the first of many: the reading thread finds that of a key, the building one that of record data. Either
// way both end, and the reader can be used again.
TEST_F(Loader, EndsAtDamageInEitherThread) {
  commit_many();
  for (const char* damage : {"UPDATE record_set SET owner = x'0102030405' WHERE record_set_id = 3",
                             "UPDATE record_set SET rdata = x'0005FF' WHERE record_set_id = 3"}) {
    for (const Threads threads : {Threads::kOne, Threads::kTwo}) {
      auto open = reader();
      store_.execute("CREATE TABLE kept AS SELECT * FROM record_set WHERE record_set_id = 3");
      store_.execute(damage);
      EXPECT_EQ(load(open, nullptr, threads).error().code, ErrorCode::kDamaged) << damage;
      store_.execute("REPLACE INTO record_set SELECT * FROM kept; DROP TABLE kept");
      EXPECT_TRUE(load(open, nullptr, threads));
    }
  }
}

TEST_F(Loader, CountsTheRecordDataInWireForm) {
  auto open = reader();
  const Loaded first = load(open).value();
  constexpr std::size_t kFixed = 10;  // type, class, TTL, RDLENGTH
  std::size_t expected = 0;
  for (const RecordSet& set : {soa("dkim.secutix.com"), txt("sel1-mosa._domainkey.dkim.secutix.com", "one"),
                               txt("sel2-mosa._domainkey.dkim.secutix.com", "two"), soa("spf.secutix.com"),
                               txt("spf.secutix.com", "v=spf1 ~all")}) {
    expected += set.owner.size_bytes() + kFixed + set.rdata[0].size();
  }
  EXPECT_EQ(first.record_data_bytes, expected);

  commit(dkim_, {{parse("a.dkim.secutix.com"), RecordType::kTxt, Ttl{300}, {{1, 'x'}, {1, 'y'}}}},
         {parse("sel2-mosa._domainkey.dkim.secutix.com")});
  const Loaded second = follow(open, first).value();
  EXPECT_FALSE(second.whole);
  EXPECT_EQ(second.record_data_bytes, load(open)->record_data_bytes);
  EXPECT_NE(second.record_data_bytes, first.record_data_bytes);
}

// What the image says that it takes is what the allocator has given for it.
TEST_F(Loader, MemoryOfAnImageIsCountedAsTheAllocatorCountsIt) {
  commit_many();
  auto open = reader();
  ASSERT_TRUE(load(open));  // SQLite keeps what it has read of the file
  const std::size_t before = allocated_bytes();
  const auto loaded = load(open);
  ASSERT_TRUE(loaded);
  const std::size_t taken = allocated_bytes() - before;
  if (taken == 0) {
    GTEST_SKIP() << "a sanitizer's allocator is in the C library's place";
  }
  EXPECT_NEAR(static_cast<double>(loaded->image->memory_bytes()), static_cast<double>(taken),
              static_cast<double>(taken) * 0.02);
}

TEST_F(Loader, ContentThatDoesNotMatchItsChecksumIsDamage) {
  auto open = reader();
  const Loaded first = load(open).value();
  for (const char* damage : {"UPDATE record_set SET ttl = ttl + 1 WHERE type = 16",
                             "UPDATE zone SET record_set_count = record_set_count + 1",
                             "UPDATE zone SET record_set_hash_sum = record_set_hash_sum + 1"}) {
    db::Transaction transaction(store_, db::Transaction::Kind::kWrite);
    store_.execute(damage);
    transaction.commit();
    EXPECT_EQ(load(open).error().code, ErrorCode::kDamaged) << damage;
  }
  EXPECT_EQ(follow(open, first).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(text_of(first, "sel1-mosa._domainkey.dkim.secutix.com"), "one");
}

TEST_F(Loader, RecordDataThatDoesNotAddUpIsDamage) {
  store_.execute("UPDATE record_set SET rdata = x'0005FF' WHERE type = 16");
  auto open = reader();
  const auto loaded = load(open);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kDamaged);
}

TEST_F(Loader, OwnerKeyThatNoNameHasIsDamage) {
  store_.execute("UPDATE record_set SET owner = x'0102030405' WHERE type = 16 AND zone_id = 2");
  auto open = reader();
  EXPECT_EQ(load(open).error().code, ErrorCode::kDamaged);
}

TEST_F(Loader, ZoneWithoutSoaIsDamage) {
  zonestore::create_zone(store_, parse("example.com"));
  auto open = reader();
  EXPECT_EQ(load(open).error().code, ErrorCode::kDamaged);
}

TEST_F(Loader, SerialThatTheSoaDoesNotHaveIsDamage) {
  store_.execute("UPDATE zone SET serial = serial + 1 WHERE zone_id = 1");
  auto open = reader();
  EXPECT_EQ(load(open).error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace dnsd::zone
