#include "zonestore/zone/published_reader.h"

#include <fstream>
#include <tuple>

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class PublishedReaderTest : public StoreTest {
 protected:
  PublishedReader open() {
    auto reader = PublishedReader::open(directory_.path());
    if (!reader) {
      throw db::Failure(reader.error());
    }
    return std::move(*reader);
  }

  std::string line_of(const StoredRecordSet& set) const {
    const Name apex = set.zone == dkim_ ? name("dkim.example") : name("spf.example");
    const Name owner = *decode_owner_key(set.owner_key, apex);
    const auto rdata = unpack_rdata(set.packed_rdata);
    const std::string data = set.type == RecordType::kTxt ? *txt_joined(rdata->front()) : "";
    return owner.to_text() + " " + std::to_string(seconds(set.ttl)) + " " + to_text(set.type) + " " + data;
  }

  struct Followed {
    PublishedHead head;
    bool reached = true;
    std::vector<std::string> lines;
  };

  Followed follow(PublishedReader& reader, ChangeId after, const std::string& store_id = kStoreId) {
    Followed followed;
    const auto head = reader.catch_up(
        store_id, after,
        [&](ChangeId change, JournalOperation operation, const StoredRecordSet& set) {
          followed.lines.push_back(std::to_string(static_cast<std::int64_t>(change)) +
                                   (operation == JournalOperation::kRemoved ? " - " : " + ") + line_of(set));
        },
        followed.reached);
    EXPECT_TRUE(head);
    followed.head = *head;
    return followed;
  }

  // By another process.
  bool commits() {
    const std::string file = (directory_.path() / "zone.db").string();
    return std::system(
               ("sqlite3 -cmd '.timeout 0' '" + file + "' 'UPDATE store SET made_ms = made_ms + 1' >/dev/null 2>&1")
                   .c_str()) == 0;
  }

  void publish_both() {
    put(dkim_, {soa("dkim.example"), txt("b.dkim.example", "bee"), txt("a.dkim.example", "ay")});
    put(spf_, {soa("spf.example"), txt("spf.example", "v=spf1 ~all", 3600)});
  }
};

TEST_F(PublishedReaderTest, GivesTheHead) {
  auto reader = open();
  const auto empty = reader.head();
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->store_id, kStoreId);
  EXPECT_EQ(empty->newest_change, ChangeId{0});
  EXPECT_EQ(empty->oldest_change, ChangeId{1});
  ASSERT_EQ(empty->zones.size(), 2U);
  EXPECT_EQ(empty->zones[0].serial, Serial{0});

  publish_both();
  const auto head = reader.head();
  EXPECT_EQ(head->newest_change, ChangeId{2});
  EXPECT_EQ(head->oldest_change, ChangeId{1});
  EXPECT_EQ(head->zones[0].apex, name("dkim.example"));
  EXPECT_EQ(head->zones[0].record_set_count, 3U);
  EXPECT_EQ(head->zones[0].serial, Serial{1'800'000'000});
  EXPECT_EQ(head->zones[1].apex, name("spf.example"));
}

TEST_F(PublishedReaderTest, GivesTheEnabledPeersWithTheHead) {
  add_peer_rows(connection_, "ns3", "[2001:db8::53]:5300");
  add_peer_rows(connection_, "ns2", "192.0.2.53:53");
  add_peer_rows(connection_, "removed", "192.0.2.54:53");
  add_peer_rows(connection_, "disabled", "192.0.2.55:53");
  connection_.execute(
      "UPDATE secondary SET removed_wall_ms = 1, listed = name <> 'removed' WHERE name IN ('removed', 'disabled');"
      "INSERT INTO secondary_key VALUES (2, 2, x'016200'), (2, 1, x'016100');"
      "INSERT INTO secondary_address VALUES (2, 2, x'c0000235', 54), (2, 3, x'c0000201', 53);"
      "UPDATE secondary SET all_zones = 0, from_addresses_only = 1 WHERE name = 'ns2';"
      "UPDATE secondary SET catalog = 1, ixfr = 0 WHERE name = 'ns3';"
      "INSERT INTO secondary_zone SELECT 2, zone_id FROM zone WHERE apex = x'03737066076578616d706c6500'");
  auto reader = open();
  const auto head = reader.head();
  ASSERT_TRUE(head) << head.error().message;
  ASSERT_EQ(head->peers.size(), 2U);
  const Peer& listed = head->peers[0];
  EXPECT_EQ(listed.name, "ns2");
  EXPECT_EQ(listed.id, SecondaryId{2});
  EXPECT_THAT(listed.key_names, ElementsAre(name("a"), name("b")));
  EXPECT_THAT(listed.zones, ElementsAre(name("spf.example")));
  EXPECT_TRUE(listed.from_addresses_only);
  ASSERT_EQ(listed.addresses.size(), 3U);
  EXPECT_EQ(listed.addresses[0].to_text(), "192.0.2.53:53");
  EXPECT_EQ(listed.addresses[1].to_text(), "192.0.2.53:54");
  EXPECT_EQ(listed.addresses[2].to_text(), "192.0.2.1:53") << "in the order in which they were named";
  const Peer& all = head->peers[1];
  EXPECT_EQ(all.addresses.front().to_text(), "[2001:db8::53]:5300");
  EXPECT_TRUE(all.catalog);
  EXPECT_FALSE(all.ixfr);

  EXPECT_TRUE(listed.takes(name("SPF.example"), false));
  EXPECT_FALSE(listed.takes(name("dkim.example"), false));
  EXPECT_FALSE(listed.takes(name("catalog.invalid"), true));
  EXPECT_TRUE(all.takes(name("dkim.example"), false));
  EXPECT_TRUE(all.takes(name("catalog.invalid"), true));
  Peer without_catalog = all;
  without_catalog.catalog = false;
  EXPECT_FALSE(without_catalog.takes(name("catalog.invalid"), true)) << "all zones are all but the private one";
}

TEST_F(PublishedReaderTest, TellsWhichZoneIsPrivate) {
  publish_both();
  connection_.execute("UPDATE zone SET private = 1 WHERE apex = x'03737066076578616d706c6500'");
  const auto head = open().head();
  EXPECT_FALSE(head->zones[0].is_private);
  EXPECT_TRUE(head->zones[1].is_private);
}

TEST_F(PublishedReaderTest, RemembersTheNewestChangeOfAnEmptyJournal) {
  publish_both();
  connection_.execute("DELETE FROM journal_change");
  auto reader = open();
  const auto head = reader.head();
  EXPECT_EQ(head->newest_change, ChangeId{2});
  EXPECT_EQ(head->oldest_change, ChangeId{3});
  EXPECT_FALSE(follow(reader, ChangeId{1}).reached);
  EXPECT_TRUE(follow(reader, ChangeId{2}).reached);
}

TEST_F(PublishedReaderTest, LoadsZoneByZoneAndTheHeadFirst) {
  put(dkim_, {soa("dkim.example"), txt("b.dkim.example", "bee")});
  put(spf_, {soa("spf.example"), txt("spf.example", "v=spf1 ~all", 3600)});
  put(dkim_, {txt("a.dkim.example", "ay")});
  auto reader = open();
  std::vector<std::string> dkim;
  std::vector<std::string> spf;
  bool has_head = false;
  std::uint64_t dkim_sum = 0;
  const auto head = reader.load(
      [&](const PublishedHead&) { has_head = true; },
      [&](const StoredRecordSet& set) {
        EXPECT_TRUE(has_head);
        EXPECT_TRUE(set.zone == spf_ || spf.empty());
        (set.zone == dkim_ ? dkim : spf).push_back(line_of(set));
        dkim_sum += set.zone == dkim_ ? record_set_hash(set.owner_key, set.type, set.ttl, set.packed_rdata) : 0;
        return true;
      });
  ASSERT_TRUE(head);
  EXPECT_THAT(dkim, UnorderedElementsAre("dkim.example. 3600 SOA ", "a.dkim.example. 300 TXT ay",
                                         "b.dkim.example. 300 TXT bee"));
  EXPECT_THAT(spf, UnorderedElementsAre("spf.example. 3600 SOA ", "spf.example. 3600 TXT v=spf1 ~all"));
  EXPECT_EQ(head->zones[0].record_set_hash_sum, dkim_sum);
}

TEST_F(PublishedReaderTest, LoadsASmallZoneBesideALargeOneWhole) {
  std::vector<RecordSet> sets = {soa("dkim.example")};
  for (int i = 0; i < 500; ++i) {
    sets.push_back(txt("k" + std::to_string(i) + ".dkim.example", "key"));
  }
  put(spf_, {soa("spf.example"), txt("spf.example", "v=spf1 ~all", 3600)});
  put(dkim_, sets);
  auto reader = open();
  std::vector<ZoneId> zones;
  ASSERT_TRUE(reader.load([](const PublishedHead&) {},
                          [&](const StoredRecordSet& set) {
                            zones.push_back(set.zone);
                            return true;
                          }));
  std::vector<ZoneId> expected(501, dkim_);
  expected.insert(expected.end(), 2, spf_);
  EXPECT_EQ(zones, expected);
}

TEST_F(PublishedReaderTest, EndsALoadWhenToldSoAndStaysUsable) {
  publish_both();
  auto reader = open();
  std::size_t record_sets = 0;
  const auto head =
      reader.load([](const PublishedHead&) {}, [&](const StoredRecordSet&) { return ++record_sets < 2; });
  ASSERT_TRUE(head);
  EXPECT_EQ(record_sets, 2U);
  connection_.execute("PRAGMA busy_timeout = 0");
  EXPECT_TRUE(put(dkim_, {txt("a.dkim.example", "two")}).changed) << "the read transaction has ended";
  EXPECT_TRUE(reader.head());
}

TEST_F(PublishedReaderTest, FollowsTheJournalInOrder) {
  publish_both();
  auto reader = open();
  change(dkim_, [](ZoneChange& zone_change) {
    zone_change.remove(name("b.dkim.example"), RecordType::kTxt);
    zone_change.put(txt("a.dkim.example", "ay", 3600));
    zone_change.put(txt("c.dkim.example", "sea"));
  });
  put(spf_, {txt("spf.example", "v=spf1 -all", 3600)});
  const auto followed = follow(reader, ChangeId{2});
  EXPECT_TRUE(followed.reached);
  EXPECT_EQ(followed.head.newest_change, ChangeId{4});
  EXPECT_THAT(followed.lines, ElementsAre("3 - dkim.example. 3600 SOA ", "3 - a.dkim.example. 300 TXT ay",
                                          "3 - b.dkim.example. 300 TXT bee", "3 + dkim.example. 3600 SOA ",
                                          "3 + a.dkim.example. 3600 TXT ay", "3 + c.dkim.example. 300 TXT sea",
                                          "4 - spf.example. 3600 SOA ", "4 - spf.example. 3600 TXT v=spf1 ~all",
                                          "4 + spf.example. 3600 SOA ", "4 + spf.example. 3600 TXT v=spf1 -all"));
  EXPECT_THAT(follow(reader, ChangeId{4}).lines, IsEmpty());
  EXPECT_TRUE(follow(reader, ChangeId{4}).reached);
  EXPECT_TRUE(follow(reader, ChangeId{0}).reached);
}

TEST_F(PublishedReaderTest, DoesNotFollowAnotherStoreOrAFutureChange) {
  publish_both();
  auto reader = open();
  const auto other = follow(reader, ChangeId{1}, std::string(32, 'f'));
  EXPECT_FALSE(other.reached);
  EXPECT_THAT(other.lines, IsEmpty());
  EXPECT_FALSE(follow(reader, ChangeId{3}).reached);
}

TEST_F(PublishedReaderTest, DoesNotFollowAcrossAHoleBehindTheOldestChange) {
  publish_both();
  put(dkim_, {txt("a.dkim.example", "two")});
  put(dkim_, {txt("a.dkim.example", "three")});
  auto reader = open();
  connection_.execute("DELETE FROM journal_change WHERE change_id = 3");  // the other zone's 2 is older, and stays
  EXPECT_FALSE(follow(reader, ChangeId{1}).reached);
  EXPECT_FALSE(follow(reader, ChangeId{2}).reached);
  EXPECT_TRUE(follow(reader, ChangeId{3}).reached);
}

TEST_F(PublishedReaderTest, DoesNotFollowAcrossAVoidChange) {
  publish_both();
  put(dkim_, {txt("a.dkim.example", "two")});
  auto reader = open();
  connection_.execute("UPDATE journal_change SET row_count = 0 WHERE change_id = 3");
  EXPECT_FALSE(follow(reader, ChangeId{2}).reached);
  EXPECT_TRUE(follow(reader, ChangeId{3}).reached);
}

TEST_F(PublishedReaderTest, SeesCommitsOfOthersInTheDataVersion) {
  publish_both();
  auto reader = open();
  const auto first = reader.data_version();
  ASSERT_TRUE(first);
  EXPECT_EQ(*reader.data_version(), *first);
  put(dkim_, {txt("a.dkim.example", "two")});
  EXPECT_NE(*reader.data_version(), *first);
}

TEST_F(PublishedReaderTest, ReportsABusyStoreAtOnceAndStaysUsable) {
  publish_both();
  auto reader = open();
  db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
  connection_.execute("PRAGMA locking_mode = EXCLUSIVE");
  connection_.execute("UPDATE store SET made_ms = 1; PRAGMA cache_spill = 1");
  // A committing writer holds readers out; RESERVED alone does not.
  EXPECT_TRUE(reader.head());
  transaction.commit();  // in exclusive mode the lock stays
  const auto busy = reader.head();
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, ErrorCode::kBusy);
  connection_.execute("PRAGMA locking_mode = NORMAL; SELECT count(*) FROM store");
  EXPECT_TRUE(reader.head());
}

TEST_F(PublishedReaderTest, DoesNotHoldTheWriterBackWhenAVisitorThrows) {
  publish_both();
  auto reader = open();
  try {
    (void)reader.load([](const PublishedHead&) {}, [](const StoredRecordSet&) -> bool { throw std::bad_alloc(); });
  } catch (const std::bad_alloc&) {  // or an Error: either way the read transaction has ended
  }
  connection_.execute("PRAGMA busy_timeout = 0");
  EXPECT_TRUE(put(dkim_, {txt("a.dkim.example", "two")}).changed);
  EXPECT_TRUE(reader.head());
}

// POSIX drops all locks of a process on a file when it closes any descriptor of it.
TEST_F(PublishedReaderTest, LeavesTheLocksOfAnotherReaderOfTheProcessAlone) {
  publish_both();
  ASSERT_TRUE(commits());
  auto first = open();
  bool looked = false;
  ASSERT_TRUE(first.load([](const PublishedHead&) {},
                         [&](const StoredRecordSet&) {
                           EXPECT_FALSE(commits()) << "not even one reader holds a lock";
                           {
                             auto second = open();
                             EXPECT_TRUE(second.head());
                             EXPECT_FALSE(commits()) << "once another reader has opened and looked";
                           }
                           EXPECT_FALSE(commits()) << "once another reader has closed";
                           looked = true;
                           return false;
                         }));
  EXPECT_TRUE(looked);
  EXPECT_TRUE(commits());
}

TEST_F(PublishedReaderTest, LeavesTheLocksOfAnotherReaderAloneWhenItRefusesTheFile) {
  publish_both();
  connection_.execute("PRAGMA user_version = 999");
  db::Connection first = db::Connection::open(directory_.path() / "zone.db", db::Access::kReadOnly);
  const db::Transaction reading(first, db::Transaction::Kind::kRead);
  (void)first.integer("SELECT count(*) FROM store");
  EXPECT_EQ(PublishedReader::open(directory_.path()).error().code, ErrorCode::kFuture);
  EXPECT_FALSE(commits());
}

TEST_F(PublishedReaderTest, KnowsWhetherThePathLeadsToItsFile) {
  auto reader = open();
  EXPECT_TRUE(reader.is_same_file());
  const auto file = directory_.path() / "zone.db";
  const auto copy = directory_.path() / "copy.db";
  std::filesystem::copy_file(file, copy);
  std::filesystem::rename(copy, file);
  EXPECT_FALSE(reader.is_same_file());
  std::filesystem::remove(file);
  EXPECT_FALSE(reader.is_same_file());
  EXPECT_TRUE(reader.head());  // the old file is still open
}

TEST(PublishedReader, OpensOnlyAZoneStore) {
  const tests::TempDirectory directory;
  const auto code_of_open = [&] { return PublishedReader::open(directory.path()).error().code; };
  const auto file = directory.path() / "zone.db";
  EXPECT_EQ(code_of_open(), ErrorCode::kMissing);
  std::ofstream(file).close();
  EXPECT_EQ(code_of_open(), ErrorCode::kEmpty);
  std::ofstream(file) << std::string(8192, 'x');
  EXPECT_EQ(code_of_open(), ErrorCode::kForeign);
  std::filesystem::remove(file);
  {
    auto vault = db::Connection::open(file, db::Access::kCreate);
    db::migrate(vault, db::vault_schema());
  }
  EXPECT_EQ(code_of_open(), ErrorCode::kForeign);
}

TEST_F(PublishedReaderTest, TakesADatabaseWithAWriteAheadLogForForeignAndMakesNoFileBesideIt) {
  const tests::TempDirectory elsewhere;
  {
    auto store = make_store(elsewhere.path());
    store.execute("PRAGMA journal_mode = WAL; UPDATE store SET made_ms = 1");
  }
  const auto reader = PublishedReader::open(elsewhere.path());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kForeign);
  EXPECT_THAT(reader.error().message, HasSubstr("write-ahead log"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere.path() / "zone.db-shm"));
}

TEST_F(PublishedReaderTest, RefusesAStoreFromTheFuture) {
  connection_.execute("PRAGMA user_version = 999");
  const auto reader = PublishedReader::open(directory_.path());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kFuture);
}

TEST_F(PublishedReaderTest, ReportsADamagedApex) {
  connection_.execute("UPDATE zone SET apex = x'05' WHERE zone_id = 1");
  auto reader = open();
  const auto head = reader.head();
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kDamaged);
}

TEST_F(PublishedReaderTest, ReadsAStoreOfTheFirstVersion) {
  put(dkim_, {soa("dkim.example"), txt("a.dkim.example", "one")});
  connection_.execute(
      "DROP TABLE static_record_set; DROP TABLE static_target; DROP TABLE removed_zone;"
      "ALTER TABLE zone DROP COLUMN primary_server; PRAGMA user_version=1");
  auto reader = PublishedReader::open(directory_.path());
  ASSERT_TRUE(reader) << reader.error().message;
  std::size_t record_sets = 0;
  const auto head =
      reader->load([](const PublishedHead&) {}, [&](const StoredRecordSet&) { return ++record_sets > 0; });
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(record_sets, 2U);
}

}  // namespace
}  // namespace zonestore
