// How much of a referral must fit (RFC 9471 section 3.1), and record data that no store of ours would hold.
#include "dnsd/answer/sections.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::test {
namespace {

constexpr unsigned kA = 1;
constexpr unsigned kNs = 2;
constexpr unsigned kCname = 5;
constexpr unsigned kSoa = 6;
constexpr unsigned kAaaa = 28;
constexpr unsigned kDname = 39;

class Sections : public ResponderTest {
 protected:
  Sections() {
    builder_ = zone::ImageBuilder();
    zone_ = builder_.add_zone(parse("test"), 4);
    put(zone_, "test", kSoa, {soa_data("test", 1, 60)});
  }

  // So many servers of the cut at cut.test, each with this many addresses of either family.
  void delegate(const std::string& below, int servers, std::size_t addresses) {
    std::vector<Bytes> names;
    for (int number = 0; number < servers; ++number) {
      const std::string server = "server" + std::to_string(number) + below;
      names.push_back(name(server));
      std::vector<Bytes> four, sixteen;
      for (std::uint8_t last = 0; last < addresses; ++last) {
        four.push_back(Bytes{192, 0, 2, last});
        sixteen.push_back(Bytes(16, last));
      }
      put(zone_, server, kA, four);
      put(zone_, server, kAaaa, sixteen);
    }
    put(zone_, "cut.test", kNs, names);
    image_ = builder_.finish().value();
  }

  zone::ZoneIndex zone_{};
};

TEST_F(Sections, GlueBelowTheCutThatDoesNotFitTruncatesRfc9471) {
  delegate(".cut.test", 10, 2);
  const Seen seen = ask(query("x.cut.test"));
  EXPECT_TRUE(seen.tc());
  EXPECT_EQ(seen.authorities(), 0U);
  const Seen whole = ask(query("x.cut.test"), answer::Transport::kTcp);
  EXPECT_FALSE(whole.tc());
  EXPECT_EQ(whole.authorities(), 10U);
  EXPECT_EQ(whole.additionals(), 40U);
}

TEST_F(Sections, AddressesOfServersElsewhereAreLeftOutWhereTheyDoNotFit) {
  delegate(".other.test", 10, 2);
  const Seen seen = ask(query("x.cut.test"));
  EXPECT_FALSE(seen.tc());
  EXPECT_EQ(seen.authorities(), 10U);
  EXPECT_GT(seen.additionals(), 0U);
  EXPECT_LT(seen.additionals(), 40U);
  EXPECT_LE(seen.bytes.size(), 512U);
}

TEST_F(Sections, RecordSetOfAddressesIsLeftOutWhole) {
  delegate(".other.test", 1, 30);  // 30 addresses of 16 bytes have no room behind 30 of 4 bytes
  EXPECT_EQ(ask(query("x.cut.test")).additionals() % 30, 0U);
}

TEST_F(Sections, ServersThatDoNotFitTruncate) {
  std::vector<Bytes> names;
  for (int number = 0; number < 40; ++number) {
    names.push_back(name("server" + std::to_string(number) + ".net"));
  }
  put(zone_, "cut.test", kNs, names);
  image_ = builder_.finish().value();
  const Seen seen = ask(query("x.cut.test"));
  EXPECT_TRUE(seen.tc());
  EXPECT_EQ(seen.authorities(), 0U);
}

TEST_F(Sections, ServerOfTheApexHasItsAddressesBesideIt) {
  put(zone_, "test", kNs, {name("ns.test"), name("ns.elsewhere")});
  put(zone_, "ns.test", kA, {Bytes{192, 0, 2, 1}});
  image_ = builder_.finish().value();
  const Seen seen = ask(query("test", kNs));
  EXPECT_EQ(seen.answers(), 2U);
  EXPECT_EQ(seen.additionals(), 1U);
}

TEST_F(Sections, TruncatedServersOfTheApexHaveNoAddressesRfc2181) {
  std::vector<Bytes> names{name("ns.test")};
  for (int number = 0; number < 40; ++number) {
    names.push_back(name("server" + std::to_string(number) + ".net"));
  }
  put(zone_, "test", kNs, names);
  put(zone_, "ns.test", kA, {Bytes{192, 0, 2, 1}});
  image_ = builder_.finish().value();
  const Seen seen = ask(query("test", kNs));
  EXPECT_TRUE(seen.tc());
  EXPECT_EQ(seen.answers() + seen.additionals(), 0U);
}

TEST_F(Sections, NegativeAnswerBehindAChainThatDoesNotFitTruncates) {
  const std::string label(63, 'l');
  put(zone_, "a.test", kCname, {name(label + "." + label + "." + label + ".test")});
  put(zone_, "b.test", kCname, {name("c.test")});
  put(zone_, "test", kSoa,
      {zonestore::soa_rdata({parse(label + "." + label + "." + label + ".m"),
                             parse(label + "." + label + "." + label + ".r"), 1, 1, 1, 1, 60})});
  image_ = builder_.finish().value();
  EXPECT_TRUE(ask(query("a.test")).tc());
  EXPECT_TRUE(ask(query(std::string(50, 'q') + ".test")).rcode() == 3U);
  EXPECT_EQ(ask(query("a.test"), answer::Transport::kTcp).rcode(), 3U);
}

TEST_F(Sections, ChainThatDoesNotFitTruncatesAtAnyOfItsRecords) {
  const std::string label(63, 'l');
  const std::string far = label + "." + label + "." + label;
  put(zone_, "a.test", kCname, {name(far + ".a.test")});
  put(zone_, far + ".a.test", kCname, {name(far + ".b.test")});
  put(zone_, far + ".b.test", kCname, {name(far + ".c.test")});
  put(zone_, "d.test", kDname, {name(label + "." + label + ".e.test")});
  image_ = builder_.finish().value();
  EXPECT_TRUE(ask(query("a.test")).tc());
  for (std::size_t size = 1; size <= 55; ++size) {
    const std::string prefix(size, 'p');
    const Seen seen = ask(query(prefix + "." + prefix + ".d.test"));
    EXPECT_LE(seen.bytes.size(), 512U);
    EXPECT_TRUE(seen.tc() || seen.authorities() == 1U) << size;  // whole, with the SOA of the NXDOMAIN, or nothing
  }
}

TEST_F(Sections, RecordDataThatIsNotOfItsTypeIsGivenAsItIs) {
  put(zone_, "short.test", kSoa + 9, {Bytes{1}});                      // an MX of one byte
  put(zone_, "open.test", kCname, {Bytes{3, 'a', 'b'}});               // a name without an end
  put(zone_, "more.test", kCname, {Bytes{1, 'a', 0, 7}});              // bytes behind the name
  put(zone_, "cut.test", kNs, {Bytes{9}, Bytes{}, Bytes{1, 'a', 0}});  // one good name of three
  put(zone_, "d.test", kDname, {Bytes{5, 'x'}});
  put(zone_, "none.test", kCname, {Bytes{}});
  put(zone_, "e.test", kDname, {Bytes{}});
  image_ = builder_.finish().value();
  EXPECT_EQ(ask(query("short.test", 15)).answers(), 1U);
  EXPECT_EQ(ask(query("open.test")).answers(), 1U);
  EXPECT_EQ(ask(query("more.test")).answers(), 1U);
  EXPECT_EQ(ask(query("x.cut.test")).authorities(), 3U);
  EXPECT_EQ(ask(query("x.d.test")).answers(), 1U);
  EXPECT_EQ(ask(query("none.test")).answers(), 1U);
  EXPECT_EQ(ask(query("x.e.test")).answers(), 1U);
}

TEST_F(Sections, SoaWithOneNameOnlyIsGivenAsItIs) {
  const auto minfo = static_cast<unsigned>(14);
  put(zone_, "m.test", minfo, {Bytes{1, 'a', 0}, Bytes{1, 'a', 0, 1, 'b', 0}});
  image_ = builder_.finish().value();
  EXPECT_EQ(ask(query("m.test", minfo)).answers(), 2U);
}

}  // namespace
}  // namespace dnsd::test
