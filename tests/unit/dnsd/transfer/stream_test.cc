#include "dnsd/transfer/stream.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "dnsd/wire/query.h"
#include "dnsd/wire/record.h"
#include "tests/unit/dnsd/transfer/transfer_fixture.h"

namespace dnsd::transfer {
namespace {

constexpr std::uint64_t kNow = 1'796'000'000;

// A record as a client reads it. The data of NS and SOA is as long as its names could be compressed: left out.
struct Got {
  zonestore::Bytes owner;
  unsigned type = 0;
  std::uint32_t ttl = 0;
  std::size_t rdata_bytes = 0;
  auto operator<=>(const Got&) const = default;
};

class StreamTest : public TransferTest {
 protected:
  JournalSource journal_{"/nonexistent", 1U << 20U};

  Request request(std::string_view zone, std::string_view key = "") {
    receive(sign(test::query(zone, kAxfr), key));
    Request made{.image = image_, .zone = received_.place.zone, .key = received_.signature.key};
    if (received_.query.tsig) {
      made.mac.assign(received_.query.tsig->mac.begin(), received_.query.tsig->mac.end());
      made.original_id = received_.query.tsig->original_id;
    }
    const auto question = received_.query.question.bytes;
    made.form = {.id = 0xBEEF, .question = {question.begin(), question.end()}};
    return made;
  }

  std::vector<zonestore::Bytes> messages_of(Stream& stream) {
    EXPECT_EQ(stream.prepare({}), Stream::Prepared::kReady);
    std::vector<zonestore::Bytes> messages;
    zonestore::Bytes out(65535);
    while (const std::size_t size = stream.next(out, kNow)) {
      messages.emplace_back(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return messages;
  }

  static std::vector<Got> records_of(const std::vector<zonestore::Bytes>& messages) {
    std::vector<Got> all;
    for (const zonestore::Bytes& message : messages) {
      wire::Reader reader(message);
      reader.take(12);
      if (test::u16_at(message, 4) == 1) {
        wire::skip_name(reader);
        reader.take(4);
      }
      for (unsigned left = test::u16_at(message, 6); left > 0; --left) {
        const wire::Record record = wire::read_record(reader);
        wire::LoweredName owner;
        EXPECT_TRUE(reader.ok() && wire::expand_name(message, record.owner_at, owner));
        all.push_back({{owner.view().begin(), owner.view().end()},
                       static_cast<unsigned>(record.type),
                       record.ttl,
                       static_cast<unsigned>(record.type) <= 6 ? 0 : record.rdata.size()});
      }
    }
    return all;
  }
};

TEST_F(StreamTest, WholeZoneStandsBetweenItsSoa) {
  Stream stream(request("dkim.secutix.com"), journal_);
  const auto messages = messages_of(stream);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_FALSE(stream.is_broken());
  const std::vector<Got> records = records_of(messages);
  ASSERT_EQ(records.size(), 1 + 2 + 1 + 1 + 40 + 1 + 1U);
  EXPECT_EQ(records.front().type, 6U);
  EXPECT_EQ(records.back(), records.front());
  EXPECT_EQ(records[1].type, 2U) << "the apex's own come first";
  EXPECT_EQ(records[2].type, 2U);
  EXPECT_EQ(std::ranges::count(records, 6U, &Got::type), 2);
  const std::set<zonestore::Bytes> owners = [&] {
    std::set<zonestore::Bytes> all;
    std::ranges::transform(records, std::inserter(all, all.end()), &Got::owner);
    return all;
  }();
  EXPECT_TRUE(owners.contains(test::name("deep.empty.dkim.secutix.com")));
  EXPECT_FALSE(owners.contains(test::name("empty.dkim.secutix.com")));
  EXPECT_EQ(owners.size(), 5U);
  EXPECT_EQ(stream.records(), records.size());
  EXPECT_EQ(stream.bytes(), messages[0].size());
}

TEST_F(StreamTest, HeaderSaysAuthoritativeAndTheFirstMessageAloneHasTheQuestion) {
  Request small = request("dkim.secutix.com");
  small.form.message_bytes = 600;
  Stream stream(std::move(small), journal_);
  const auto messages = messages_of(stream);
  ASSERT_GT(messages.size(), 3U);
  for (std::size_t index = 0; index < messages.size(); ++index) {
    EXPECT_EQ(test::u16_at(messages[index], 0), 0xBEEFU);
    EXPECT_EQ(test::u16_at(messages[index], 2), 0x8400U);
    EXPECT_EQ(test::u16_at(messages[index], 4), index == 0 ? 1U : 0U);
    EXPECT_LE(messages[index].size(), 600U);
  }
  Stream whole(request("dkim.secutix.com"), journal_);
  EXPECT_EQ(records_of(messages), records_of(messages_of(whole)));
}

TEST_F(StreamTest, RecordThatIsLongerThanAMessageHasOneOfItsOwn) {
  const auto zone = add_zone("big.test");
  const zonestore::Bytes large(60'000, 'x');
  put(zone, "a.big.test", 65281, {large});
  put(zone, "b.big.test", 65281, {zonestore::Bytes(64'900, 'y')});
  image_ = builder_.finish().value();
  Request small = request("big.test", "ns2-key");
  small.form.message_bytes = 512;
  Stream stream(std::move(small), journal_);
  const auto records = records_of(messages_of(stream));
  EXPECT_FALSE(stream.is_broken());
  EXPECT_EQ(records.size(), 6U);
  EXPECT_EQ(std::ranges::count(records, 60'000U, &Got::rdata_bytes), 1);
}

TEST_F(StreamTest, EachMessageIsSignedByTheOneBefore) {
  Request small = request("dkim.secutix.com", "ns2-key");
  small.form.message_bytes = 700;
  const zonestore::Bytes request_mac = small.mac;
  Stream stream(std::move(small), journal_);
  auto messages = messages_of(stream);
  ASSERT_GT(messages.size(), 2U);
  wire::TsigChain again(*keys_.find(test::name("ns2-key")), request_mac, 0xBEEF);
  for (const zonestore::Bytes& message : messages) {
    EXPECT_LE(message.size(), 700U);
    zonestore::Bytes unsigned_message(message.begin(),
                                      message.end() - static_cast<std::ptrdiff_t>(again.record_bytes()));
    unsigned_message[11] = static_cast<std::uint8_t>(unsigned_message[11] - 1);
    const std::size_t size = unsigned_message.size();
    unsigned_message.resize(message.size());
    (void)again.sign(unsigned_message, size, kNow);
    EXPECT_EQ(unsigned_message, message);
  }
}

TEST_F(StreamTest, KeepsTheStateThatItBeganWith) {
  Request small = request("dkim.secutix.com");
  small.form.message_bytes = 512;
  Stream stream(std::move(small), journal_);
  zonestore::Bytes out(65535);
  ASSERT_EQ(stream.prepare({}), Stream::Prepared::kReady);
  ASSERT_GT(stream.next(out, kNow), 0U);
  image_.reset();
  builder_ = zone::ImageBuilder();
  EXPECT_GT(messages_of(stream).size(), 2U);
}

}  // namespace
}  // namespace dnsd::transfer
