#include "tools/zonectl/probe/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonectl::probe {
namespace {

using zonestore::Name;
using zonestore::Verdict;
using zonestore::dkim::SlotId;

Name name(const std::string& text) {
  return *Name::parse(text);
}

constexpr const char* kKey = "v=DKIM1; k=rsa; p=MIIB";

Sighting seen_by(const std::string& server = "ns1") {
  Sighting sighting;
  sighting.server = server;
  return sighting;
}
Sighting leading_to(const std::string& target, const std::string& server = "ns1") {
  Sighting sighting = seen_by(server);
  sighting.cnames = {name(target)};
  return sighting;
}
Sighting failing(Sighting::State state, const std::string& server) {
  Sighting sighting = seen_by(server);
  sighting.state = state;
  sighting.failure = "why";
  return sighting;
}

CnameFacts facts_with(std::vector<Sighting> sightings) {
  CnameFacts facts;
  facts.domain = name("mosamuseum.com");
  facts.slot = SlotId::kSel2;
  facts.name = name("stxsel2._domainkey.mosamuseum.com");
  facts.expected = name("sel2-mosa._domainkey.dkim.secutix.com");
  facts.other_slot = name("sel1-mosa._domainkey.dkim.secutix.com");
  facts.dkim_zone = name("dkim.secutix.com");
  facts.relative_name = "stxsel2._domainkey";
  facts.zone_file_line = "THE LINE";
  facts.served = {kKey, 300};
  facts.sightings = std::move(sightings);
  return facts;
}

Finding finding_of(Sighting sighting) {
  return diagnose_cname(facts_with({std::move(sighting)}));
}

void expect_bad(const Finding& finding, Verdict verdict) {
  EXPECT_EQ(to_text(finding.verdict), to_text(verdict)) << finding.detail;
  EXPECT_EQ(finding.severity, Severity::kBad);
  EXPECT_EQ(finding.publish, std::vector<std::string>{"THE LINE"});
  EXPECT_EQ(finding.subject, "sel2");
  EXPECT_EQ(finding.domain, name("mosamuseum.com"));
  EXPECT_THAT(finding.detail, testing::HasSubstr("stxsel2._domainkey.mosamuseum.com"));
}

TEST(Diagnosis, OfTheRightTargetIsOkInAnyCase) {
  const Finding finding = finding_of(leading_to("SEL2-mosa._DomainKey.dkim.secutix.com"));
  EXPECT_EQ(finding.verdict, Verdict::kOk);
  EXPECT_EQ(finding.severity, Severity::kGood);
  EXPECT_TRUE(finding.publish.empty());
}

TEST(Diagnosis, NamesWhatIsMissing) {
  expect_bad(finding_of(seen_by()), Verdict::kMissing);
}

TEST(Diagnosis, NamesTheOtherSlotAndOtherInstitutions) {
  expect_bad(finding_of(leading_to("sel1-mosa._domainkey.dkim.secutix.com")), Verdict::kSlotsSwapped);
  expect_bad(finding_of(leading_to("sel2-louvre._domainkey.dkim.secutix.com")), Verdict::kWrongInstitution);
  expect_bad(finding_of(leading_to("sel2-mosa._domainkey.dkim.secutix.org")), Verdict::kWrongTarget);
}

TEST(Diagnosis, NamesADoubledDomainAndALostDot) {
  Sighting doubled = seen_by();
  doubled.is_doubled = true;
  const Finding finding = finding_of(doubled);
  expect_bad(finding, Verdict::kDomainDoubled);
  EXPECT_THAT(finding.advice, testing::HasSubstr("stxsel2._domainkey"));
  expect_bad(finding_of(leading_to("sel2-mosa._domainkey.dkim.secutix.com.mosamuseum.com")), Verdict::kDotLost);
  // That it is the other slot's target would be found next.
  expect_bad(finding_of(leading_to("sel1-mosa._domainkey.dkim.secutix.com.mosamuseum.com")), Verdict::kDotLost);
  expect_bad(finding_of(leading_to("sel2-mosa._domainkey.dkim.secutix.community")), Verdict::kWrongTarget);
}

TEST(Diagnosis, TellsAPastedTextFromACopyThatAProviderMakes) {
  Sighting pasted = seen_by();
  pasted.texts = {{kKey, 3600}};
  expect_bad(finding_of(pasted), Verdict::kTxtInPlace);
  pasted.texts = {{"sel2-mosa._domainkey.dkim.secutix.com.", 300}};
  expect_bad(finding_of(pasted), Verdict::kTxtInPlace);
  Sighting copied = seen_by();
  copied.texts = {{kKey, 300}};
  expect_bad(finding_of(copied), Verdict::kFlattened);
  Sighting proxied = seen_by();
  proxied.has_addresses = true;
  expect_bad(finding_of(proxied), Verdict::kFlattened);
}

TEST(Diagnosis, NamesATextBesideTheAliasAndSeveralAliases) {
  Sighting both = leading_to("sel2-mosa._domainkey.dkim.secutix.com");
  both.texts = {{kKey, 3600}};
  expect_bad(finding_of(both), Verdict::kCnameBesideTxt);
  Sighting two = leading_to("sel2-mosa._domainkey.dkim.secutix.com");
  two.cnames.push_back(name("www.mosamuseum.com"));
  expect_bad(finding_of(two), Verdict::kWrongTarget);
}

TEST(Diagnosis, FollowsAChainToItsEnd) {
  CnameFacts facts = facts_with({leading_to("step.mosamuseum.com")});
  facts.chains = {{name("step.mosamuseum.com"), {name("sel2-mosa._domainkey.dkim.secutix.com")}, false}};
  EXPECT_EQ(diagnose_cname(facts).verdict, Verdict::kOk);
  facts.chains.front().next = {name("sel1-mosa._domainkey.dkim.secutix.com")};
  expect_bad(diagnose_cname(facts), Verdict::kSlotsSwapped);
  facts.chains.front().next = {name("stxsel2._domainkey.mosamuseum.com")};
  facts.chains.front().loops = true;
  expect_bad(diagnose_cname(facts), Verdict::kLoop);
}

TEST(Diagnosis, NamesADomainThatDoesNotExist) {
  Sighting none = seen_by();
  none.domain_exists = false;
  expect_bad(finding_of(none), Verdict::kNoSuchDomain);
}

TEST(Diagnosis, NamesServersThatDisagree) {
  const Finding finding =
      diagnose_cname(facts_with({leading_to("sel2-mosa._domainkey.dkim.secutix.com", "ns1"), seen_by("ns2")}));
  expect_bad(finding, Verdict::kDisagree);
  EXPECT_THAT(finding.detail, testing::AllOf(testing::HasSubstr("ns1"), testing::HasSubstr("ns2")));
}

TEST(Diagnosis, GivesLameAndSilentServersNoSay) {
  const Sighting good = leading_to("sel2-mosa._domainkey.dkim.secutix.com", "ns1");
  for (const Sighting::State state : {Sighting::State::kLame, Sighting::State::kUnreachable}) {
    EXPECT_EQ(diagnose_cname(facts_with({good, failing(state, "ns2")})).verdict, Verdict::kOk);
    expect_bad(diagnose_cname(facts_with({seen_by("ns1"), failing(state, "ns2")})), Verdict::kMissing);
  }
}

TEST(Diagnosis, SettlesNothingWhenNobodyHadASay) {
  const Finding lame = diagnose_cname(
      facts_with({failing(Sighting::State::kUnreachable, "ns1"), failing(Sighting::State::kLame, "ns2")}));
  EXPECT_EQ(lame.verdict, Verdict::kLame);
  EXPECT_FALSE(is_settled(lame.verdict));
  const Finding silent = diagnose_cname(facts_with({failing(Sighting::State::kUnreachable, "ns1")}));
  EXPECT_EQ(silent.verdict, Verdict::kUnreachable);
  EXPECT_EQ(silent.severity, Severity::kWarning) << "not seen, not bad";
  EXPECT_EQ(lame.severity, Severity::kBad);
  EXPECT_FALSE(is_settled(silent.verdict));
  CnameFacts nobody = facts_with({});
  nobody.no_servers = "the resolver gives no answer";
  EXPECT_EQ(diagnose_cname(nobody).verdict, Verdict::kUnreachable);
  EXPECT_THAT(diagnose_cname(nobody).detail, testing::HasSubstr("the resolver gives no answer"));
}

TEST(Diagnosis, OfTheServersTellsLameFromSilentAndFlaky) {
  const Sighting good = leading_to("sel2-mosa._domainkey.dkim.secutix.com", "ns1");
  const auto of = [](std::vector<Sighting> sightings) {
    return diagnose_servers(name("mosamuseum.com"), {facts_with(std::move(sightings))});
  };
  EXPECT_EQ(of({good}).severity, Severity::kGood);
  EXPECT_EQ(of({good, failing(Sighting::State::kLame, "ns2")}).verdict, Verdict::kLame);
  EXPECT_EQ(of({good, failing(Sighting::State::kLame, "ns2")}).severity, Severity::kBad);
  EXPECT_EQ(of({good, failing(Sighting::State::kUnreachable, "ns2")}).severity, Severity::kWarning);
  EXPECT_EQ(of({failing(Sighting::State::kUnreachable, "ns2")}).severity, Severity::kWarning) << "not seen, not bad";
  EXPECT_EQ(of({}).verdict, Verdict::kUnreachable);
}

TEST(Diagnosis, NotesServersThatResolversGetThroughTo) {
  Sighting odd = leading_to("sel2-mosa._domainkey.dkim.secutix.com", "ns1");
  odd.oddity = "answered only 3 of 9 queries";
  const Finding finding = diagnose_servers(name("mosamuseum.com"), {facts_with({odd})});
  EXPECT_EQ(finding.verdict, Verdict::kOk);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.notes, std::vector<std::string>{"ns1 answered only 3 of 9 queries"});
}

TEST(Diagnosis, OfADomainBelowItsZoneSpeaksTheLanguageOfTheZonesPanel) {
  CnameFacts facts = facts_with({seen_by()});
  facts.zone = name("museum.com");
  facts.domain = name("news.museum.com");
  facts.relative_name = "stxsel2._domainkey.news";
  EXPECT_EQ(diagnose_cname(facts).advice, "in the panel of museum.com the name is stxsel2._domainkey.news");
  facts.sightings.front().at_top = name("stxsel2._domainkey.museum.com");
  Finding finding = diagnose_cname(facts);
  EXPECT_EQ(finding.verdict, Verdict::kMissing);
  EXPECT_THAT(finding.detail,
              testing::HasSubstr("stxsel2._domainkey.museum.com leads to us, at the top of the zone"));
  EXPECT_EQ(finding.advice, "in the panel of museum.com the name is stxsel2._domainkey.news");
  facts.sightings.front() = seen_by();
  facts.sightings.front().is_doubled = true;
  facts.sightings.front().doubled_at = name("stxsel2._domainkey.news.museum.com.museum.com");
  finding = diagnose_cname(facts);
  EXPECT_EQ(finding.verdict, Verdict::kDomainDoubled);
  EXPECT_THAT(finding.detail, testing::HasSubstr("but stxsel2._domainkey.news.museum.com.museum.com is"));
  EXPECT_THAT(finding.advice, testing::HasSubstr("as the name type only stxsel2._domainkey.news"));
}

}  // namespace
}  // namespace zonectl::probe
