#include "zonestore/zone/record_set.h"

#include <gtest/gtest.h>

// The one-call form of the hash, to compare with.
#include <string>
#include <vector>

#include <xxhash.h>

namespace zonestore {
namespace {

TEST(RecordType, PrintsMnemonicsAndNumbers) {
  EXPECT_EQ(to_text(RecordType::kTxt), "TXT");
  EXPECT_EQ(to_text(RecordType::kSoa), "SOA");
  EXPECT_EQ(to_text(RecordType::kCaa), "CAA");
  EXPECT_EQ(to_text(RecordType::kAny), "ANY");
  EXPECT_EQ(to_text(static_cast<RecordType>(65280)), "TYPE65280");
  EXPECT_EQ(to_text(static_cast<RecordType>(0)), "TYPE0");
}

TEST(RecordType, ParsesMnemonicsAndNumbers) {
  EXPECT_EQ(parse_record_type("TXT"), RecordType::kTxt);
  EXPECT_EQ(parse_record_type("aaaa"), RecordType::kAaaa);
  EXPECT_EQ(parse_record_type("TYPE16"), RecordType::kTxt);
  EXPECT_EQ(parse_record_type("type65535"), static_cast<RecordType>(65535));
}

TEST(RecordType, EveryTypeComesBackFromItsText) {
  for (std::uint32_t value = 0; value <= 0xFFFF; ++value) {
    const auto type = static_cast<RecordType>(value);
    const auto parsed = parse_record_type(to_text(type));
    ASSERT_TRUE(parsed) << to_text(type);
    ASSERT_EQ(*parsed, type) << to_text(type);
  }
}

TEST(RecordType, RefusesWhatIsNoType) {
  const std::vector<std::string> wrong = {"",          "TX",
                                          "TXTX",      "TYPE",
                                          "TYPE65536", "TYPE1x",
                                          "TYPE-1",    "TYPE 1",
                                          "16",        "TYPE99999999999",
                                          "TXT ",      std::string("TXT\0A", 5)};
  for (const std::string& text : wrong) {
    const auto parsed = parse_record_type(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
  }
}

TEST(PackedRdata, ComesBack) {
  const std::vector<Bytes> rdata = {{}, {1}, Bytes(300, 7), Bytes(65535, 9)};
  const Bytes packed = pack_rdata(rdata);
  EXPECT_EQ(packed.size(), 4 * 2 + 0 + 1 + 300 + 65535U);
  EXPECT_EQ(packed[5 + 0], 1);  // 00 00, 00 01 01, 01 2C ...
  EXPECT_EQ(unpack_rdata(packed), rdata);
}

TEST(PackedRdata, RefusesLengthsThatDoNotAddUp) {
  for (const Bytes& packed : std::vector<Bytes>{{}, {0}, {0, 1}, {0, 2, 7}, {0, 1, 7, 0}, {0, 0, 0xFF}}) {
    const auto unpacked = unpack_rdata(packed);
    ASSERT_FALSE(unpacked);
    EXPECT_EQ(unpacked.error().code, ErrorCode::kDamaged);
  }
}

TEST(PackedRdata, CanonicalOrderIsBytewiseWithoutDuplicates) {
  std::vector<Bytes> rdata = {{2, 1}, {1, 'b'}, {2}, {1, 'B'}, {2, 1}, {}};
  put_in_canonical_order(rdata);
  EXPECT_EQ(rdata, (std::vector<Bytes>{{}, {1, 'B'}, {1, 'b'}, {2}, {2, 1}}));
}

std::uint64_t hash_of_concatenation(const Bytes& key, std::uint16_t type, std::uint32_t ttl, const Bytes& packed) {
  Bytes all;
  for (int shift = 24; shift >= 0; shift -= 8) {
    all.push_back(static_cast<std::uint8_t>(key.size() >> shift));
  }
  all.insert(all.end(), key.begin(), key.end());
  all.insert(all.end(), {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type)});
  for (int shift = 24; shift >= 0; shift -= 8) {
    all.push_back(static_cast<std::uint8_t>(ttl >> shift));
  }
  all.insert(all.end(), packed.begin(), packed.end());
  return XXH3_64bits(all.data(), all.size());
}

TEST(RecordSetHash, IsThatOfTheDocumentedBytesAtEverySize) {
  for (const std::size_t size : {0U, 1U, 12U, 400U, 990U, 1004U, 1005U, 1006U, 1024U, 5000U, 65535U}) {
    const Bytes packed(size, 0x5A);
    for (const std::size_t key_size : {0U, 9U, 10U, 11U, 260U}) {
      const Bytes key(key_size, 'k');
      ASSERT_EQ(record_set_hash(key, RecordType::kTxt, Ttl{3600}, packed),
                hash_of_concatenation(key, 16, 3600, packed))
          << key_size << " and " << size;
    }
  }
}

TEST(RecordSetHash, DependsOnEveryPart) {
  const Bytes key{'a', 0};
  const Bytes packed{0, 1, 7};
  const auto hash = record_set_hash(key, RecordType::kTxt, Ttl{300}, packed);
  EXPECT_NE(hash, record_set_hash(Bytes{'b', 0}, RecordType::kTxt, Ttl{300}, packed));
  EXPECT_NE(hash, record_set_hash(key, RecordType::kA, Ttl{300}, packed));
  EXPECT_NE(hash, record_set_hash(key, RecordType::kTxt, Ttl{301}, packed));
  EXPECT_NE(hash, record_set_hash(key, RecordType::kTxt, Ttl{300}, Bytes{0, 1, 8}));
}

TEST(TxtRdata, CutsAt255Bytes) {
  EXPECT_EQ(txt_rdata(""), Bytes{0});
  EXPECT_EQ(txt_rdata("ab"), (Bytes{2, 'a', 'b'}));
  EXPECT_EQ(txt_rdata(std::string(255, 'x')).size(), 256U);
  const Bytes two = txt_rdata(std::string(256, 'x'));
  ASSERT_EQ(two.size(), 258U);
  EXPECT_EQ(two[0], 255);
  EXPECT_EQ(two[256], 1);
  EXPECT_EQ(txt_rdata(std::string(510, 'x')).size(), 512U);
}

TEST(TxtRdata, JoinsWithoutASpace) {
  EXPECT_EQ(txt_joined(Bytes{2, 'a', 'b', 0, 1, 'c'}), "abc");
  for (const std::size_t size : {0U, 1U, 254U, 255U, 256U, 409U, 511U}) {
    const std::string text(size, 'k');
    EXPECT_EQ(txt_joined(txt_rdata(text)), text);
  }
}

TEST(TxtRdata, RefusesStringsThatDoNotAddUp) {
  EXPECT_FALSE(txt_joined(Bytes{}));
  EXPECT_FALSE(txt_joined(Bytes{1}));
  EXPECT_FALSE(txt_joined(Bytes{1, 'a', 2, 'b'}));
}

TEST(SoaRdata, ComesBack) {
  const SoaData soa{*Name::parse("ns1.example"), *Name::parse("host\\.master.example"), 0xFFFF'FFFF, 1, 2, 3, 300};
  const auto read = parse_soa_rdata(soa_rdata(soa));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->primary, soa.primary);
  EXPECT_EQ(read->mailbox, soa.mailbox);
  EXPECT_EQ(read->serial, soa.serial);
  EXPECT_EQ(read->refresh, 1U);
  EXPECT_EQ(read->retry, 2U);
  EXPECT_EQ(read->expire, 3U);
  EXPECT_EQ(read->minimum, 300U);
}

TEST(SoaRdata, RefusesAnyOtherLength) {
  const Bytes rdata = soa_rdata({*Name::parse("ns1.example"), *Name::parse("hostmaster.example"), 1, 2, 3, 4, 5});
  for (std::size_t size = 0; size < rdata.size(); ++size) {
    const auto read = parse_soa_rdata(ByteView(rdata).first(size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::kDamaged);
  }
  Bytes longer = rdata;
  longer.push_back(0);
  EXPECT_FALSE(parse_soa_rdata(longer));
}

}  // namespace
}  // namespace zonestore
