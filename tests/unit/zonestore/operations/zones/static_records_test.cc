// Static records one by one: what comes, what goes, and what the neighbours say to it.
#include "zonestore/operations/zones/static_records.h"

#include <gmock/gmock.h>

#include "tests/unit/zonestore/operations/zones/static_zone.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/schema.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::refusal_of;

using StaticRecords = tests::StaticZone;

TEST_F(StaticRecords, ArePublishedWithSerialAndAuditInOneChange) {
  const std::size_t rows = audit_rows();
  const Serial before = show_zone(*store_, apex_)->serial;
  const RecordsChanged added = add("www", "A", "192.0.2.1");
  ASSERT_EQ(added.zones.size(), 1U);
  EXPECT_TRUE(added.zones.front().changed);
  EXPECT_TRUE(is_before(before, added.zones.front().serial));
  EXPECT_EQ(show_zone(*store_, apex_)->serial, added.zones.front().serial);
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_TRUE(is_published("www.example.com.\t3600\tIN\tA\t192.0.2.1"));
  EXPECT_EQ(show_zone(*store_, apex_)->static_record_sets, 1U);
}

TEST_F(StaticRecords, ThatAreThereAreNothingToDo) {
  add("www", "MX", "10 mail.other.net.");
  const std::size_t rows = audit_rows();
  EXPECT_FALSE(add("www", "MX", "10 mail.other.net.").changed);
  EXPECT_FALSE(add("WWW", "MX", "10 MAIL.other.net.").changed) << "case does not matter in names";
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(StaticRecords, OfOneSetHaveOneTtl) {
  add("www", "A", "192.0.2.1", 60);
  EXPECT_EQ(add("www", "A", "192.0.2.2").after->ttl, Ttl{60}) << "without a TTL the set keeps its own";
  EXPECT_EQ(add("www", "A", "192.0.2.3", 120).after->ttl, Ttl{120});
  EXPECT_THAT(records(), ElementsAre("www.example.com 120 A 192.0.2.1", "www.example.com 120 A 192.0.2.2",
                                     "www.example.com 120 A 192.0.2.3"));
  EXPECT_TRUE(add("www", "A", "192.0.2.1", 30).changed) << "the TTL alone";
  EXPECT_EQ(try_add("www", "A", "192.0.2.4", 0).error().code, ErrorCode::kInvalid);
}

TEST_F(StaticRecords, GoOneByOneOrAsASet) {
  add("www", "A", "192.0.2.1");
  add("www", "A", "192.0.2.2");
  add("www", "TXT", "x");
  ASSERT_TRUE(try_remove("www", "A", "192.0.2.1"));
  EXPECT_THAT(records(), ElementsAre("www.example.com 3600 A 192.0.2.2", "www.example.com 3600 TXT \"x\""));
  add("www", "A", "192.0.2.3");
  const auto removed = try_remove("www", "A");
  ASSERT_TRUE(removed);
  EXPECT_FALSE(removed->after);
  EXPECT_THAT(records(), ElementsAre("www.example.com 3600 TXT \"x\""));
  EXPECT_FALSE(is_published("www.example.com.\t3600\tIN\tA\t192.0.2.3"));
}

TEST_F(StaticRecords, ThatAreNotThereCannotGo) {
  add("www", "A", "192.0.2.1");
  EXPECT_EQ(try_remove("www", "A", "192.0.2.2").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(try_remove("www", "AAAA").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(
      remove_record(*store_, context_, *Name::parse("nova.example"), name("www"), RecordType::kA, {}).error().code,
      ErrorCode::kNotFound);
  EXPECT_THAT(try_remove("@", "NS").error().hint, HasSubstr("zonectl zone set"));
}

TEST_F(StaticRecords, LieInTheirZone) {
  const auto outside = try_add("www.example.net.", "A", "192.0.2.1");
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(outside.error().message, HasSubstr("outside the zone example.com"));
}

TEST_F(StaticRecords, StayAsTheyWereAfterARefusalAndADryRun) {
  add("www", "CNAME", "other.net.");
  const std::string before = exported(apex_);
  EXPECT_EQ(refusal_of(try_add("www", "A", "192.0.2.1")), Guard::kCnameAlone);
  context_.dry_run = true;
  const RecordsChanged dry = add("dry", "A", "192.0.2.1");
  EXPECT_TRUE(dry.dry_run);
  EXPECT_TRUE(dry.changed);
  context_.dry_run = false;
  EXPECT_EQ(exported(apex_), before);
  EXPECT_THAT(records(), ElementsAre("www.example.com 3600 CNAME other.net."));
}

TEST_F(StaticRecords, TakeNoSecondCnameAndNoDataBesideIt) {
  add("www", "CNAME", "a.other.net.");
  EXPECT_EQ(refusal_of(try_add("www", "CNAME", "b.other.net.")), Guard::kOneRecord);
  add("host", "A", "192.0.2.1");
  EXPECT_EQ(refusal_of(try_add("host", "CNAME", "b.other.net.")), Guard::kCnameAlone);
  EXPECT_EQ(refusal_of(try_add("@", "CNAME", "b.other.net.")), Guard::kCnameAlone);
}

TEST_F(StaticRecords, OfSettingsAndOfSigningAreRefused) {
  EXPECT_EQ(refusal_of(try_add("@", "NS", "ns2.other.net.")), Guard::kSetting);
  EXPECT_EQ(refusal_of(try_add("@", "SOA", "a. b. 1 2 3 4 5")), Guard::kSetting);
  EXPECT_EQ(refusal_of(try_add("@", "DNSKEY", "256 3 8 AwEAAQ==")), Guard::kSignedType);
}

TEST_F(StaticRecords, CannotComeBelowADnameNorTheDnameAboveThem) {
  add("d", "DNAME", "example.net.");
  EXPECT_EQ(refusal_of(try_add("a.b.d", "A", "192.0.2.1")), Guard::kBelowDname);
  add("a.e", "A", "192.0.2.1");
  const auto above = try_add("e", "DNAME", "example.net.");
  EXPECT_EQ(refusal_of(above), Guard::kBelowDname);
  EXPECT_THAT(above.error().message, HasSubstr("a.e.example.com lies below the DNAME of e.example.com"));
}

TEST_F(StaticRecords, CannotComeBelowACutNorTheCutAboveThem) {
  add("sub", "NS", "ns1.other.net.");
  EXPECT_EQ(refusal_of(try_add("www.sub", "A", "192.0.2.1")), Guard::kBelowCut);
  EXPECT_EQ(refusal_of(try_add("sub", "TXT", "x")), Guard::kBelowCut);
  add("a.b.c", "TXT", "x");
  add("c", "TXT", "x");
  EXPECT_EQ(refusal_of(try_add("b.c", "NS", "ns1.other.net.")), Guard::kBelowCut);
  EXPECT_EQ(refusal_of(try_add("c", "NS", "ns1.other.net.")), Guard::kBelowCut);
}

TEST_F(StaticRecords, TellHowManyStandInTheWay) {
  for (int i = 0; i < 50; ++i) {
    add("h" + std::to_string(i) + ".sub", "A", "192.0.2.1");
  }
  EXPECT_THAT(try_add("sub", "NS", "ns1.other.net.").error().message, HasSubstr("; and 19 more of the kind"));
}

TEST_F(StaticRecords, BringGlueWithTheirNameServerAndTakeItAlong) {
  EXPECT_EQ(refusal_of(try_add("sub", "NS", "ns1.sub")), Guard::kNoGlue);
  const RecordsChanged added = add_with_glue("sub", "ns1.sub", "192.0.2.1");
  ASSERT_EQ(added.glue_added.size(), 1U);
  EXPECT_EQ(added.glue_added.front().owner, name("ns1.sub"));
  add_with_glue("sub", "ns2.sub", "192.0.2.2");
  EXPECT_TRUE(is_published("ns2.sub.example.com.\t3600\tIN\tA\t192.0.2.2"));
  add("ns2.sub", "AAAA", "2001:db8::2");
  const auto removed = try_remove("sub", "NS", "ns2.sub");
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->glue_removed.size(), 2U);
  EXPECT_THAT(records(),
              ElementsAre("sub.example.com 3600 NS ns1.sub.example.com.", "ns1.sub.example.com 3600 A 192.0.2.1"));
  EXPECT_FALSE(is_published("ns2.sub.example.com.\t3600\tIN\tA\t192.0.2.2"));
}

TEST_F(StaticRecords, AddGlueToADelegationThatIsThere) {
  add_with_glue("sub", "ns1.sub", "192.0.2.1");
  EXPECT_FALSE(add_with_glue("sub", "ns1.sub", "192.0.2.1").changed);
  const RecordsChanged more = add_with_glue("sub", "ns1.sub", "192.0.2.9");
  EXPECT_TRUE(more.changed);
  EXPECT_EQ(more.glue_added.front().rdata.size(), 2U);
}

TEST_F(StaticRecords, TakeGlueOfNameServersInTheZoneOnly) {
  RecordAddition elsewhere = addition("sub", "NS", "ns.other.net.");
  elsewhere.glue = {Bytes{192, 0, 2, 1}};
  EXPECT_EQ(add_record(*store_, context_, apex_, elsewhere).error().code, ErrorCode::kInvalid);
  RecordAddition no_server = addition("sub", "A", "192.0.2.1");
  no_server.glue = {Bytes{192, 0, 2, 1}};
  EXPECT_EQ(add_record(*store_, context_, apex_, no_server).error().code, ErrorCode::kInvalid);
  RecordAddition no_address = addition("sub", "NS", "ns.sub");
  no_address.glue = {Bytes{192, 0, 2}};
  EXPECT_EQ(add_record(*store_, context_, apex_, no_address).error().code, ErrorCode::kInvalid);
}

TEST_F(StaticRecords, KeepTheLastGlue) {
  add_with_glue("sub", "ns1.sub", "192.0.2.1");
  const auto last = try_remove("ns1.sub", "A");
  EXPECT_EQ(refusal_of(last), Guard::kNoGlue);
  EXPECT_THAT(last.error().message, HasSubstr("without this address the name server ns1.sub.example.com"));
  add("ns1.sub", "AAAA", "2001:db8::1");
  EXPECT_TRUE(try_remove("ns1.sub", "A"));
}

TEST_F(StaticRecords, KeepTheLastGlueWhateverElseLeadsThere) {
  add("other", "A", "192.0.2.9");
  add_with_glue("z", "ns.z", "192.0.2.1");
  for (int number = 10; number < 40; ++number) {
    add("a" + std::to_string(number), "NS", "ns.z");
  }
  EXPECT_EQ(refusal_of(try_remove("ns.z", "A")), Guard::kNoGlue);
}

TEST_F(StaticRecords, KeepADelegationThatTheZonesOwnServersLieBelow) {
  add("sub", "NS", "ns.other.net.");
  ZoneSettings below;
  below.name_servers = {name("ns1.sub")};
  ASSERT_TRUE(set_zone(*store_, context_, apex_, below));
  EXPECT_EQ(refusal_of(try_remove("sub", "NS")), Guard::kNoGlue);
}

TEST_F(StaticRecords, ThatWereGlueAreOrdinaryOnceTheDelegationIsGone) {
  add_with_glue("sub", "ns1.sub", "192.0.2.1");
  const auto removed = try_remove("sub", "NS");
  ASSERT_TRUE(removed);
  EXPECT_THAT(removed->glue_removed, IsEmpty());
  EXPECT_THAT(records(), ElementsAre("ns1.sub.example.com 3600 A 192.0.2.1"));
}

TEST_F(StaticRecords, KeepGlueThatAnotherDelegationNeeds) {
  add("b", "NS", "ns.a");
  add_with_glue("a", "ns.a", "192.0.2.1");
  add("a", "NS", "ns1.other.net.");
  const auto removed = try_remove("a", "NS", "ns.a");
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_THAT(removed->glue_removed, IsEmpty());
}

TEST_F(StaticRecords, KeepDsWithTheirDelegation) {
  EXPECT_EQ(refusal_of(try_add("sub", "DS", "1 8 5 ab")), Guard::kDsWithoutNs);
  add("sub", "NS", "ns1.other.net.");
  add("sub", "DS", "1 8 5 ab");
  EXPECT_EQ(refusal_of(try_remove("sub", "NS")), Guard::kDsWithoutNs);
  EXPECT_TRUE(try_remove("sub", "DS"));
  EXPECT_TRUE(try_remove("sub", "NS"));
}

TEST_F(StaticRecords, LeadToNoAliasThatIsThereOrComes) {
  add("alias", "CNAME", "other.net.");
  EXPECT_EQ(refusal_of(try_add("@", "MX", "10 alias")), Guard::kAliasTarget);
  EXPECT_EQ(refusal_of(try_add("sub", "NS", "alias")), Guard::kAliasTarget);
  EXPECT_THAT(add("_s._tcp", "SRV", "0 1 2 alias").warnings, ElementsAre(HasSubstr("RFC 2782")));
  add("@", "MX", "10 mail");
  const auto alias = try_add("mail", "CNAME", "other.net.");
  EXPECT_EQ(refusal_of(alias), Guard::kAliasTarget);
  EXPECT_THAT(alias.error().message, HasSubstr("the MX of example.com leads to mail.example.com"));
  add("a", "MX", "10 host.deep");
  EXPECT_EQ(refusal_of(try_add("deep", "DNAME", "other.net.")), Guard::kAliasTarget);
}

TEST_F(StaticRecords, WarnWhenATargetLosesItsAddress) {
  add("mail", "A", "192.0.2.1");
  EXPECT_THAT(add("@", "MX", "10 mail").warnings, IsEmpty());
  const auto removed = try_remove("mail", "A");
  ASSERT_TRUE(removed);
  EXPECT_THAT(removed->warnings, ElementsAre(HasSubstr("mail.example.com, which has no address")));
}

TEST_F(StaticRecords, AreOneSpfRecordAtMost) {
  add("@", "TXT", "\"v=spf1 -all\"");
  add("@", "TXT", "other");
  EXPECT_EQ(refusal_of(try_add("@", "TXT", "\"v=spf1 ~all\"")), Guard::kSecondSpf);
}

TEST_F(StaticRecords, LetAZoneHaveItsNameServerInItself) {
  ZoneSettings inside;
  inside.name_servers = {name("ns1")};
  EXPECT_EQ(refusal_of(set_zone(*store_, context_, apex_, inside)), Guard::kNoGlue);
  add("ns1", "A", "192.0.2.1");
  ASSERT_TRUE(set_zone(*store_, context_, apex_, inside));
  EXPECT_EQ(refusal_of(try_remove("ns1", "A")), Guard::kNoGlue);
  add("ns1", "A", "192.0.2.2");
  EXPECT_TRUE(try_remove("ns1", "A", "192.0.2.1")) << "not the last one";
}

TEST_F(StaticRecords, KeepTheAddressOfAnotherZonesNameServer) {
  add("ns1", "A", "192.0.2.1");
  ZoneSettings other;
  other.name_servers = {name("ns1")};
  ASSERT_TRUE(set_zone(*store_, context_, store_->spf_zone(), other));
  EXPECT_EQ(refusal_of(try_remove("ns1", "A")), Guard::kInUse);
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, apex_)), Guard::kInUse);
  EXPECT_EQ(refusal_of(try_import(head())), Guard::kNoGlue);
}

TEST_F(StaticRecords, TakeTheGlueOfTheZonesOwnServerAlongWithIt) {
  add("sub", "NS", "ns1.other.net.");
  ZoneSettings below_cut;
  below_cut.name_servers = {name("ns.sub")};
  ASSERT_TRUE(set_zone(*store_, context_, apex_, below_cut)) << "the delegated zone answers for it";
  add("ns.sub", "A", "192.0.2.1");
  ZoneSettings elsewhere;
  elsewhere.name_servers = {*Name::parse("ns1.other.net")};
  const auto changed = set_zone(*store_, context_, apex_, elsewhere);
  ASSERT_TRUE(changed);
  EXPECT_THAT(changed->warnings, ElementsAre(HasSubstr("ns.sub.example.com A lies below a zone cut")));
  EXPECT_THAT(records(), ElementsAre("sub.example.com 3600 NS ns1.other.net."));
}

TEST_F(StaticRecords, LeaveTheNamesOfTheStoreFree) {
  const auto refused = [this](const Name& zone, const std::string& owner, const std::string& type,
                              const std::string& data) {
    RecordAddition record = addition("x", type, data);
    record.owner = *name_from_text(owner, zone);
    return refusal_of(add_record(*store_, context_, zone, record)) == Guard::kReserved;
  };
  const Name dkim = store_->dkim_zone();
  const Name spf = store_->spf_zone();
  EXPECT_TRUE(refused(dkim, "sel1-mosa._domainkey", "TXT", "x"));
  EXPECT_TRUE(refused(dkim, "SEL2-nobody._domainkey", "CNAME", "x."));
  EXPECT_TRUE(refused(dkim, "_domainkey", "NS", "ns.x."));
  EXPECT_TRUE(refused(dkim, "_domainkey", "DNAME", "x."));
  EXPECT_TRUE(refused(dkim, "@", "DNAME", "x."));
  EXPECT_TRUE(refused(dkim, "*._domainkey", "TXT", "x"));
  EXPECT_TRUE(refused(dkim, "*", "CNAME", "x."));
  EXPECT_TRUE(refused(spf, "@", "TXT", "x"));
  EXPECT_TRUE(refused(spf, "@", "DNAME", "x."));
  EXPECT_TRUE(refused(spf, "_1", "A", "192.0.2.1"));
  EXPECT_TRUE(refused(spf, "_4", "TXT", "x"));
  EXPECT_FALSE(refused(dkim, "sel3-mosa._domainkey", "TXT", "x"));
  EXPECT_FALSE(refused(dkim, "other._domainkey", "TXT", "x"));
  EXPECT_FALSE(refused(dkim, "_domainkey", "TXT", "x"));
  EXPECT_FALSE(refused(dkim, "@", "CAA", "0 issue \"ca.example.net\""));
  EXPECT_FALSE(refused(spf, "@", "MX", "10 mail.other.net."));
  EXPECT_FALSE(refused(spf, "_5", "TXT", "x"));
  EXPECT_FALSE(refused(apex_, "sel1-mosa._domainkey", "TXT", "x"));
}

TEST_F(StaticRecords, WarnOfANameThatADeeperZoneAnswersFor) {
  ASSERT_EQ(
      imported("sub.example.com. 60 SOA m.other.net. h.other.net. 1 3600 600 86400 60\n@ 60 NS ns1.other.net.\n")
          .fault_count,
      0U);
  EXPECT_THAT(add("www.sub", "A", "192.0.2.1").warnings, ElementsAre(HasSubstr("lies in the zone sub.example.com")));
  ASSERT_TRUE(try_remove("www.sub", "A"));
  EXPECT_THAT(add("sub", "NS", "ns1.other.net.").warnings, IsEmpty());
}

TEST_F(StaticRecords, AreListedByNameInCanonicalOrder) {
  add("b", "A", "192.0.2.1");
  add("a.b", "A", "192.0.2.1");
  add("a", "TXT", "x");
  add("a", "A", "192.0.2.1");
  EXPECT_THAT(records(), ElementsAre("a.example.com 3600 A 192.0.2.1", "a.example.com 3600 TXT \"x\"",
                                     "b.example.com 3600 A 192.0.2.1", "a.b.example.com 3600 A 192.0.2.1"));
  std::size_t count = 0;
  const auto counting = [&count](const RecordSet&) {
    ++count;
    return count < 2;
  };
  ASSERT_TRUE(list_records(*store_, apex_, name("b"), counting));
  EXPECT_EQ(count, 1U);
  ASSERT_TRUE(list_records(*store_, apex_, std::nullopt, counting));
  EXPECT_EQ(count, 2U) << "the visitor stops it";
  EXPECT_EQ(list_records(*store_, *Name::parse("nova.example"), std::nullopt, counting).error().code,
            ErrorCode::kNotFound);
}

// The same rows in a store as the first version made it, with no table or column that came later.
void take_back_to_the_first_version(const std::filesystem::path& file) {
  const std::filesystem::path present = file.string() + ".present";
  std::filesystem::rename(file, present);
  const db::Schema first{db::zone_schema().application_id, db::zone_schema().what, db::zone_schema().steps.first(1)};
  db::Connection connection = db::Connection::open(file, db::Access::kCreate);
  db::migrate(connection, first);
  connection.execute("PRAGMA foreign_keys=OFF; ATTACH '" + present.string() + "' AS present");
  std::vector<std::string> copies;
  db::Statement tables = connection.prepare(
      "SELECT t.name, group_concat(c.name) FROM main.sqlite_schema AS t, pragma_table_info(t.name, 'main') AS c "
      "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name");
  while (tables.step()) {
    const std::string columns = tables.text(1);
    copies.push_back("INSERT INTO main." + tables.text(0) + " (" + columns + ") SELECT " + columns +
                     " FROM present." + tables.text(0));
  }
  tables.reset();
  for (const std::string& copy : copies) {
    connection.execute(copy);
  }
  connection.execute("DETACH present");
  std::filesystem::remove(present);
}

TEST_F(StaticRecords, ComeIntoAStoreOfTheFirstVersion) {
  store_.reset();
  take_back_to_the_first_version(dir() / "zone.db");
  open();
  add("www", "A", "192.0.2.1");
  EXPECT_TRUE(is_published("www.example.com.\t3600\tIN\tA\t192.0.2.1"));
}

}  // namespace
}  // namespace zonestore
