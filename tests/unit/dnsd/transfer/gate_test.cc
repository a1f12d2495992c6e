#include "dnsd/transfer/gate.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/transfer/transfer_fixture.h"

namespace dnsd::transfer {
namespace {

using answer::TransferVerdict;
using util::Transport;

constexpr std::string_view kZone = "dkim.secutix.com";

class Gate : public TransferTest {
 protected:
  Judgement judge_it(const zonestore::Bytes& request, std::string_view from = "192.0.2.2:5000",
                     Transport transport = Transport::kTcp) {
    EXPECT_TRUE(is_request(receive(request)));
    const zonestore::SocketAddress client = address(from);
    return judge(received_, util::Client{transport, client.bytes(), {}}, peers_);
  }
  // The peer's name, "" for nobody.
  std::string who(const zonestore::Bytes& request, std::string_view from = "192.0.2.2:5000") {
    const Judgement judgement = judge_it(request, from);
    EXPECT_EQ(judgement.is_stream, judgement.peer != nullptr);
    return judgement.peer == nullptr ? "" : judgement.peer->name;
  }

  const zonestore::Bytes axfr_ = test::query(kZone, kAxfr);
  zonestore::Peers peers_{peer("keyed", {"ns2-key"}, {"192.0.2.2:53"}),
                          peer("open", {}, {"192.0.2.3:53", "[2001:db8::3]:53"}),
                          peer("rolling", {"ns4-key", "ns3-key"}, {"192.0.2.4:53"})};
};

TEST_F(Gate, KeyLetsItsPeerInFromAnywhere) {
  EXPECT_EQ(who(sign(axfr_, "ns2-key")), "keyed");
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "198.51.100.1:1"), "keyed");
  EXPECT_EQ(who(sign(axfr_, "ns3-key"), "198.51.100.1:1"), "rolling") << "the second of its keys";
}

TEST_F(Gate, AddressLetsInWhoHasNoKey) {
  EXPECT_EQ(who(axfr_, "192.0.2.3:5000"), "open");
  EXPECT_EQ(who(axfr_, "[2001:db8::3]:5000"), "open");
  EXPECT_EQ(who(axfr_, "192.0.2.30:53"), "");
}

TEST_F(Gate, PeerWithAKeyIsNeverServedWithoutIt) {
  EXPECT_EQ(who(axfr_, "192.0.2.2:5000"), "");
}

TEST_F(Gate, KeyOfNobodyLetsNobodyIn) {
  peers_.erase(peers_.begin());
  EXPECT_EQ(who(sign(axfr_, "ns2-key")), "");
  EXPECT_EQ(judge_it(sign(axfr_, "ns2-key")).verdict, TransferVerdict::kRefused);
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "192.0.2.3:5000"), "") << "signed, and so not by its address";
}

TEST_F(Gate, BothAreNeededWhereThePeerIsSetSo) {
  peers_[0].from_addresses_only = true;
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "192.0.2.2:5000"), "keyed");
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "192.0.2.3:5000"), "");
}

TEST_F(Gate, OfSeveralWithAKeyTheOneAtTheAddressElseTheFirstByName) {
  peers_.push_back(peer("two", {"ns2-key"}, {"192.0.2.9:53"}));
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "192.0.2.9:7"), "two");
  EXPECT_EQ(who(sign(axfr_, "ns2-key"), "192.0.2.8:7"), "keyed");
}

TEST_F(Gate, PeerHasItsZonesAlone) {
  peers_[0].all_zones = false;
  peers_[0].zones = {test::parse("spf.secutix.com")};
  EXPECT_EQ(who(sign(axfr_, "ns2-key")), "");
  EXPECT_EQ(who(sign(test::query("spf.secutix.com", kAxfr), "ns2-key")), "keyed");
}

TEST_F(Gate, NameThatIsNoApexIsNobodys) {
  EXPECT_EQ(who(sign(test::query("_domainkey.dkim.secutix.com", kAxfr), "ns2-key")), "");
  EXPECT_EQ(who(sign(test::query("secutix.com", kAxfr), "ns2-key")), "");
}

TEST_F(Gate, DatagramCarriesNoTransfer) {
  const auto over_udp = [&](const zonestore::Bytes& request) {
    const Judgement judgement = judge_it(sign(request, "ns2-key"), "192.0.2.2:5000", Transport::kUdp);
    EXPECT_FALSE(judgement.is_stream);
    return judgement.verdict;
  };
  EXPECT_EQ(over_udp(axfr_), TransferVerdict::kNotImp);
  EXPECT_EQ(over_udp(ixfr(kZone, kSerial - 5)), TransferVerdict::kSoaAlone);
}

TEST_F(Gate, IxfrBeginsAtTheSerialOfItsAuthoritySection) {
  const Judgement judgement = judge_it(sign(ixfr(kZone, kSerial - 5), "ns2-key"));
  EXPECT_TRUE(judgement.is_stream);
  EXPECT_EQ(judgement.from, kSerial - 5);
}

TEST_F(Gate, IxfrOfTheSameOrALaterSerialHasNothingNew) {
  for (const std::uint32_t serial : {kSerial, kSerial + 1, kSerial + 0x7FFFFFFF}) {
    const Judgement judgement = judge_it(sign(ixfr(kZone, serial), "ns2-key"));
    EXPECT_FALSE(judgement.is_stream);
    EXPECT_EQ(judgement.verdict, TransferVerdict::kSoaAlone);
  }
  EXPECT_TRUE(judge_it(sign(ixfr(kZone, kSerial + 0x80000000U), "ns2-key")).is_stream) << "neither before nor after";
}

TEST_F(Gate, IxfrWithoutASerialIsMalformed) {
  EXPECT_EQ(judge_it(sign(ixfr(kZone, std::nullopt), "ns2-key")).verdict, TransferVerdict::kFormErr);
  const zonestore::Bytes of_another = test::message(
      0, {1, 0, 1, 0},
      {test::question(test::name(kZone), kIxfr), test::record(test::name("a"), 6, 1, 0, test::soa_data("a", 1, 1))});
  EXPECT_EQ(judge_it(sign(of_another, "ns2-key")).verdict, TransferVerdict::kFormErr);
  EXPECT_EQ(judge_it(ixfr(kZone, std::nullopt)).verdict, TransferVerdict::kRefused)
      << "to strangers, whatever it says";
}

TEST_F(Gate, EverythingElseIsNoRequest) {
  EXPECT_FALSE(is_request(receive(test::query(kZone, 6))));
  zonestore::Bytes bad = sign(axfr_, "ns2-key");
  bad[bad.size() - 10] ^= 1U;
  EXPECT_FALSE(is_request(receive(bad)));
  EXPECT_FALSE(is_request(receive(test::message(0, {}, {test::question(test::name(kZone), kAxfr, 3)}))));
  EXPECT_FALSE(is_request(receive(test::query_with_opt(kZone, kAxfr, test::opt(1232, 0x00010000)))));
  EXPECT_FALSE(is_request(receive(test::message(0x2800, {}, {test::question(test::name(kZone), kAxfr)}))));
}

// What the responder makes of the verdicts.
TEST_F(Gate, VerdictsAreAnswered) {
  const auto answered = [&](const zonestore::Bytes& request, TransferVerdict verdict) {
    receive(request);
    received_.transfer = verdict;
    test::Bytes out(65535);
    out.resize(answer::respond(received_, out, *image_, settings_, client_).size);
    return test::Seen{out};
  };
  EXPECT_EQ(answered(axfr_, TransferVerdict::kRefused).rcode(), 5U);
  EXPECT_EQ(answered(axfr_, TransferVerdict::kNotImp).rcode(), 4U);
  EXPECT_EQ(answered(axfr_, TransferVerdict::kFormErr).rcode(), 1U);
  EXPECT_EQ(answered(test::query("www.dkim.secutix.com", kAxfr), TransferVerdict::kRefused).rcode(), 9U);
  const test::Seen soa = answered(ixfr(kZone, kSerial), TransferVerdict::kSoaAlone);
  EXPECT_EQ(soa.rcode(), 0U);
  EXPECT_EQ(soa.answers(), 1U);
  EXPECT_EQ(test::u16_at(soa.bytes, 12 + test::name(kZone).size() + 4 + 2), 6U);
}

}  // namespace
}  // namespace dnsd::transfer
