#include "zonestore/zone/name.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore {
namespace {

using testing::HasSubstr;

Name name(const std::string& text) {
  auto parsed = Name::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Name();
}

std::string why_not(const std::string& text) {
  const auto parsed = Name::parse(text);
  EXPECT_FALSE(parsed) << text;
  return parsed ? "" : parsed.error().message;
}

Bytes wire_of(const Name& value) {
  return {value.wire().begin(), value.wire().end()};
}

TEST(Name, ParsesIntoWireForm) {
  EXPECT_EQ(wire_of(name("a.bc")), (Bytes{1, 'a', 2, 'b', 'c', 0}));
  EXPECT_EQ(wire_of(name("a.bc.")), wire_of(name("a.bc")));
  EXPECT_EQ(wire_of(name(".")), Bytes{0});
  EXPECT_EQ(wire_of(Name()), Bytes{0});
}

TEST(Name, ParsesEscapes) {
  EXPECT_EQ(wire_of(name(R"(a\.b\\\000\255)")), (Bytes{6, 'a', '.', 'b', '\\', 0, 255, 0}));
}

TEST(Name, RefusesWhatIsNoName) {
  EXPECT_THAT(why_not(""), HasSubstr("empty text"));
  EXPECT_EQ(why_not("a..b"), "domain name 'a..b' has an empty label");
  EXPECT_THAT(why_not(".."), HasSubstr("has an empty label"));
  EXPECT_THAT(why_not(".a"), HasSubstr("has an empty label"));
  EXPECT_THAT(why_not("a.."), HasSubstr("has an empty label"));
  EXPECT_THAT(why_not("a\\"), HasSubstr("single backslash"));
  EXPECT_THAT(why_not(R"(a\25)"), HasSubstr("three digits"));
  EXPECT_THAT(why_not(R"(a\2x5)"), HasSubstr("three digits"));
  EXPECT_THAT(why_not(R"(a\256)"), HasSubstr("above \\255"));
  EXPECT_THAT(why_not("a b"), HasSubstr("space or control"));
  EXPECT_THAT(why_not("m\xc3\xbcller.ch"), HasSubstr("outside ASCII"));
}

TEST(Name, KeepsControlBytesAndLengthOutOfMessages) {
  EXPECT_THAT(why_not(std::string("a\nb")), HasSubstr("'a\\010b'"));
  EXPECT_LT(why_not(std::string(100'000, 'x')).size(), 200U);
}

TEST(Name, RefusesALabelOver63Bytes) {
  EXPECT_EQ(name(std::string(63, 'x')).size_bytes(), 65U);
  EXPECT_THAT(why_not(std::string(64, 'x')), HasSubstr("a label of more than 63 bytes"));
  EXPECT_THAT(why_not("a." + std::string(64, 'x') + ".b"), HasSubstr("a label of more than 63 bytes"));
}

TEST(Name, RefusesANameOver255Bytes) {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    text += std::string(63, 'x') + ".";
  }
  EXPECT_EQ(name(text + std::string(61, 'y')).size_bytes(), 255U);
  EXPECT_THAT(why_not(text + std::string(62, 'y')), HasSubstr("too long: more than 255 bytes"));
}

TEST(Name, TakesTheNameWithTheMostLabels) {
  std::string text;
  for (int i = 0; i < 127; ++i) {
    text += "a.";
  }
  const Name longest = name(text);
  EXPECT_EQ(longest.label_count(), 127U);
  EXPECT_EQ(longest.size_bytes(), 255U);
  EXPECT_EQ(longest, longest.lowered());
  EXPECT_EQ(decode_owner_key(encode_owner_key(longest, Name()), Name()), longest);
}

TEST(Name, ReadsOneNameFromWire) {
  const Bytes wire{1, 'A', 2, 0, 0xFF, 0};
  const auto read = Name::from_wire(wire);
  ASSERT_TRUE(read);
  EXPECT_EQ(wire_of(*read), wire);
  EXPECT_TRUE(Name::from_wire(Bytes{0})->is_root());
}

TEST(Name, RefusesWireThatIsNotExactlyOneName) {
  EXPECT_FALSE(Name::from_wire(Bytes{}));
  EXPECT_FALSE(Name::from_wire(Bytes{1, 'a'}));
  EXPECT_FALSE(Name::from_wire(Bytes{2, 'a', 0}));
  EXPECT_FALSE(Name::from_wire(Bytes{1, 'a', 0, 0}));
  EXPECT_FALSE(Name::from_wire(Bytes{0xC0, 0x0C}));
  EXPECT_FALSE(Name::from_wire(Bytes{64, 'a', 0}));
  EXPECT_FALSE(Name::from_wire(Bytes{5}));
  Bytes long_wire;
  for (int i = 0; i < 128; ++i) {
    long_wire.insert(long_wire.end(), {1, 'a'});
  }
  long_wire.push_back(0);
  EXPECT_FALSE(Name::from_wire(long_wire));
}

TEST(Name, PrintsWithEscapes) {
  EXPECT_EQ(Name().to_text(), ".");
  EXPECT_EQ(Name().to_text_no_dot(), ".");
  EXPECT_EQ(name("Sel1-Mosa._domainkey").to_text(), "Sel1-Mosa._domainkey.");
  EXPECT_EQ(name("Sel1-Mosa._domainkey").to_text_no_dot(), "Sel1-Mosa._domainkey");
  EXPECT_EQ(name(R"(a\.\\\;\"\(\)\@\$\032\200)").to_text(), R"(a\.\\\;\"\(\)\@\$\032\200.)");
}

TEST(Name, PrintsEveryByteSoThatAnyServerReadsIt) {
  EXPECT_EQ(name("a*_-/9").to_text(), "a*_-/9.");
  EXPECT_EQ(name("[`{|}~+=!").to_text(), R"(\091\096\123\124\125\126\043\061\033.)");
}

TEST(Name, ComparesWithoutCaseAndKeepsIt) {
  EXPECT_EQ(name("ExAmple.COM"), name("eXample.com"));
  EXPECT_NE(wire_of(name("A")), wire_of(name("a")));
  EXPECT_EQ(wire_of(name("A.bC").lowered()), wire_of(name("a.bc")));
  EXPECT_NE(name("a\\192"), name("a\\224"));  // Latin letters are not folded, RFC 4343
  EXPECT_NE(name("@"), name("`"));
  EXPECT_NE(name("a.b"), name("a\\.b"));
}

TEST(Name, SortsAsRfc4034Section61Does) {
  const std::vector<std::string> sorted = {"example",         "a.example",      "yljkjljk.a.example",
                                           "Z.a.example",     "zABC.a.EXAMPLE", "z.example",
                                           "\\001.z.example", "*.z.example",    "\\200.z.example"};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      EXPECT_EQ(name(sorted[i]) <=> name(sorted[j]), i <=> j) << sorted[i] << " and " << sorted[j];
    }
  }
}

TEST(Name, KnowsItsAncestors) {
  const Name leaf = name("sel1.DKIM.example");
  EXPECT_EQ(leaf.parent(), name("dkim.example"));
  EXPECT_TRUE(Name().parent().is_root());
  EXPECT_TRUE(leaf.is_at_or_below(leaf));
  EXPECT_TRUE(leaf.is_at_or_below(name("dkim.example")));
  EXPECT_TRUE(leaf.is_at_or_below(Name()));
  EXPECT_FALSE(leaf.is_at_or_below(name("kim.example")));
  EXPECT_FALSE(name("example").is_at_or_below(leaf));
  EXPECT_EQ(leaf.label_count(), 3U);
}

TEST(Name, ALabelBoundaryIsNotFoundInsideALabel) {
  // The last bytes of the first name are those of the second, but they begin inside a label.
  EXPECT_FALSE(name("xx\\003com").is_at_or_below(name("com")));
}

TEST(Name, MakesChildren) {
  EXPECT_EQ(name("example").child("a"), name("a.example"));
  EXPECT_EQ(name("example").child("a.b"), name("a\\.b.example"));
  EXPECT_FALSE(name("example").child(""));
  EXPECT_FALSE(name("example").child(std::string(64, 'x')));
  Name longest = name(std::string(61, 'x'));
  for (int i = 0; i < 3; ++i) {
    const auto longer = longest.child(std::string(63, 'x'));
    ASSERT_TRUE(longer);
    longest = *longer;
  }
  EXPECT_EQ(longest.size_bytes(), 255U);
  EXPECT_FALSE(longest.child("x"));
}

// Names that are likely to collide: few labels, of few bytes, from an alphabet that the key must handle.
class RandomNames {
 public:
  Name below(const Name& apex) {
    Name made = apex;
    for (int labels = pick(0, 4); labels > 0; --labels) {
      std::string label;
      for (int bytes = pick(1, 3); bytes > 0; --bytes) {
        constexpr std::string_view kAlphabet("\0\1\2aAbBzZ[`\xff-.", 14);
        label += kAlphabet[static_cast<std::size_t>(pick(0, static_cast<int>(kAlphabet.size()) - 1))];
      }
      made = *made.child(label);
    }
    return made;
  }

 private:
  int pick(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  std::mt19937 random_{20261123};
};

TEST(Name, TextOfAnyNameParsesBack) {
  RandomNames names;
  for (int i = 0; i < 20'000; ++i) {
    const Name made = names.below(Name());
    const auto read = Name::parse(made.to_text());
    ASSERT_TRUE(read) << made.to_text();
    ASSERT_EQ(wire_of(*read), wire_of(made));
  }
}

TEST(OwnerKey, HasTheFormThatTheStoreKeeps) {
  const Name apex = name("DKIM.example");
  EXPECT_EQ(encode_owner_key(apex, apex), Bytes{});
  EXPECT_EQ(encode_owner_key(name("Sel1._Domainkey.dkim.example"), apex),
            (Bytes{'_', 'd', 'o', 'm', 'a', 'i', 'n', 'k', 'e', 'y', 0, 's', 'e', 'l', '1', 0}));
  EXPECT_EQ(encode_owner_key(name("\\000\\001\\002.dkim.example"), apex), (Bytes{1, 1, 1, 2, 2, 0}));
}

TEST(OwnerKey, DecodesToTheLoweredNameAndSortsCanonically) {
  const Name apex = name("Dkim.Example");
  RandomNames names;
  Name left = apex;
  Bytes left_key;
  for (int i = 0; i < 50'000; ++i) {
    const Name right = names.below(apex);
    const Bytes right_key = encode_owner_key(right, apex);
    const auto decoded = decode_owner_key(right_key, apex);
    ASSERT_TRUE(decoded) << right.to_text();
    ASSERT_EQ(wire_of(*decoded), wire_of(right.lowered()));
    ASSERT_EQ(left_key <=> right_key, left <=> right) << left.to_text() << " and " << right.to_text();
    left = right;
    left_key = right_key;
  }
}

TEST(OwnerKey, RefusesBytesThatNoEncodeMakes) {
  const Name apex = name("dkim.example");
  const std::vector<Bytes> damaged = {{'a'}, {0},      {'A', 0},      {1, 0},      {1, 3, 0},
                                      {1},   {'a', 1}, {'a', 0, 'b'}, {'a', 0, 0}, Bytes(64, 'a')};
  for (Bytes key : damaged) {
    const auto decoded = decode_owner_key(key, apex);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kDamaged);
  }
  Bytes too_long(64, 'a');
  too_long.push_back(0);
  EXPECT_FALSE(decode_owner_key(too_long, apex));
  Bytes too_many;
  for (int i = 0; i < 128; ++i) {
    too_many.insert(too_many.end(), {'a', 0});
  }
  EXPECT_FALSE(decode_owner_key(too_many, apex));
}

TEST(OwnerKey, ReadsAnyBytesWithoutFault) {
  const Name apex = name("dkim.example");
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    Bytes key(random() % 12);
    for (auto& byte : key) {
      byte = static_cast<std::uint8_t>(random() % 5 == 0 ? random() % 256 : random() % 3);
    }
    if (const auto decoded = decode_owner_key(key, apex)) {
      ASSERT_EQ(encode_owner_key(*decoded, apex), key);
    }
  }
}

}  // namespace
}  // namespace zonestore
