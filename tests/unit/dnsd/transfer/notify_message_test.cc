// What counts as the answer to a NOTIFY: of that id and zone, signed by the key that signed it.
#include "dnsd/transfer/notify_message.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/transfer/transfer_fixture.h"

namespace dnsd::transfer {
namespace {

using Reaction = NotifyPlan::Reaction;

class NotifyMessage : public TransferTest {
 protected:
  [[nodiscard]] const zone::Zone& zone() const { return *image_->zones.front(); }
  [[nodiscard]] SentNotify sent(const wire::TsigKey* key) const {
    return make_notify(zone(), kId, key, settings_.unix_seconds);
  }
  // As a secondary answers: the question comes back.
  static zonestore::Bytes answer(std::uint16_t id, unsigned flags, std::string_view zone) {
    zonestore::Bytes made = test::message(flags, {1, 0, 0, 0}, {test::question(test::name(zone), kSoa)});
    made[0] = static_cast<std::uint8_t>(id >> 8U);
    made[1] = static_cast<std::uint8_t>(id & 0xFFU);
    return made;
  }
  zonestore::Bytes signed_answer(const SentNotify& to, unsigned flags, const wire::TsigKey& key) const {
    zonestore::Bytes made = answer(kId, flags, kZone);
    wire::TsigChain chain(key, to.mac, kId);
    const std::size_t size = made.size();
    made.resize(size + chain.record_bytes());
    made.resize(chain.sign(made, size, settings_.unix_seconds));
    return made;
  }
  [[nodiscard]] std::optional<Reaction> read(const zonestore::Bytes& bytes, const SentNotify& to) const {
    return read_notify_answer(bytes, to, zone().apex, keys_, settings_.unix_seconds);
  }

  static constexpr std::uint16_t kId = 0xBEEF;
  static constexpr unsigned kSoa = 6;
  static constexpr unsigned kAnswered = 0xA400;  // QR, NOTIFY, AA
  static constexpr const char* kZone = "dkim.secutix.com";
};

TEST_F(NotifyMessage, UnsignedOneCountsByItsIdAndZone) {
  const SentNotify to = sent(nullptr);
  EXPECT_EQ(read(answer(kId, kAnswered, kZone), to), Reaction::kTaken);
  EXPECT_EQ(read(answer(kId + 1, kAnswered, kZone), to), std::nullopt) << "another id";
  EXPECT_EQ(read(answer(kId, 0x2400, kZone), to), std::nullopt) << "no answer";
  EXPECT_EQ(read(answer(kId, 0x8400, kZone), to), std::nullopt) << "to a query";
  EXPECT_EQ(read(answer(kId, kAnswered, "spf.secutix.com"), to), std::nullopt) << "of another zone";
  EXPECT_EQ(read(answer(kId, kAnswered | 5U, kZone), to), Reaction::kRefused);
}

TEST_F(NotifyMessage, SignedOneCountsIfItsMacHolds) {
  const wire::TsigKey& key = *keys_.find(test::name("ns2-key"));
  const SentNotify to = sent(&key);
  zonestore::Bytes good = signed_answer(to, kAnswered, key);
  EXPECT_EQ(read(good, to), Reaction::kTaken);
  EXPECT_EQ(read(answer(kId, kAnswered, kZone), to), std::nullopt) << "unsigned";
  EXPECT_EQ(read(signed_answer(to, kAnswered, *keys_.find(test::name("ns3-key"))), to), std::nullopt)
      << "by the key of another peer";
  good[good.size() - 20] ^= 1U;
  EXPECT_NE(read(good, to), Reaction::kTaken) << "another MAC";
  SentNotify another = sent(&key);
  another.mac[0] ^= 1U;
  EXPECT_NE(read(signed_answer(to, kAnswered, key), another), Reaction::kTaken) << "to another NOTIFY";
  EXPECT_EQ(read(signed_answer(to, kAnswered | 5U, key), to), Reaction::kRefused);
}

}  // namespace
}  // namespace dnsd::transfer
