// RFC 1995: spans of the journal, read in slices and condensed.
#include "zonestore/zone/zone_difference.h"

#include <map>
#include <random>
#include <set>
#include <tuple>

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace zonestore {
namespace {

using Record = std::tuple<Bytes, RecordType, std::uint32_t, Bytes>;  // owner, type, TTL, data
using Records = std::set<Record>;

class ZoneDifferenceTest : public StoreTest {
 protected:
  ZoneDifferenceTest() { put(dkim_, {soa("dkim.example"), ns("dkim.example")}); }

  PublishedReader open() { return PublishedReader::open(directory_.path()).value(); }

  // All records of the zone as they are now, but for its SOA.
  Records content() {
    Records records;
    auto reader = open();
    const auto loaded = reader.load(
        [](const PublishedHead& /*head*/) {},
        [&](const StoredRecordSet& set) {
          const Name owner = decode_owner_key(set.owner_key, name("dkim.example")).value();
          if (set.zone == dkim_ && set.type != RecordType::kSoa) {
            const std::vector<Bytes> all = unpack_rdata(set.packed_rdata).value();
            for (const Bytes& rdata : all) {
              records.emplace(Bytes(owner.wire().begin(), owner.wire().end()), set.type, seconds(set.ttl), rdata);
            }
          }
          return true;
        });
    EXPECT_TRUE(loaded) << loaded.error().message;
    return records;
  }

  JournalSpan span(Serial from, Serial to) {
    JournalSpan made;
    made.apex = name("dkim.example");
    made.from = from;
    made.to = to;
    return made;
  }

  // The whole of it, so much at a time; nullopt: there is no such history.
  std::optional<ZoneDifference> difference(Serial from, Serial to, std::size_t at_once = 2) {
    auto reader = open();
    JournalSpan wanted = span(from, to);
    SpanStep step = SpanStep::kMore;
    while (step == SpanStep::kMore) {
      step = reader.find_span(wanted, at_once).value();
    }
    DifferenceBuilder builder(name("dkim.example"));
    std::uint64_t rows = 0;
    if (step == SpanStep::kEnd) {
      step = SpanStep::kMore;
    }
    while (step == SpanStep::kMore) {
      step = reader
                 .read_span(wanted, at_once,
                            [&](ChangeId /*change*/, JournalOperation operation, const StoredRecordSet& row) {
                              EXPECT_TRUE(builder.add(operation, row));
                              ++rows;
                            })
                 .value();
    }
    if (step == SpanStep::kNoHistory) {
      return std::nullopt;
    }
    EXPECT_EQ(rows, wanted.rows);
    return builder.finish().value();
  }

  static Record record_of(const DifferenceRecord& record) {
    return {record.owner, record.type, seconds(record.ttl), record.rdata};
  }
  static void apply(const ZoneDifference& difference, Records& records) {
    for (const DifferenceRecord& record : difference.removed) {
      EXPECT_EQ(records.erase(record_of(record)), 1U) << "it was there";
    }
    for (const DifferenceRecord& record : difference.added) {
      EXPECT_TRUE(records.insert(record_of(record)).second) << "it was not there";
    }
  }
  static std::uint32_t serial_of(const DifferenceRecord& record) { return parse_soa_rdata(record.rdata)->serial; }

  // One change of some record sets, of any kind.
  void change_at_random(std::mt19937& random) {
    change(dkim_, [&](ZoneChange& zone_change) {
      for (auto left = 1 + random() % 4; left > 0; --left) {
        const std::string owner = "n" + std::to_string(random() % 6) + ".dkim.example";
        if (random() % 3 == 0) {
          zone_change.remove(name(owner), RecordType::kTxt);
          continue;
        }
        RecordSet set{name(owner), RecordType::kTxt, Ttl{random() % 2 == 0 ? 300U : 360U}, {}};
        for (auto count = 1 + random() % 3; count > 0; --count) {
          set.rdata.push_back(txt_rdata("text " + std::to_string(random() % 5)));
        }
        put_in_canonical_order(set.rdata);
        zone_change.put(set);
      }
    });
  }
};

TEST_F(ZoneDifferenceTest, LeadsFromEachStateOfARandomHistoryToEachLaterOne) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same each time
  std::vector<std::pair<Serial, Records>> states{{published_serial(dkim_), content()}};
  while (states.size() < 25) {
    change_at_random(random);
    if (const Serial serial = published_serial(dkim_); serial != states.back().first) {
      states.emplace_back(serial, content());
    }
  }
  for (std::size_t from = 0; from < states.size(); ++from) {
    for (std::size_t to = from + 1; to < states.size(); ++to) {
      const auto found = difference(states[from].first, states[to].first, 1 + to % 5);
      ASSERT_TRUE(found);
      EXPECT_EQ(serial_of(found->soa_before), states[from].first.value);
      EXPECT_EQ(serial_of(found->soa_after), states[to].first.value);
      Records records = states[from].second;
      apply(*found, records);
      EXPECT_EQ(records, states[to].second);
    }
  }
}

TEST_F(ZoneDifferenceTest, WhatGoesAndComesBackIsNoDifference) {
  put(dkim_, {txt("a.dkim.example", "same")});
  const Serial from = published_serial(dkim_);
  change(dkim_, [](ZoneChange& zone_change) { zone_change.remove(name("a.dkim.example"), RecordType::kTxt); });
  put(dkim_, {txt("a.dkim.example", "same")});
  const auto found = difference(from, published_serial(dkim_));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->removed.empty());
  EXPECT_TRUE(found->added.empty());
}

TEST_F(ZoneDifferenceTest, SetThatGrowsIsOneRecordMore) {
  RecordSet set = txt("a.dkim.example", "one");
  put(dkim_, {set});
  const Serial from = published_serial(dkim_);
  set.rdata.push_back(txt_rdata("two"));
  put_in_canonical_order(set.rdata);
  put(dkim_, {set});
  const auto found = difference(from, published_serial(dkim_));
  EXPECT_TRUE(found->removed.empty());
  ASSERT_EQ(found->added.size(), 1U);
  EXPECT_EQ(found->added[0].rdata, txt_rdata("two"));
}

TEST_F(ZoneDifferenceTest, AnotherTtlIsRemovalAndAdditionOfAll) {
  RecordSet set = txt("a.dkim.example", "one");
  set.rdata.push_back(txt_rdata("two"));
  put_in_canonical_order(set.rdata);
  put(dkim_, {set});
  const Serial from = published_serial(dkim_);
  set.ttl = Ttl{600};
  put(dkim_, {set});
  const auto found = difference(from, published_serial(dkim_));
  EXPECT_EQ(found->removed.size(), 2U);
  EXPECT_EQ(found->added.size(), 2U);
}

TEST_F(ZoneDifferenceTest, OtherZonesChangesDoNotCome) {
  const Serial from = published_serial(dkim_);
  put(spf_, {soa("spf.example"), txt("spf.example", "v=spf1 ~all")});
  put(dkim_, {txt("a.dkim.example", "one")});
  put(spf_, {txt("spf.example", "v=spf1 -all")});
  put(dkim_, {txt("b.dkim.example", "two")});
  const auto found = difference(from, published_serial(dkim_));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->added.size(), 2U);
}

TEST_F(ZoneDifferenceTest, SerialThatNobodyHadHasNoHistory) {
  const Serial first = published_serial(dkim_);
  put(dkim_, {txt("a.dkim.example", "one")});
  const Serial last = published_serial(dkim_);
  EXPECT_FALSE(difference(Serial{first.value - 1}, last));
  EXPECT_FALSE(difference(first, Serial{last.value + 1}));
  EXPECT_TRUE(difference(first, last));
}

TEST_F(ZoneDifferenceTest, VoidOrMissingChangeEndsTheHistory) {
  const Serial first = published_serial(dkim_);
  put(dkim_, {txt("a.dkim.example", "one")});
  const Serial second = published_serial(dkim_);
  put(dkim_, {txt("b.dkim.example", "two")});
  const Serial last = published_serial(dkim_);
  connection_.execute("UPDATE journal_change SET row_count = 0 WHERE serial_before = " + std::to_string(first.value));
  EXPECT_FALSE(difference(first, last));
  EXPECT_TRUE(difference(second, last));
  connection_.execute("DELETE FROM journal_change WHERE serial_before = " + std::to_string(second.value));
  EXPECT_FALSE(difference(second, last));
}

TEST_F(ZoneDifferenceTest, SpanThatIsCutWhileItIsReadEndsThere) {
  const Serial first = published_serial(dkim_);
  put(dkim_, {txt("a.dkim.example", "one"), txt("b.dkim.example", "one"), txt("c.dkim.example", "one")});
  put(dkim_, {txt("d.dkim.example", "one")});
  auto reader = open();
  for (const char* const event : {"UPDATE journal_change SET row_count = 0 WHERE serial_before = ",
                                  "DELETE FROM journal_change WHERE serial_before = "}) {
    JournalSpan wanted = span(first, published_serial(dkim_));
    const auto ignore = [](ChangeId /*change*/, JournalOperation /*operation*/, const StoredRecordSet& /*row*/) {};
    const bool is_first = std::string_view(event).starts_with("UPDATE");
    if (!is_first) {
      connection_.execute("UPDATE journal_change SET row_count = 5 WHERE serial_before = " +
                          std::to_string(first.value));
    }
    ASSERT_EQ(reader.find_span(wanted, 100).value(), SpanStep::kEnd);
    ASSERT_EQ(reader.read_span(wanted, 1, ignore).value(), SpanStep::kMore);
    connection_.execute(event + std::to_string(first.value));
    EXPECT_EQ(reader.read_span(wanted, 1, ignore).value(), SpanStep::kNoHistory);
  }
}

TEST_F(ZoneDifferenceTest, StoreThatWasRestoredInPlaceEndsIt) {
  const Serial first = published_serial(dkim_);
  put(dkim_, {txt("a.dkim.example", "one")});
  auto reader = open();
  JournalSpan wanted = span(first, published_serial(dkim_));
  ASSERT_EQ(reader.find_span(wanted, 100).value(), SpanStep::kEnd);
  connection_.execute("UPDATE store SET store_id = 'fedcba9876543210fedcba9876543210'");
  const auto step = reader.read_span(
      wanted, 100, [](ChangeId /*change*/, JournalOperation /*operation*/, const StoredRecordSet& /*row*/) {});
  EXPECT_EQ(step.value(), SpanStep::kNoHistory);
}

TEST(DifferenceBuilder, RowsThatDoNotFollowAreDamage) {
  const Bytes key = encode_owner_key(name("a.test"), name("test"));
  const Bytes one = pack_rdata({txt_rdata("one")});
  const Bytes two = pack_rdata({txt_rdata("two")});
  const auto row = [&](const Bytes& data) {
    return StoredRecordSet{ZoneId{1}, key, RecordType::kTxt, Ttl{300}, data};
  };
  DifferenceBuilder builder(name("test"));
  EXPECT_TRUE(builder.add(JournalOperation::kAdded, row(one)));
  EXPECT_FALSE(builder.add(JournalOperation::kAdded, row(two)));
  EXPECT_FALSE(builder.add(JournalOperation::kRemoved, row(two)));
  EXPECT_FALSE(builder.finish()) << "there is no SOA";
  EXPECT_GT(builder.bytes(), 0U);
}

}  // namespace
}  // namespace zonestore
