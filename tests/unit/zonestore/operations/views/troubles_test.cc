// What somebody must see to, how bad it is, and what is only told.
#include "zonestore/operations/views/troubles.h"

#include <gmock/gmock.h>

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = OwnServerSeen::State;

const WallTime kNow{std::chrono::seconds{1'790'000'000}};
Name dkim_zone() {
  return *Name::parse("dkim.secutix.com");
}

StoreStatus sound() {
  StoreStatus status;
  status.as_of = kNow;
  status.institutions = 3;
  status.signing = 3;
  status.signer_limit = Seconds{120};
  status.clock.identity = ClockIdentity::kBoot;
  status.zones = {{dkim_zone(), Serial{20}, kNow - Seconds{30}}};
  return status;
}

std::vector<std::string> names(const StoreStatus& status) {
  std::vector<std::string> names;
  for (const Trouble& trouble : troubles_of(status)) {
    names.push_back((trouble.severity == Severity::kCritical ? "!" : "") + trouble.what);
  }
  return names;
}

TEST(Troubles, NoneOfAStoreThatIsWell) {
  EXPECT_THAT(names(sound()), IsEmpty());
  EXPECT_FALSE(needs_attention(sound()));
}

TEST(Troubles, MaintainIsLateAfterAnHourAndNotBefore) {
  StoreStatus status = sound();
  status.maintain_due = 2;
  status.maintain_due_codes = {"mosa", "nova"};
  status.maintain_due_since = kNow - Seconds{3600};
  EXPECT_THAT(names(status), IsEmpty());
  status.maintain_due_since = kNow - Seconds{3601};
  EXPECT_THAT(names(status), ElementsAre("maintain-late"));
  EXPECT_EQ(troubles_of(status).front().text, "maintain is late for 2 of them: mosa nova");
  EXPECT_EQ(troubles_of(status).front().since, status.maintain_due_since);
  status.spf_step_due = true;
  EXPECT_THAT(troubles_of(status).front().text, HasSubstr("mosa nova, and for the SPF records"));
}

TEST(Troubles, AServerBehindOrSilentComesFirst) {
  StoreStatus status = sound();
  status.evidence_against = 1;
  status.evidence_against_codes = {"mosa"};
  status.attention = {{"no-standby", "cannot rotate", 1, {"mosa"}, "zonectl prepare CODE"},
                      {"not-signing", "do not sign", 1, {"nova"}, "zonectl prepare CODE"}};
  status.servers.seen = {{dkim_zone(), "ns1", State::kFollows, Serial{20}, Serial{20}},
                         {dkim_zone(), "ns2", State::kBehind, Serial{19}, Serial{20}},
                         {dkim_zone(), "ns3", State::kSilent, std::nullopt, Serial{20}},
                         {dkim_zone(), "ns4", State::kNeverAnswered, std::nullopt, Serial{20}},
                         {dkim_zone(), "ns5", State::kLame, std::nullopt, Serial{20}}};
  EXPECT_THAT(names(status), ElementsAre("!server-behind", "!server-silent", "!server-silent", "!not-signing",
                                         "no-standby", "evidence"));
  EXPECT_EQ(troubles_of(status).front().text, "ns2 is behind for dkim.secutix.com: serial 19, the store has 20");
  EXPECT_EQ(troubles_of(status).front().since, kNow - Seconds{30});
}

TEST(Troubles, ContentThatIsNotWholeIsCritical) {
  StoreStatus status = sound();
  status.looks = {{"zones", kNow, "maintain", ""}, {"log", kNow, "store verify", "row 3"}};
  EXPECT_THAT(names(status), ElementsAre("!content"));
  EXPECT_EQ(troubles_of(status).front().run, "zonectl log verify");
}

TEST(Troubles, NoTimeThatPassesIsCritical) {
  StoreStatus status = sound();
  status.clock.identity = ClockIdentity::kUnknown;
  EXPECT_THAT(names(status), ElementsAre("!clock"));
}

TEST(Troubles, ASignerIsCriticalPastItsLimitOnceItHasFailed) {
  StoreStatus status = sound();
  SignerView signer;
  signer.name = "od";
  signer.open = 1;
  signer.since = kNow - Seconds{121};
  status.signers = {signer};
  EXPECT_THAT(names(status), IsEmpty()) << "maintain has not tried yet";
  status.signers.front().failure = "it ended with 1";
  EXPECT_THAT(names(status), ElementsAre("!signer-late"));
  status.signers.front().since = kNow - Seconds{120};
  EXPECT_THAT(names(status), ElementsAre("signer"));
  status.signers.front() = signer;
  status.signers.front().since = kNow - Seconds{3601};
  EXPECT_THAT(names(status), ElementsAre("!signer-late")) << "nobody tries";
  status.signers.front().enabled = false;
  EXPECT_THAT(names(status), ElementsAre("signer"));
}

TEST(Troubles, AFreezeIsNone) {
  StoreStatus status = sound();
  status.store_frozen = dkim::Freeze{true, kNow, "audit week"};
  EXPECT_THAT(names(status), IsEmpty());
}

// ---- our own name servers ----

ServerEvidence said(const std::string& server, Verdict verdict, std::optional<std::uint32_t> serial = {}) {
  ServerEvidence evidence{dkim_zone(), server, verdict, std::nullopt, ""};
  if (serial) {
    evidence.serial = Serial{*serial};
  }
  return evidence;
}
ServerEvidenceView known(const std::string& server, std::optional<std::uint32_t> serial) {
  ServerEvidenceView view;
  static_cast<ServerEvidence&>(view) = said(server, serial ? Verdict::kOk : Verdict::kUnreachable, serial);
  return view;
}
std::vector<State> states(const std::vector<ServerEvidence>& now,
                          const std::vector<ServerEvidenceView>& before = {}) {
  const ZoneLook look{dkim_zone(), Serial{20}, {*Name::parse("ns1.x"), *Name::parse("ns2.x")}, now};
  std::vector<State> states;
  for (const OwnServerSeen& each : judge_own_servers({look}, before).seen) {
    states.push_back(each.state);
  }
  return states;
}

TEST(OwnServersSeen, OneThatNeverAnsweredIsOnlyTold) {
  EXPECT_THAT(states({said("ns1.x (192.0.2.1)", Verdict::kUnreachable), said("ns2.x (192.0.2.2)", Verdict::kLame)},
                     {known("ns1.x (192.0.2.1)", std::nullopt)}),
              ElementsAre(State::kNeverAnswered, State::kNeverAnswered));
}

TEST(OwnServersSeen, OneThatWasOnceSeenIsSilentOrLame) {
  EXPECT_THAT(states({said("ns1.x (192.0.2.1)", Verdict::kUnreachable), said("ns2.x (192.0.2.2)", Verdict::kLame)},
                     {known("ns1.x (192.0.2.1)", 4), known("ns2.x (192.0.2.2)", 4)}),
              ElementsAre(State::kSilent, State::kLame));
}

TEST(OwnServersSeen, OneThatMovedAndDoesNotAnswerThereIsSilent) {
  EXPECT_THAT(states({said("ns1.x (192.0.2.9)", Verdict::kUnreachable), said("ns2.x (192.0.2.2)", Verdict::kOk, 20)},
                     {known("ns1.x (192.0.2.1)", 4)}),
              ElementsAre(State::kSilent, State::kFollows));
}

TEST(OwnServersSeen, AFurtherAddressThatNeverAnsweredIsNoFaultWhereAnotherDoes) {
  EXPECT_THAT(states({said("ns1.x (192.0.2.1)", Verdict::kOk, 20), said("ns1.x (2001:db8::1)", Verdict::kUnreachable),
                      said("ns2.x (192.0.2.2)", Verdict::kLagging, 19)},
                     {known("ns1.x (192.0.2.1)", 4)}),
              ElementsAre(State::kFollows, State::kNeverAnswered, State::kBehind));
}

TEST(OwnServersSeen, OneWithALaterSerialThanTheStoreIsAheadAndCritical) {
  StoreStatus status = sound();
  const ZoneLook look{
      dkim_zone(), Serial{20}, {*Name::parse("ns1.x")}, {said("ns1.x (192.0.2.1)", Verdict::kOk, 5020)}};
  status.servers = judge_own_servers({look}, {});
  EXPECT_EQ(to_text(status.servers.seen.front().state), "ahead");
  ASSERT_THAT(names(status), ElementsAre("!server-ahead"));
  EXPECT_EQ(troubles_of(status).front().text,
            "ns1.x (192.0.2.1) is ahead for dkim.secutix.com: serial 5020, the store has 20");
  EXPECT_EQ(troubles_of(status).front().run, "zonectl zone serial dkim.secutix.com --at-least 5021");
}

TEST(OwnServersSeen, ANameWithoutAnAddressNeverAnswered) {
  const ZoneLook look{dkim_zone(), Serial{20}, {*Name::parse("ns1.x")}, {}};
  const OwnServersSeen seen = judge_own_servers({look}, {known("ns1.x (192.0.2.1)", 4)});
  EXPECT_TRUE(seen.none_to_ask);
  ASSERT_EQ(seen.seen.size(), 1U);
  EXPECT_EQ(seen.seen.front().state, State::kNeverAnswered);
}

TEST(OwnServersSeen, ThoseThatTheCallerNamesStandForAll) {
  EXPECT_THAT(states({said("127.0.0.1:5300", Verdict::kUnreachable)}, {known("127.0.0.1:5300", 4)}),
              ElementsAre(State::kSilent));
}

}  // namespace
}  // namespace zonestore
