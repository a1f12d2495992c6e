#include "zonestore/zone/zone_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "store_fixture.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string text_of(RecordType type, const Bytes& rdata) {
  const auto text = rdata_to_text(type, rdata);
  return text ? *text : "error: " + text.error().message;
}

TEST(RdataToText, PrintsAsDigDoes) {
  EXPECT_EQ(text_of(RecordType::kTxt, txt_rdata("v=spf1 ~all")), R"("v=spf1 ~all")");
  EXPECT_EQ(text_of(RecordType::kTxt, Bytes{1, 'a', 0, 1, 'b'}), R"("a" "" "b")");
  EXPECT_EQ(text_of(RecordType::kTxt, Bytes{4, '"', '\\', 0xE9, 0}), R"("\"\\\233\000")");
  EXPECT_EQ(text_of(RecordType::kA, Bytes{192, 0, 2, 1}), "192.0.2.1");
  EXPECT_EQ(text_of(RecordType::kNs, ns("example").rdata[0]), "ns1.example.com.");
  EXPECT_EQ(text_of(RecordType::kSoa, soa("example").rdata[0]),
            "ns1.example.com. hostmaster.example.com. 0 3600 600 1209600 300");
  EXPECT_EQ(text_of(static_cast<RecordType>(65280), Bytes{1, 2, 0xAB}), "\\# 3 0102ab");
  EXPECT_EQ(text_of(static_cast<RecordType>(65280), Bytes{}), "\\# 0");
}

TEST(RdataToText, EscapesNamesAsOwnersAreEscaped) {
  EXPECT_EQ(rdata_to_text(RecordType::kNs, Bytes{4, 'n', '"', ' ', '[', 0}).value_or(""), R"(n\"\032\091.)");
  EXPECT_EQ(rdata_to_text(RecordType::kMx, Bytes{0, 10, 2, 'a', '@', 0}).value_or(""), R"(10 a\@.)");
}

TEST(RdataToText, EmptyDataIsForTypesWithoutAFormOnlyRfc3597) {
  for (const unsigned type : {1U, 2U, 5U, 6U, 12U, 15U, 16U, 28U, 33U, 35U, 39U, 43U, 52U, 257U}) {
    EXPECT_FALSE(rdata_to_text(static_cast<RecordType>(type), {}).has_value()) << type;
  }
  EXPECT_EQ(rdata_to_text(static_cast<RecordType>(65280), {}).value_or(""), "\\# 0");
}

TEST(RdataToText, RefusesDataThatIsNotOfItsType) {
  const auto refused = [](RecordType type, const Bytes& rdata) {
    const auto text = rdata_to_text(type, rdata);
    return !text && text.error().code == ErrorCode::kDamaged;
  };
  EXPECT_TRUE(refused(RecordType::kA, {1, 2, 3}));
  EXPECT_TRUE(refused(RecordType::kA, {1, 2, 3, 4, 5}));
  EXPECT_TRUE(refused(RecordType::kTxt, {5, 'a'}));
  EXPECT_TRUE(refused(RecordType::kNs, {1, 'a'}));
  EXPECT_TRUE(refused(RecordType::kNs, {1, 'a', 0, 0}));
  EXPECT_TRUE(refused(RecordType::kNs, {1, 'a', 0xC0, 0}));
  EXPECT_TRUE(refused(RecordType::kNs, {0xC0, 0}));
  EXPECT_TRUE(refused(RecordType::kMx, {0, 10, 1, 'a', 0xC0, 2}));  // a pointer to a name within
  EXPECT_TRUE(refused(RecordType::kSoa, Bytes(10, 0)));
  EXPECT_TRUE(refused(static_cast<RecordType>(65280), Bytes(70'000, 0)));
}

class ZoneFileTest : public testing::Test {
 protected:
  std::filesystem::path write_text(const std::string& text) {
    const auto file = directory_.path() / "zone.txt";
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  // The first fault of the text as an error.
  Result<std::vector<RecordSet>> read_text(const std::string& text, const std::string& origin = "example") {
    ZoneFaults faults;
    const auto read = read_zone_file(write_text(text), name(origin), faults);
    if (!read || !faults.empty()) {
      return tl::unexpected(read ? Error{ErrorCode::kInvalid, shown(faults.first(1).front()), ""} : read.error());
    }
    std::vector<RecordSet> sets;
    for (const FileRecordSet& each : *read) {
      sets.push_back(each.set);
    }
    return sets;
  }

  static std::string shown(const ZoneFault& fault) { return std::to_string(fault.line) + ": " + fault.message; }

  std::vector<std::string> faults_of(const std::string& text) {
    ZoneFaults faults;
    const auto read = read_zone_file(write_text(text), name("example"), faults);
    EXPECT_TRUE(read) << read.error().message;
    std::vector<std::string> lines;
    for (const ZoneFault& fault : faults.first(100)) {
      lines.push_back(shown(fault));
    }
    return lines;
  }

  std::string error_of(const std::string& text) {
    const auto lines = faults_of(text);
    EXPECT_EQ(lines.size(), 1U) << text;
    return lines.empty() ? "" : lines.front();
  }

  static std::string written(const std::vector<RecordSet>& sets) {
    std::ostringstream out;
    ZoneFileWriter writer(out, sets.front().owner);
    EXPECT_TRUE(writer.begin(sets.front()));
    for (const RecordSet& set : sets) {
      EXPECT_TRUE(writer.write(set));
    }
    return out.str();
  }

  tests::TempDirectory directory_;
};

const std::vector<RecordSet>& sample() {
  static const std::vector<RecordSet> kSets = {
      soa("example"),
      ns("example"),
      txt("sel1-mosa._domainkey.example", "v=DKIM1; k=rsa; p=" + std::string(392, 'A'), 3600),
      {name("Upper._domainkey.example"), RecordType::kTxt, Ttl{300}, {txt_rdata("v=DKIM1; p="), txt_rdata("x")}},
  };
  return kSets;
}

TEST_F(ZoneFileTest, WritesOneLineARecordTheSoaFirst) {
  const std::string text = written({soa("example"), ns("example"), txt("a.example", "b")});
  EXPECT_EQ(text,
            "$ORIGIN example.\n"
            "$TTL 3600\n"
            "example.\t3600\tIN\tSOA\tns1.example.com. hostmaster.example.com. 0 3600 600 1209600 300\n"
            "example.\t3600\tIN\tNS\tns1.example.com.\n"
            "example.\t3600\tIN\tNS\tns2.example.com.\n"
            "a.example.\t300\tIN\tTXT\t\"b\"\n");
}

void sort_canonically(std::vector<RecordSet>& sets) {
  std::sort(sets.begin(), sets.end(), [](const RecordSet& left, const RecordSet& right) {
    return std::pair(left.owner, left.type) < std::pair(right.owner, right.type);
  });
  for (RecordSet& set : sets) {
    put_in_canonical_order(set.rdata);
  }
}

TEST_F(ZoneFileTest, ReadsBackWhatItWrote) {
  std::vector<RecordSet> sets = sample();
  const auto read = read_text(written(sets), "other");
  ASSERT_TRUE(read) << read.error().message;
  sort_canonically(sets);
  EXPECT_EQ(*read, sets);
  EXPECT_EQ(read->back().owner.to_text(), "Upper._domainkey.example.");
}

TEST_F(ZoneFileTest, ReadsBackAnyBytes) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) {
    all_bytes += static_cast<char>(byte);
  }
  const std::vector<Bytes> rdata = {
      txt_rdata(all_bytes), txt_rdata(""), {0, 0, 1, 'a', 0}, txt_rdata("\"\\;()@$\t ")};
  std::vector<RecordSet> sets = {
      soa("example"),
      {name("txt.example"), RecordType::kTxt, Ttl{300}, rdata},
      {name(R"(\000\"\;\(\)\@\$\.\\\032\255*.example)"), RecordType::kA, Ttl{0x7FFF'FFFF}, {{192, 0, 2, 1}}},
      {name("unknown.example"), static_cast<RecordType>(65280), Ttl{1}, {{}, {1, 2, 3}, Bytes(300, 0xAB)}},
      {name("caa.example"), RecordType::kCaa, Ttl{1}, {{0, 5, 'i', 's', 's', 'u', 'e', ';', '"'}}},
      {name("srv.example"), RecordType::kSrv, Ttl{1}, {{0, 1, 0, 2, 0, 3, 1, 'A', 1, '.', 0}}},
      {name("ds.example"), RecordType::kDs, Ttl{1}, {{0, 1, 8, 5, 0xAA, 0xBB}}},
  };
  const auto read = read_text(written(sets));
  ASSERT_TRUE(read) << read.error().message;
  sort_canonically(sets);
  ASSERT_EQ(read->size(), sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    EXPECT_EQ((*read)[i], sets[i]) << sets[i].owner.to_text() << " " << to_text(sets[i].type);
  }
}

TEST_F(ZoneFileTest, ReportsDataThatCannotBeWritten) {
  std::ostringstream out;
  ZoneFileWriter writer(out, name("example"));
  const auto damaged = writer.write({name("a.example"), RecordType::kA, Ttl{1}, {{1}}});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(damaged.error().message, StartsWith("a.example.: "));
  out.setstate(std::ios::badbit);
  const auto failed = writer.begin(soa("example"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
}

TEST_F(ZoneFileTest, UnderstandsOriginsTtlsAndRelativeNames) {
  const auto sets = read_text(R"(; a comment
@   IN SOA ns1.example.com. hostmaster (
          1 2 3 4 60 ) ; minimum
    IN NS ns1
a   TXT one
    TXT two
$TTL 1h
b   TXT three
c 5 TXT four
$ORIGIN sub.example.
d   TXT five
e.example.  TXT six
)");
  ASSERT_TRUE(sets) << sets.error().message;
  std::vector<std::string> lines;
  for (const RecordSet& set : *sets) {
    std::string line = set.owner.to_text() + " " + std::to_string(seconds(set.ttl)) + " " + to_text(set.type);
    for (const Bytes& record : set.rdata) {
      line += " " + text_of(set.type, record);
    }
    lines.push_back(line);
  }
  EXPECT_THAT(
      lines,
      ElementsAre("example. 60 NS ns1.example.", "example. 60 SOA ns1.example.com. hostmaster.example. 1 2 3 4 60",
                  R"(a.example. 60 TXT "one" "two")", R"(b.example. 3600 TXT "three")", R"(c.example. 5 TXT "four")",
                  R"(e.example. 3600 TXT "six")", R"(d.sub.example. 3600 TXT "five")"));
}

TEST_F(ZoneFileTest, DropsDuplicateRecords) {
  const auto sets = read_text("a 5 TXT x\nA 5 TXT x\na 5 TXT y\n");
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_EQ(sets->size(), 1U);
  EXPECT_EQ(sets->front().rdata.size(), 2U);
}

TEST_F(ZoneFileTest, AnEmptyFileHasNoRecordSets) {
  EXPECT_TRUE(read_text("")->empty());
  EXPECT_TRUE(read_text("\n; nothing\n\n")->empty());
  EXPECT_EQ(read_text("a 5 TXT x")->size(), 1U);  // without a line's end
}

TEST_F(ZoneFileTest, SaysInWhichLineAnErrorIs) {
  EXPECT_THAT(error_of("a 5 TXT x\n\n; comment\nb 5 A 1.2.3\n"), StartsWith("4: this is no data of type A: "));
  EXPECT_THAT(error_of("b 5 A 1.2.3"), StartsWith("1: "));
  EXPECT_THAT(error_of("a 5 TXT (\n x\n y )\nb 5 NOTYPE x\n"),
              StartsWith("4: word 3: what stands where the record's type is expected is no type"));
  EXPECT_THAT(error_of("a TXT x\n"), StartsWith("1: no TTL is given"));
  EXPECT_THAT(error_of("a 5 TXT x\na 6 TXT y\n"), StartsWith("2: the records of a.example. TXT have"));
  EXPECT_THAT(error_of("a 2147483648 TXT x\n"), StartsWith("1: the TTL is above"));
  EXPECT_THAT(error_of("\na 5 CH TXT x\n"), StartsWith("2: word 3: a record of another class than IN"));
  EXPECT_THAT(error_of("$INCLUDE /none\n"), StartsWith("1: $INCLUDE of a file that is not there"));
  EXPECT_THAT(error_of("$INCLUDE /dev/null\n"), StartsWith("1: $INCLUDE of a file that is not there"));
  EXPECT_THAT(error_of("$GENERATE 1-9 a$ 5 A 192.0.2.$\n"), StartsWith("1: $GENERATE is not supported"));
  EXPECT_THAT(error_of("$FOO x\n"), StartsWith("1: a word that begins with $ is no directive"));
  EXPECT_THAT(error_of("a 5 TYPE255 \\# 0\n"), StartsWith("1: word 3: records of type ANY do not stand in zones"));
  EXPECT_THAT(error_of(std::string(64, 'a') + " 5 TXT x\n"), HasSubstr("a label of more than 63 bytes"));
  EXPECT_THAT(error_of("a 5 A 192.0.2.1 junk\n"),
              StartsWith("1: this is no data of type A: it ends with address, and more follows"));
  EXPECT_THAT(error_of("a 5 TXT\n"), StartsWith("1: this is no data of type TXT: there is none"));
  EXPECT_THAT(error_of("a\n"), StartsWith("1: a record without a type"));
  EXPECT_THAT(error_of(" 5 TXT x\n"), StartsWith("1: a record without an owner"));
  EXPECT_THAT(error_of("a 5 TXT \"x\n"), StartsWith("1: a quoted string does not end on its line"));
  EXPECT_THAT(error_of("a 5 TXT (\nx\n"), StartsWith("1: the parenthesis that opens here is not closed"));
  EXPECT_THAT(error_of("a 5 TXT x )\n"), StartsWith("1: a parenthesis is closed that was not opened"));
  EXPECT_THAT(error_of(std::string("a 5 TXT x\0y\n", 12)), StartsWith("1: a NUL byte"));
  EXPECT_THAT(error_of("$TTL 1x\n"), StartsWith("1: $TTL takes a number of seconds"));
  EXPECT_THAT(error_of("$TTL 1 2\n"), StartsWith("1: $TTL takes one value"));
  EXPECT_THAT(error_of("a 5 NS " + std::string(60, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                       "." + std::string(63, 'd') + "\n"),
              HasSubstr("more than 255 bytes"));
}

TEST_F(ZoneFileTest, SkipsAByteOrderMark) {
  EXPECT_EQ(read_text("\xEF\xBB\xBF; a comment\na 5 TXT x\n")->size(), 1U);
  EXPECT_EQ(read_text("\xEF\xBB\xBF$TTL 5\na TXT x\n")->size(), 1U);
  EXPECT_THAT(error_of("\xEF\xBB"), StartsWith("1: a byte that no text begins with"));
}

TEST_F(ZoneFileTest, TakesIncludedFilesFromBesideIt) {
  std::filesystem::create_directory(directory_.path() / "parts");
  std::ofstream(directory_.path() / "parts/one") << "\xEF\xBB\xBF"
                                                 << "in 5 TXT 1\n$ORIGIN deep\n$INCLUDE two\nx 5 TXT 3\n";
  std::ofstream(directory_.path() / "parts/two") << "$TTL 7\ntwo TXT 2\n";
  std::ofstream(directory_.path() / "parts/bad") << "good 5 TXT 1\n\nbad 5 A x\n";
  std::ofstream(directory_.path() / "loop") << "$INCLUDE loop\n";
  const auto sets = read_text("a 5 TXT 0\n$INCLUDE parts/one sub.example.\n 5 TXT 9\n");
  ASSERT_TRUE(sets) << sets.error().message;
  std::vector<std::string> owners;
  for (const RecordSet& set : *sets) {
    owners.push_back(set.owner.to_text() + " " + std::to_string(set.rdata.size()));
  }
  EXPECT_THAT(owners,
              ElementsAre("a.example. 2", "two.deep.sub.example. 1", "x.deep.sub.example. 1", "in.sub.example. 1"));
  EXPECT_THAT(error_of("\n$INCLUDE \"parts/bad\"\n"),
              testing::AllOf(StartsWith("2: in "), HasSubstr("parts/bad, line 3: ")));
  EXPECT_THAT(error_of("$INCLUDE loop\n"), HasSubstr("do they include each other"));
}

TEST_F(ZoneFileTest, KeepsValuesThatTheGrammarWouldCut) {
  const auto sets =
      read_text("a 5 HTTPS 1 . alpn=\"h2,h3\" key667=\"a;b (c\"\nb 5 TXT k=\"v\"\nc 5 CAA 0 issue \";\" ; x\n");
  ASSERT_TRUE(sets) << sets.error().message;
  EXPECT_EQ(text_of((*sets)[0].type, (*sets)[0].rdata[0]), "1 . alpn=h2,h3 key667=\"a;b (c\"");
  EXPECT_EQ(text_of((*sets)[1].type, (*sets)[1].rdata[0]), R"("k=" "v")")
      << "two strings, as BIND and dnspython have it";
  EXPECT_EQ(text_of((*sets)[2].type, (*sets)[2].rdata[0]), R"(0 issue ";")");
}

TEST_F(ZoneFileTest, WritesAsBytesWhatSomeReadersDoNotKnow) {
  const std::string text =
      written({soa("example"), {name("a.example"), static_cast<RecordType>(260), Ttl{5}, {{10, 0}}}});
  EXPECT_THAT(text, HasSubstr("a.example.\t5\tIN\tTYPE260\t\\# 2 0a00\n"));
}

TEST_F(ZoneFileTest, SaysNothingOfTheFileThatIsNoZoneText) {
  const std::string secret = "nQ3kT0pSecretKeyMaterialThatMustNotBePrinted";
  for (const std::string& line :
       {secret, secret + " " + secret, "-----BEGIN " + secret + " KEY-----", "$" + secret, "$TTL " + secret,
        "a 5 A " + secret, "\"" + secret + "\" 5 A 192.0.2.1", "$INCLUDE " + secret, secret + ".." + " 5 A 192.0.2.1",
        "a 5 MX 1 " + secret + ".."}) {
    for (const std::string& fault : faults_of(line + "\n")) {
      EXPECT_THAT(fault, testing::Not(HasSubstr("Secret"))) << line;
    }
  }
}

TEST_F(ZoneFileTest, TellsEveryFaultAndReadsOn) {
  EXPECT_THAT(faults_of("a 5 A x\nb 5 A 192.0.2.1\nc 5 AAAA y\n d 5 A z\n"),
              ElementsAre(StartsWith("1: "), StartsWith("3: "), StartsWith("4: ")));
}

TEST_F(ZoneFileTest, KeepsOneThousandFaultsAndCountsThemAll) {
  std::string text;
  for (int line = 0; line < 1'500; ++line) {
    text += "a 5 A x\n";
  }
  ZoneFaults faults;
  ASSERT_TRUE(read_zone_file(write_text(text), name("example"), faults));
  EXPECT_EQ(faults.count(), 1'500U);
  EXPECT_EQ(faults.first(2'000).size(), ZoneFaults::kMaxKept);
  EXPECT_EQ(faults.first(20).back().line, 20U);
}

TEST_F(ZoneFileTest, LearnsTheOriginFromTheSoaOrFromTheFile) {
  const auto origin_of = [this](const std::string& text) {
    ZoneFaults faults;
    const auto read = read_zone_file(write_text(text), std::nullopt, faults);
    EXPECT_TRUE(faults.empty());
    return read ? read->back().set.owner.to_text() : read.error().message;
  };
  EXPECT_EQ(origin_of("example.org. 5 SOA a b 1 2 3 4 5\nx A 192.0.2.1\n"), "x.example.org.");
  EXPECT_EQ(origin_of("$ORIGIN example.net.\n@ 5 SOA a b 1 2 3 4 5\nx A 192.0.2.1\n"), "x.example.net.");
  EXPECT_THAT(origin_of("@ 5 SOA a b 1 2 3 4 5\n"), HasSubstr("zone.txt:1: the file does not say which zone"));
  EXPECT_THAT(origin_of("x.example. 5 A 192.0.2.1\n"), HasSubstr("zone.txt:1: the file does not say which zone"));
}

TEST_F(ZoneFileTest, TakesRelativeOriginsUnitsAndClassesInAnyOrder) {
  const auto sets = read_text("$origin sub\na IN 1h30m A 192.0.2.1\nb 1W in A 192.0.2.2\nc CLASS1 5 A 192.0.2.3\n");
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_EQ(sets->size(), 3U);
  EXPECT_EQ((*sets)[0].owner.to_text(), "a.sub.example.");
  EXPECT_EQ((*sets)[0].ttl, Ttl{5'400});
  EXPECT_EQ((*sets)[1].ttl, Ttl{604'800});
}

TEST_F(ZoneFileTest, TakesRecordsLongerThanAnyLine) {
  std::string text = "a 5 TXT (";
  for (int string = 0; string < 200; ++string) {
    text += " \"";
    for (int byte = 0; byte < 250; ++byte) {
      text += "\\001";
    }
    text += "\"\r\n";
  }
  const auto sets = read_text(text + ")\r\nb 5 A 192.0.2.1\r\n");
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_EQ(sets->size(), 2U);
  EXPECT_EQ(sets->front().rdata.front().size(), 200U * 251U);
}

TEST_F(ZoneFileTest, GivesUpAtAnEntryWithoutAnEnd) {
  const std::string endless(2'000'000, 'a');
  EXPECT_THAT(error_of("a 5 TXT " + endless + "\nb 5 A x\n"), StartsWith("1: an entry of more than 1048576 bytes"));
  EXPECT_THAT(error_of("a 5 TXT \"" + endless + "\"\nb 5 A x\n"), StartsWith("1: an entry of more than"));
  std::string words = "\na 5 TXT (";
  for (int word = 0; word < 300'000; ++word) {
    words += " aaaa\n";
  }
  EXPECT_THAT(error_of(words), StartsWith("2: an entry of more than"));
  ZoneFaults faults;
  ASSERT_TRUE(read_zone_file("/dev/zero", name("example"), faults));
  EXPECT_EQ(faults.count(), 1U);
}

TEST_F(ZoneFileTest, SaysThatAFileIsMissing) {
  ZoneFaults faults;
  const auto sets = read_zone_file(directory_.path() / "none", name("example"), faults);
  ASSERT_FALSE(sets);
  EXPECT_EQ(sets.error().code, ErrorCode::kMissing);
  const auto directory = read_zone_file(directory_.path(), name("example"), faults);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::kIo);
}

struct Ran {
  int status = -1;
  std::string output;
};

Ran run(const std::string& command) {
  Ran ran;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
    ran.output += buffer.data();
  }
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

bool is_installed(const std::string& program) {
  return run("PATH=$PATH:/usr/sbin:/sbin command -v " + program).status == 0;
}

// Every server's own checker must take the file without a word of warning.
class ZoneFileCheckers : public ZoneFileTest {
 protected:
  void expect_loads(const std::string& program, const std::string& arguments) {
    if (!is_installed(program)) {
      GTEST_SKIP() << program << " is not installed";
    }
    const Ran ran = run("PATH=$PATH:/usr/sbin:/sbin " + program + " " + arguments);
    EXPECT_EQ(ran.status, 0) << ran.output;
    std::string lowered = ran.output;
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char character) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    });
    EXPECT_THAT(lowered, testing::Not(HasSubstr("warn"))) << ran.output;
    EXPECT_THAT(lowered, testing::Not(HasSubstr("error:"))) << ran.output;
  }

  std::string file_ = write_text(written(sample())).string();
};

TEST_F(ZoneFileCheckers, NsdTakesTheFile) {
  expect_loads("nsd-checkzone", "example " + file_);
}

TEST_F(ZoneFileCheckers, BindTakesTheFile) {
  expect_loads("named-checkzone", "-i local -n fail -k fail -m fail -r fail -S fail example " + file_);
}

TEST_F(ZoneFileCheckers, KnotTakesTheFile) {
  if (is_installed("kzonecheck")) {
    return expect_loads("kzonecheck", "-v -o example " + file_);
  }
  const auto config = directory_.path() / "knot.conf";
  std::ofstream(config) << "server:\n    rundir: " << directory_.path().string()
                        << "\ndatabase:\n    storage: " << directory_.path().string()
                        << "\nzone:\n  - domain: example\n    file: " << file_ << "\n    semantic-checks: on\n";
  expect_loads("knotc", "-c " + config.string() + " zone-check example");
}

}  // namespace
}  // namespace zonestore
