// Whole zones in, judged and out.
#include "zonestore/operations/zones/zone_import.h"

#include <gmock/gmock.h>

#include "tests/unit/zonestore/operations/zones/static_zone.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::refusal_of;

using ZoneImport = tests::StaticZone;

TEST_F(ZoneImport, MakesAZoneWithTheSettingsOfTheFile) {
  const ZoneImported made = imported(
      "example.net. 7200 SOA ns2 hostmaster 2026112501 3600 600 86400 60\n@ 1800 NS ns1.other.net.\n@ 1800 NS ns2\n"
      "ns2 60 A 192.0.2.2\n");
  EXPECT_TRUE(made.is_new);
  EXPECT_EQ(made.added, 1U);
  ASSERT_TRUE(made.zone);
  const ZoneView& zone = *made.zone;
  EXPECT_EQ(zone.serial, Serial{2'026'112'501});
  EXPECT_EQ(zone.record_sets, 3U);
  EXPECT_EQ(zone.primary, *Name::parse("ns2.example.net"));
  EXPECT_THAT(zone.name_servers, ElementsAre(*Name::parse("ns2.example.net"), *Name::parse("ns1.other.net")));
  EXPECT_EQ(zone.mailbox, *Name::parse("hostmaster.example.net"));
  EXPECT_EQ(zone.soa_ttl, 7'200U);
  EXPECT_EQ(zone.ns_ttl, 1'800U);
  EXPECT_EQ(zone.expire, 86'400U);
}

TEST_F(ZoneImport, KeepsAPrimaryThatIsNoNameServer) {
  EXPECT_EQ(show_zone(*store_, apex_)->primary, *Name::parse("m.other.net"));
  EXPECT_TRUE(is_published("example.com.\t300\tIN\tSOA\tm.other.net. h.other.net. " +
                           std::to_string(show_zone(*store_, apex_)->serial.value) + " 3600 600 86400 60"));
  ZoneSettings servers;
  servers.name_servers = {*Name::parse("ns7.other.net")};
  ASSERT_TRUE(set_zone(*store_, context_, apex_, servers));
  EXPECT_EQ(show_zone(*store_, apex_)->primary, *Name::parse("ns7.other.net")) << "the first one given is primary";
  ZoneSettings hidden;
  hidden.primary = *Name::parse("h.other.net");
  ASSERT_TRUE(set_zone(*store_, context_, apex_, hidden));
  EXPECT_EQ(show_zone(*store_, apex_)->primary, *Name::parse("h.other.net"));
}

TEST_F(ZoneImport, ReplacesAllRecordsAndTellsHowMany) {
  imported(head() + "a A 192.0.2.1\nb A 192.0.2.1\nc A 192.0.2.1\n");
  const std::size_t rows = audit_rows();
  const ZoneImported again = imported(head() + "a A 192.0.2.1\nb A 192.0.2.2\nd 60 A 192.0.2.1\n");
  EXPECT_EQ(again.added, 1U);
  EXPECT_EQ(again.altered, 1U);
  EXPECT_EQ(again.removed, 1U);
  EXPECT_EQ(again.unchanged, 1U);
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_THAT(records(), ElementsAre("a.example.com 300 A 192.0.2.1", "b.example.com 300 A 192.0.2.2",
                                     "d.example.com 60 A 192.0.2.1"));
  EXPECT_FALSE(is_published("c.example.com.\t300\tIN\tA\t192.0.2.1"));
}

TEST_F(ZoneImport, OfTheSameFileChangesNothing) {
  const std::string text = head() + "a A 192.0.2.1\n";
  imported(text);
  const std::size_t rows = audit_rows();
  const ZoneImported again = imported(text);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.unchanged, 1U);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(ZoneImport, TakesTheFilesSerialWhenItIsLater) {
  const auto with_serial = [](const std::string& serial) {
    return "$TTL 300\n@ SOA m.other.net. h.other.net. " + serial + " 3600 600 86400 60\n@ NS ns1.other.net.\n";
  };
  const Serial before = show_zone(*store_, apex_)->serial;
  EXPECT_EQ(imported(with_serial("2100000000"), apex_).zone->serial, Serial{2'100'000'000}) << "nothing else changed";
  EXPECT_TRUE(is_before(before, Serial{2'100'000'000}));
  EXPECT_FALSE(imported(with_serial("5"), apex_).changed) << "an earlier one changes nothing";
  EXPECT_EQ(imported(with_serial("5") + "a A 192.0.2.1\n", apex_).zone->serial, Serial{2'100'000'001});
}

TEST_F(ZoneImport, TakesNoRecordsAloneInPlaceOfAZoneUnlessItIsSaid) {
  imported(head() + "old A 192.0.2.1\n");
  const ZoneImported refused = imported("$TTL 60\nnew A 192.0.2.1\n", apex_);
  EXPECT_EQ(refused.fault_count, 1U);
  EXPECT_THAT(refused.faults.front().message, HasSubstr("the file has no SOA"));
  EXPECT_THAT(refused.faults.front().hint, HasSubstr("--keep-soa"));
  EXPECT_THAT(records(), ElementsAre("old.example.com 300 A 192.0.2.1"));
  keep_soa_ = true;
  const std::uint32_t before = show_zone(*store_, apex_)->refresh;
  imported("@ 60 SOA a.net. b.net. 1 9999 600 86400 60\n@ 60 NS ns1.other.net.\nnew 60 A 192.0.2.1\n", apex_);
  EXPECT_EQ(show_zone(*store_, apex_)->refresh, before) << "whether or not the file has one";
  EXPECT_THAT(records(), ElementsAre("new.example.com 60 A 192.0.2.1"));
}

TEST_F(ZoneImport, TakesWithWarningsWhatNsdKnotAndBindLoad) {
  strictness_ = Strictness::kLenient;
  const ZoneImported taken = imported(
      "@ 0 SOA m.other.net. h.other.net. 7 60 600 30 172800\n@ 300 NS .\n@ 300 NS ns1.other.net.\n"
      "@ 300 MX 10 alias\nalias 300 CNAME x.net.\nsub 300 NS ns1.other.net.\nwww.sub 300 TXT below\nsub 300 TXT at\n"
      "sub.sub 300 A 192.0.2.1\nzero 0 A 192.0.2.1\nmixed 5 A 192.0.2.1\nmixed 9 A 192.0.2.2\nds 300 DS 1 8 9 ab\n"
      "spf 300 TXT \"v=spf1 -all\"\nspf 300 TXT \"v=spf1 ~all\"\n*.d 300 DNAME x.net.\nbig 4294967295 A 192.0.2.1\n",
      apex_);
  EXPECT_EQ(taken.fault_count, 0U);
  const std::string warnings = testing::PrintToString(taken.warnings);
  for (const char* says : {"the root is no name server", "leads to alias.example.com, which is an alias",
                           "www.sub.example.com TXT lies below the zone cut", "TXT would not be served there",
                           "a TTL of 0", "all of them get 5", "has DS and no NS", "more than one SPF record",
                           "a TTL above 2147483647", "expire (30) must be above refresh (60)", "172800",
                           "retry (600) must not be above refresh", "what a wildcard means there"}) {
    EXPECT_THAT(warnings, HasSubstr(says));
  }
  EXPECT_TRUE(is_published("www.sub.example.com.\t300\tIN\tTXT\t\"below\""));
  EXPECT_TRUE(is_published("zero.example.com.\t1\tIN\tA\t192.0.2.1"));
  EXPECT_TRUE(is_published("mixed.example.com.\t5\tIN\tA\t192.0.2.2"));
  EXPECT_EQ(show_zone(*store_, apex_)->minimum, 172'800U);
  // What came so bars no later change that has nothing to do with it, and a change that makes more of it is refused.
  ZoneSettings settings;
  settings.ns_ttl = 600;
  EXPECT_TRUE(set_zone(*store_, context_, apex_, settings));
  settings.minimum = 172'801;
  EXPECT_FALSE(set_zone(*store_, context_, apex_, settings));
  EXPECT_TRUE(try_add("@", "TXT", "more"));
  EXPECT_TRUE(try_add("sub", "NS", "ns2.other.net."));
  EXPECT_FALSE(try_add("www", "MX", "20 alias.example.com."));
  EXPECT_FALSE(try_add("a.sub", "TXT", "x"));
}

TEST_F(ZoneImport, RefusesAlwaysWhatPublishingRestsOn) {
  strictness_ = Strictness::kLenient;
  const auto faults = [this](const std::string& lines, const std::string& zone) {
    return imported("@ 60 SOA m.other.net. h.other.net. 7 3600 600 86400 " + lines, *Name::parse(zone)).fault_count;
  };
  const std::string ns = "\n@ 60 NS ns1.other.net.\n";
  EXPECT_EQ(faults("172800" + ns, store_->dkim_zone().to_text()), 1U) << "a negative TTL above a day";
  EXPECT_EQ(faults("172800" + ns, store_->spf_zone().to_text()), 1U);
  EXPECT_EQ(faults("60" + ns + "sel1-mosa._domainkey 60 TXT x\n", store_->dkim_zone().to_text()), 1U);
  EXPECT_EQ(faults("60" + ns + "@ 60 TXT \"v=spf1 -all\"\n", store_->spf_zone().to_text()), 1U);
  EXPECT_EQ(faults("60" + ns + "www 60 CNAME a\nwww 60 TXT x\n", "example.com"), 1U);
  EXPECT_EQ(faults("60" + ns + "sub 60 NS ns.sub\n", "example.com"), 1U) << "no glue: Knot refuses it";
}

TEST_F(ZoneImport, TakesRecordsAloneIntoAZoneThatIsThere) {
  keep_soa_ = true;
  const ZoneView before = *show_zone(*store_, apex_);
  imported("$TTL 60\nwww A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.2\n", apex_);
  const ZoneView after = *show_zone(*store_, apex_);
  EXPECT_EQ(after.name_servers, before.name_servers);
  EXPECT_EQ(after.soa_ttl, before.soa_ttl);
  EXPECT_EQ(after.static_record_sets, 3U);
}

TEST_F(ZoneImport, NeedsSoaAndNameServersForANewZone) {
  const ZoneImported none = imported("$TTL 60\nwww A 192.0.2.1\n", *Name::parse("new.example"));
  EXPECT_EQ(none.fault_count, 2U);
  EXPECT_FALSE(none.changed);
  EXPECT_EQ(show_zone(*store_, *Name::parse("new.example")).error().code, ErrorCode::kNotFound);
  const ZoneImported range = imported("new.example. 60 SOA m.x. h.x. 1 3600 7200 86400 60\n@ 60 NS ns1.other.net.\n");
  ASSERT_EQ(range.faults.size(), 1U);
  EXPECT_EQ(range.faults.front().line, 1U);
  EXPECT_THAT(range.faults.front().message, HasSubstr("retry (7200) must not be above refresh (3600)"));
  const ZoneImported malformed =
      imported("new.example. 60 SOA m.x. h.x. 4294967296 1 1 1 1\n@ 60 NS ns1.other.net.\n");
  ASSERT_EQ(malformed.faults.size(), 1U) << "it is not said, too, that there is none";
  EXPECT_EQ(malformed.faults.front().line, 1U);
}

TEST_F(ZoneImport, TellsEveryFaultWithItsLineAndChangesNothing) {
  const std::string before = exported(apex_);
  std::string text = head() + "a A 1\nb CNAME c\nb TXT x\nok A 192.0.2.1\n";
  for (int i = 0; i < 30; ++i) {
    text += "x A 1\n";
  }
  const ZoneImported found = imported(text);
  EXPECT_FALSE(found.changed);
  EXPECT_EQ(found.fault_count, 32U);
  ASSERT_EQ(found.faults.size(), kShownFaults);
  EXPECT_EQ(found.faults[0].line, 5U);
  EXPECT_FALSE(found.faults[0].guard);
  EXPECT_EQ(found.faults[1].line, 6U);
  EXPECT_EQ(found.faults[1].guard, Guard::kCnameAlone);
  EXPECT_EQ(exported(apex_), before);
}

TEST_F(ZoneImport, LeavesOutWhatSigningMakes) {
  const ZoneImported signed_zone =
      imported(head() +
               "@ DNSKEY 256 3 8 AwEAAQ==\n@ NSEC a A\n@ NSEC3PARAM 1 0 0 -\na A 192.0.2.1\n"
               "a RRSIG A 8 3 60 20300101000000 20200101000000 1 example.com. AwEAAQ==\n");
  EXPECT_EQ(signed_zone.left_out, 4U);
  EXPECT_THAT(records(), ElementsAre("a.example.com 300 A 192.0.2.1"));
}

TEST_F(ZoneImport, SignaturesOfOneNameMayHaveTheTtlsOfWhatTheySignRfc4034) {
  const ZoneImported signed_zone =
      imported(head() +
               "@ 3600 RRSIG SOA 8 2 3600 20300101000000 20200101000000 1 example.com. AwEAAQ==\n"
               "@ 86400 RRSIG NS 8 2 86400 20300101000000 20200101000000 1 example.com. AwEAAQ==\n");
  EXPECT_EQ(signed_zone.fault_count, 0U);
  EXPECT_EQ(signed_zone.left_out, 1U);
}

TEST_F(ZoneImport, NoZoneBeginsWhereItWouldHideKeysOrSpfRecords) {
  for (const std::string below : {"_domainkey.", "sel1-mosa._domainkey.", "x.sel1-mosa._DomainKey."}) {
    const ZoneImported refused = imported(below + store_->dkim_zone().to_text() +
                                          " 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\n");
    EXPECT_FALSE(refused.changed);
    ASSERT_FALSE(refused.faults.empty()) << below;
    EXPECT_EQ(refused.faults.front().guard, Guard::kReserved);
  }
  const ZoneImported spf = imported("_1." + store_->spf_zone().to_text() +
                                    " 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\n");
  EXPECT_FALSE(spf.changed);
  const ZoneImported beside = imported("other." + store_->dkim_zone().to_text() +
                                       " 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\n");
  EXPECT_TRUE(beside.changed);
}

TEST_F(ZoneImport, FileWithoutARecordTakesNothingAway) {
  imported(head() + "a A 192.0.2.1\n");
  for (const std::string text : {"", "; nothing\n\n", "$TTL 60\n"}) {
    const ZoneImported refused = imported(text, apex_);
    EXPECT_FALSE(refused.changed);
    EXPECT_EQ(refused.fault_count, 1U);
  }
  EXPECT_THAT(records(), ElementsAre("a.example.com 300 A 192.0.2.1"));
}

TEST_F(ZoneImport, BringsAnExportBackAsItWas) {
  std::string strings;
  for (int byte = 0; byte < 256; ++byte) {
    strings += "\\" + std::string(byte < 10 ? "00" : byte < 100 ? "0" : "") + std::to_string(byte);
  }
  const std::string label(63, 'a');
  imported(head() + "txt TXT \"" + strings.substr(0, 255 * 4) +
           "\" \"\" \"q\\\"\\\\;\"\na\\.b A 192.0.2.1\n\\000\\255 A 192.0.2.1\n" +
           "\\@\\$\\;\\( A 192.0.2.1\n*.wild MX 0 .\nu TYPE65280 \\# 0\nu TYPE65281 \\# 3 00ff22\n" + label + "." +
           label + "." + label + "." + std::string(49, 'b') +
           " TXT long\nsub NS ns.sub\nns.sub AAAA 2001:db8::1\nold DNAME example.net.\n" +
           "https HTTPS 1 . alpn=h2 port=8443\nn NAPTR 1 2 \"u\" \"\" \"!^.*$!\\\\\\\\1!\" .\ncaa CAA 128 iodef "
           "\"mailto:a@b\"\n");
  const std::string text = exported(apex_);
  const ZoneImported same = imported(text);
  EXPECT_FALSE(same.changed);
  EXPECT_EQ(same.unchanged, 14U);
  ASSERT_TRUE(remove_zone(*store_, context_, apex_));
  imported(text);
  std::string again = exported(apex_);
  EXPECT_EQ(again.substr(again.find("\n*")), text.substr(text.find("\n*"))) << "but for the serial";
}

TEST_F(ZoneImport, BringsTheDkimAndSpfZonesBackButForTheirOwnRecords) {
  add_with_glue("sub", "ns.sub", "192.0.2.1");
  StoreFixture::add("mosa");
  for (const Name& zone : {store_->dkim_zone(), store_->spf_zone()}) {
    const ZoneImported same = imported(exported(zone));
    EXPECT_EQ(same.fault_count, 0U);
    EXPECT_FALSE(same.changed);
    EXPECT_EQ(same.own, zone == store_->dkim_zone() ? 2U : 1U);
  }
  keep_soa_ = true;
  const ZoneImported forged = imported(
      "$TTL 60\nsel1-mosa._domainkey TXT forged\nsel1-new._domainkey TXT new\nok TXT x\n", store_->dkim_zone());
  ASSERT_EQ(forged.faults.size(), 2U);
  EXPECT_EQ(forged.faults.front().guard, Guard::kReserved);
  EXPECT_EQ(imported("$TTL 60\nok TXT x\n", store_->dkim_zone()).added, 1U);
  EXPECT_THAT(exported(store_->dkim_zone()), HasSubstr("sel1-mosa._domainkey.dkim.secutix.com."));
}

TEST_F(ZoneImport, ADryRunCountsAndChangesNothing) {
  const std::string before = exported(apex_);
  context_.dry_run = true;
  const ZoneImported dry = imported(head() + "a A 192.0.2.1\n");
  EXPECT_TRUE(dry.dry_run);
  EXPECT_EQ(dry.added, 1U);
  const ZoneImported dry_new =
      imported("new.example. 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\n");
  EXPECT_TRUE(dry_new.is_new);
  context_.dry_run = false;
  EXPECT_EQ(exported(apex_), before);
  EXPECT_EQ(list_zones(*store_)->size(), 3U);
}

TEST_F(ZoneImport, KeepsAChildZoneBesideItsParent) {
  imported(head() + "sub NS ns1.other.net.\n");
  EXPECT_TRUE(
      imported("sub.example.com. 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\nwww 60 A 192.0.2.1\n")
          .is_new);
  EXPECT_EQ(list_zones(*store_)->size(), 4U);
}

TEST_F(ZoneImport, ParentGoesWhoseChildHasTheAddressesOfItsOwnServers) {
  imported(head() + "sub NS ns.sub\nns.sub A 192.0.2.1\n");
  imported("sub.example.com. 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns\nns 60 A 192.0.2.1\n");
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, apex_)), std::nullopt);
  EXPECT_EQ(show_zone(*store_, apex_).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(show_zone(*store_, *Name::parse("sub.example.com")));
}

TEST_F(ZoneImport, ZoneStaysThatHasTheAddressOfAnothersServer) {
  imported(head() + "ns A 192.0.2.1\n");
  imported("other.test. 60 SOA m.x. h.x. 1 3600 600 86400 60\n@ 60 NS ns.example.com.\n");
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, apex_)), Guard::kInUse);
}

TEST_F(ZoneImport, WhatWasRemovedIsGoneAndComesBackWithALaterSerial) {
  imported(head() + "a A 192.0.2.1\n");
  const Serial serial =
      imported("$TTL 300\n@ SOA m.other.net. h.other.net. 2100000000 3600 600 86400 60\n", apex_).zone->serial;
  EXPECT_EQ(serial, Serial{2'100'000'000});
  ASSERT_TRUE(remove_zone(*store_, context_, apex_));
  EXPECT_EQ(show_zone(*store_, apex_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove_zone(*store_, context_, apex_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(imported(head()).zone->serial, Serial{2'100'000'001});
  EXPECT_THAT(records(), IsEmpty());
}

TEST_F(ZoneImport, KeepsTheStoresOwnZones) {
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, store_->dkim_zone())), Guard::kInUse);
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, store_->spf_zone())), Guard::kInUse);
  context_.dry_run = true;
  const auto dry = remove_zone(*store_, context_, apex_);
  ASSERT_TRUE(dry);
  EXPECT_TRUE(dry->dry_run);
  EXPECT_TRUE(show_zone(*store_, apex_));
}

TEST_F(ZoneImport, NeedsAFileThatCanBeRead) {
  const auto missing = import_zone(*store_, context_, {temp_.path() / "none", std::nullopt});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kMissing);
  EXPECT_EQ(try_import("a A 192.0.2.1\n").error().code, ErrorCode::kInvalid);
}

TEST_F(ZoneImport, IsJudgedTheSameWithoutAStore) {
  const auto good = check_zone_file(write(head() + "@ MX 10 nowhere\n@ DNSKEY 256 3 8 AwEAAQ==\n"), std::nullopt,
                                    Strictness::kStrict);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->fault_count, 0U);
  EXPECT_EQ(good->record_sets, 3U);
  EXPECT_EQ(good->left_out, 1U);
  EXPECT_THAT(good->warnings, ElementsAre(HasSubstr("line 5: ")));
  const auto bad = check_zone_file(write("$TTL 60\nwww CNAME a\nwww TXT x\n"), apex_, Strictness::kStrict);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->fault_count, 3U) << "no SOA, no NS, a CNAME that is not alone";
}

}  // namespace
}  // namespace zonestore
