#include "tools/zonectl/instructions/letter.h"

#include <sstream>

#include <gmock/gmock.h>

#include "tools/zonectl/instructions/sheet.h"
#include "tools/zonectl/text/printable.h"

namespace zonectl::instructions {
namespace {

using testing::HasSubstr;
using testing::Not;
using zonestore::CustomerRecord;
using zonestore::Name;

CustomerRecord record(const std::string& name, const std::string& type, const std::string& value) {
  return {name, type, value, 3600, name + " 3600 IN " + type + " " + value};
}

Publication publication(const std::string& domain) {
  zonestore::DomainInstructions dns;
  dns.domain = Name::parse(domain).value();
  for (const auto* slot : {"1", "2"}) {
    dns.cnames.push_back(record("stxsel" + std::string(slot) + "._domainkey." + domain + ".", "CNAME",
                                "sel" + std::string(slot) + "-mosa._domainkey.dkim.secutix.com."));
  }
  dns.spf = record(domain + ".", "TXT", "v=spf1 include:spf.secutix.com ~all");
  dns.spf_term = "include:spf.secutix.com";
  return publication_of(dns, probe::PublicSuffixes());
}

std::string letter(std::string_view language, const Publications& all) {
  std::ostringstream out;
  write_letter(out, language, Phrases::of(language), all);
  return out.str();
}

TEST(Letter, HasEveryRecordAndNoNameInBracesInAllLanguages) {
  const Publications all{"mosa", {publication("mosamuseum.com"), publication("news.mosamuseum.com")}};
  for (const std::string_view language : kLanguages) {
    const std::string text = letter(language, all);
    EXPECT_THAT(text, testing::StartsWith("Subject: "));
    EXPECT_THAT(text, HasSubstr("\nContent-Language: " + std::string(language) + "\n\n"));
    EXPECT_THAT(text, Not(testing::ContainsRegex("[{}]"))) << language;
    for (const Publication& each : all.domains) {
      for (const CustomerRecord* record : {&each.dns.cnames[0], &each.dns.cnames[1], &each.dns.spf, &each.dmarc}) {
        EXPECT_THAT(text, HasSubstr("\n" + record->zone_file_line + "\n")) << language;
        EXPECT_THAT(text, HasSubstr("  " + record->name + "\n")) << language;
        EXPECT_THAT(text, HasSubstr("  " + record->value + "\n")) << language;
      }
    }
  }
}

TEST(Letter, WrapsItsParagraphs) {
  for (const std::string_view language : kLanguages) {
    const std::string text = letter(language, {"mosa", {publication("mosamuseum.com")}});
    std::istringstream lines(text.substr(text.find("\n\n")));
    for (std::string line; std::getline(lines, line);) {
      const bool is_record = line.starts_with(' ') || line.find(" 3600 IN ") != std::string::npos;
      EXPECT_TRUE(columns_of(line) <= 72 || is_record) << language << ": " << line;
    }
  }
}

// RFC 5322 2.1.1: what is longer than 998 bytes is not relayed; 2.2.3: it goes on behind a line that begins with a
// blank.
TEST(Letter, FoldsASubjectOfManyDomains) {
  Publications all{"mosa", {}};
  for (int number = 0; number < 60; ++number) {
    all.domains.push_back(publication("a-museum-of-fine-arts-" + std::to_string(number) + ".example"));
  }
  std::istringstream lines(letter("en", all));
  std::string line;
  std::getline(lines, line);
  EXPECT_LE(line.size(), 78U);
  for (int number = 0; std::getline(lines, line) && !line.starts_with("MIME-Version"); ++number) {
    EXPECT_THAT(line, testing::StartsWith(" "));
    EXPECT_LE(line.size(), 78U);
  }
  EXPECT_THAT(line, testing::StartsWith("MIME-Version"));
}

TEST(Letter, OffersDmarcAtTheOrganizationAndOnlyWhereThereIsNone) {
  const Publication below = publication("news.mosamuseum.com");
  EXPECT_EQ(below.dmarc.zone_file_line, "_dmarc.mosamuseum.com. 3600 IN TXT \"v=DMARC1; p=none\"");
  const std::string text = letter("en", {"mosa", {below}});
  EXPECT_THAT(text, HasSubstr("_dmarc.news.mosamuseum.com, _dmarc.mosamuseum.com"));
  EXPECT_THAT(text, HasSubstr("leave it as it is"));
}

TEST(Letter, NamesThePanelsOfADomainBelowTheOrganization) {
  EXPECT_THAT(
      letter("en", {"mosa", {publication("news.mosamuseum.com")}}),
      HasSubstr("    Name   stxsel1._domainkey.news.mosamuseum.com.\n"
                "           (in the DNS panel of mosamuseum.com: stxsel1._domainkey.news\n"
                "            in that of news.mosamuseum.com, if it has one of its own: stxsel1._domainkey)\n"));
}

TEST(Sheet, HasARowForEachRecord) {
  std::ostringstream out;
  write_sheet_head(out);
  write_sheet(out, {"mosa", {publication("mosamuseum.com")}});
  EXPECT_EQ(out.str(),
            "code,domain,record,when,name,type,value,ttl,zone,name_in_zone\n"
            "mosa,mosamuseum.com,sel1,always,stxsel1._domainkey.mosamuseum.com.,CNAME,"
            "sel1-mosa._domainkey.dkim.secutix.com.,3600,mosamuseum.com,stxsel1._domainkey\n"
            "mosa,mosamuseum.com,sel2,always,stxsel2._domainkey.mosamuseum.com.,CNAME,"
            "sel2-mosa._domainkey.dkim.secutix.com.,3600,mosamuseum.com,stxsel2._domainkey\n"
            "mosa,mosamuseum.com,spf,if-none-yet,mosamuseum.com.,TXT,v=spf1 include:spf.secutix.com ~all,3600,"
            "mosamuseum.com,@\n"
            "mosa,mosamuseum.com,dmarc,if-none-yet,_dmarc.mosamuseum.com.,TXT,v=DMARC1; p=none,3600,mosamuseum.com,"
            "_dmarc\n");
}

}  // namespace
}  // namespace zonectl::instructions
