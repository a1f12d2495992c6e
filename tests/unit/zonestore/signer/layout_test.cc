#include "zonestore/signer/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore::signer {
namespace {

using dkim::SlotId;

const std::string kHead = "# Written by zonectl signer sync; changes made here are lost.\n";

std::vector<Signing> two_institutions() {
  return {{"louvre", SlotId::kSel2, {{SlotId::kSel2, "00000000000000bb"}}, {"louvre.fr"}},
          {"mosa",
           SlotId::kSel1,
           {{SlotId::kSel1, "0123456789abcdef"}, {SlotId::kSel2, "fedcba9876543210"}},
           {"mosa.org", "mosamuseum.com"}}};
}
Signing departing() {
  return {"gone", std::nullopt, {{SlotId::kSel1, "00000000000000aa"}}, {"gone.org"}};
}

TEST(Layout, OfOpendkimNamesEachKeyAndPointsEachDomainAtTheActiveOne) {
  const Tables made = tables(Format::kOpendkim, "/keys/od", two_institutions());
  EXPECT_EQ(made.names->path, "KeyTable");
  EXPECT_EQ(made.names->text, kHead +
                                  "louvre.00000000000000bb %:stxsel2:/keys/od/keys/louvre/00000000000000bb.private\n"
                                  "mosa.0123456789abcdef %:stxsel1:/keys/od/keys/mosa/0123456789abcdef.private\n"
                                  "mosa.fedcba9876543210 %:stxsel2:/keys/od/keys/mosa/fedcba9876543210.private\n");
  EXPECT_EQ(made.pointer->path, "SigningTable");
  EXPECT_EQ(made.pointer->text, kHead +
                                    "*@louvre.fr louvre.00000000000000bb\n"
                                    "*@mosa.org mosa.0123456789abcdef\n"
                                    "*@mosamuseum.com mosa.0123456789abcdef\n");
}

TEST(Layout, OfRspamdFindsTheKeyByTheSelectorSoThatOneMapFlips) {
  const Tables made = tables(Format::kRspamd, "/keys/r", two_institutions());
  EXPECT_EQ(made.names->path, "path_map");
  EXPECT_EQ(made.names->text, kHead +
                                  "louvre.fr /keys/r/keys/louvre/$selector.pem\n"
                                  "mosa.org /keys/r/keys/mosa/$selector.pem\n"
                                  "mosamuseum.com /keys/r/keys/mosa/$selector.pem\n");
  EXPECT_EQ(made.pointer->path, "selector_map");
  EXPECT_EQ(made.pointer->text, kHead + "louvre.fr stxsel2\nmosa.org stxsel1\nmosamuseum.com stxsel1\n");
  const auto link = slot_link(Format::kRspamd, two_institutions()[1], {SlotId::kSel2, "fedcba9876543210"});
  EXPECT_EQ(link->path, "keys/mosa/stxsel2.pem");
  EXPECT_EQ(link->target, "fedcba9876543210.pem");
}

TEST(Layout, OfEximHasKeysForItsLsearch) {
  const Tables made = tables(Format::kExim, "/keys/e", two_institutions());
  EXPECT_EQ(made.names->path, "directories");
  EXPECT_EQ(made.names->text, kHead +
                                  "louvre.fr: /keys/e/keys/louvre\n"
                                  "mosa.org: /keys/e/keys/mosa\n"
                                  "mosamuseum.com: /keys/e/keys/mosa\n");
  EXPECT_EQ(made.pointer->path, "selectors");
  EXPECT_EQ(made.pointer->text, kHead + "louvre.fr: stxsel2\nmosa.org: stxsel1\nmosamuseum.com: stxsel1\n");
}

TEST(Layout, OfFilesHasAPointerForEachInstitution) {
  const Tables made = tables(Format::kFiles, "/keys/f", two_institutions());
  EXPECT_FALSE(made.names);
  EXPECT_FALSE(made.pointer);
  EXPECT_EQ(key_file(Format::kFiles, "mosa", "0123456789abcdef"), "mosa/0123456789abcdef.pem");
  const auto link = slot_link(Format::kFiles, two_institutions()[1], {SlotId::kSel1, "0123456789abcdef"});
  EXPECT_EQ(link->path, "mosa/sel1.pem");
  EXPECT_EQ(link->target, "0123456789abcdef.pem");
  EXPECT_EQ(own_pointer(Format::kFiles, two_institutions()[1])->path, "mosa/active");
  EXPECT_EQ(own_pointer(Format::kFiles, two_institutions()[1])->text, "sel1\n");
  EXPECT_EQ(own_pointer(Format::kFiles, departing())->text, "");
  EXPECT_FALSE(own_pointer(Format::kExim, departing()));
}

TEST(Layout, NamesSelectorsAsTheStoreHasThemCalled) {
  std::vector<Signing> all = two_institutions();
  for (Signing& signing : all) {
    signing.selectors = dkim::CustomerSelectors::parse("acme").value();
  }
  EXPECT_THAT(tables(Format::kOpendkim, "/k", all).names->text,
              testing::HasSubstr("mosa.0123456789abcdef %:acme1:/k/"));
  EXPECT_EQ(tables(Format::kRspamd, "/k", all).pointer->text,
            kHead + "louvre.fr acme2\nmosa.org acme1\nmosamuseum.com acme1\n");
  EXPECT_EQ(tables(Format::kExim, "/k", all).pointer->text,
            kHead + "louvre.fr: acme2\nmosa.org: acme1\nmosamuseum.com: acme1\n");
  EXPECT_EQ(own_pointer(Format::kRspamdFolders, all[1])->text, "acme1\n");
  EXPECT_EQ(slot_link(Format::kExim, all[1], all[1].keys[1])->path, "keys/mosa/acme2.pem");
  EXPECT_EQ(slot_link(Format::kFiles, all[1], all[1].keys[1])->path, "mosa/sel2.pem");
}

TEST(Layout, InFoldersHasAFolderForEachDomainAndNoTable) {
  for (const Format format : {Format::kRspamdFolders, Format::kEximFolders}) {
    EXPECT_FALSE(tables(format, "/k", two_institutions()).names);
    const Signing mosa = two_institutions()[1];
    EXPECT_EQ(own_pointer(format, mosa)->path, "keys/mosa/active");
    EXPECT_EQ(own_pointer(format, mosa)->text, "stxsel1\n");
    EXPECT_EQ(own_pointer(format, departing())->text, "");
    EXPECT_EQ(domain_link(format, "mosamuseum.com", "mosa").path, "domains/mosamuseum.com/institution");
    EXPECT_EQ(domain_link(format, "mosamuseum.com", "mosa").target, "../../keys/mosa");
    EXPECT_EQ(domain_list(format, mosa)->path, "keys/mosa/domains");
    EXPECT_EQ(domain_list(format, mosa)->text, "mosa.org\nmosamuseum.com\n");
    EXPECT_EQ(slot_link(format, mosa, {SlotId::kSel2, "fedcba9876543210"})->path, "keys/mosa/stxsel2.pem");
  }
  EXPECT_FALSE(domain_list(Format::kFiles, departing()));
}

TEST(Layout, SignsNothingForAnInstitutionThatHasStopped) {
  for (const Format format : {Format::kOpendkim, Format::kRspamd, Format::kExim}) {
    EXPECT_EQ(tables(format, "/k", {departing()}).pointer->text, kHead) << to_text(format);
  }
}

TEST(Layout, MergedLinesKeepWhatTheOldPointerMayName) {
  EXPECT_EQ(merged_lines("# a\nmosa.1 old\nmosa.2 old\n", "# b\nmosa.2 new\nmosa.3 new\n"),
            "# b\nmosa.2 new\nmosa.3 new\nmosa.1 old\n");
  EXPECT_EQ(merged_lines("", "a: 1\n"), "a: 1\n");
  EXPECT_EQ(merged_lines("a: 0\nb: 1", "a: 1\n"), "a: 1\nb: 1\n");
}

TEST(Layout, KnowsAKeyFileByItsName) {
  EXPECT_EQ(key_id_of(Format::kOpendkim, "0123456789abcdef.private"), "0123456789abcdef");
  EXPECT_EQ(key_id_of(Format::kRspamd, "0123456789abcdef.pem"), "0123456789abcdef");
  for (const char* const name :
       {"0123456789abcdef.private", "0123456789ABCDEF.pem", "stxsel1.pem", "active", ".pem"}) {
    EXPECT_FALSE(key_id_of(Format::kFiles, name)) << name;
  }
}

TEST(SignerInput, TakesNamesAndDirectoriesThatNoSignerMisreads) {
  EXPECT_EQ(parse_signer_name("opendkim-1"), "opendkim-1");
  for (const char* const name : {"", "-a", "a-", "A", "a b", "a/b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(parse_signer_name(name)) << name;
  }
  EXPECT_EQ(parse_directory("/etc/dkim/keys/"), "/etc/dkim/keys");
  for (const char* const directory :
       {"", "/", "keys", "/a b", "/a:b", "/a/../b", "/a/./b", "/a//b", "/$x", "/a%", "/a/.."}) {
    EXPECT_FALSE(parse_directory(directory)) << directory;
  }
  EXPECT_EQ(parse_format("exim"), Format::kExim);
  EXPECT_EQ(parse_format("postfix").error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace zonestore::signer
