// OpenDKIM's tables: how they are read, and what institutions they make. The judge of the reading is opendkim itself,
// in tests/system/import_tables_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/zonectl/bulk/signing_index.h"
#include "tools/zonectl/bulk/table_plan.h"

namespace zonectl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using zonestore::Name;

std::vector<std::size_t> lines_of(const std::vector<FileFault>& faults) {
  std::vector<std::size_t> lines;
  for (const FileFault& fault : faults) {
    lines.push_back(fault.line);
  }
  return lines;
}

TEST(KeyTable, ReadsEntriesAndNamesFaults) {
  const KeyTable table = parse_key_table(
      "# keys\nmosa mosamuseum.com:stxsel1:/etc/k/mosa.private\n"
      "one two three\nx %:s:/k\ny a.example:s\nz a.example:s:MIIEvQ+abc=\nmosa b.example:s:/k\nw a..b:s:/k\nv "
      "a.example::/k\n");
  ASSERT_EQ(table.entries.size(), 3U);
  EXPECT_EQ(table.entries[0].line, 2U);
  EXPECT_EQ(table.entries[0].selector, "stxsel1");
  EXPECT_EQ(table.entries[0].key, "/etc/k/mosa.private");
  EXPECT_FALSE(table.entries[1].domain);
  EXPECT_FALSE(table.entries[2].is_path);
  EXPECT_THAT(lines_of(table.faults), ElementsAre(3, 5, 7, 8, 9));
}

TEST(KeyTable, ThePercentSignOfAPathIsTheDomain) {
  const KeyTable table = parse_key_table("x %:s:/k/%/%.pem\n");
  EXPECT_EQ(table.entries.at(0).path_for(Name::parse("a.example").value()), "/k/a.example/a.example.pem");
  EXPECT_TRUE(table.entries[0].is_path_of_each_domain());
}

std::string key_for(const SigningTable& table, std::string_view domain) {
  const Name name = Name::parse(domain).value();
  const SigningLine* const line = SigningIndex(table).line_for(name);
  return line == nullptr ? "" : line->key_for(name);
}

TEST(SigningTable, OfPatternsTakesTheFirstThatFits) {
  const SigningTable table = parse_signing_table(
      "info@a.example one\n*@A.example two:@a.example\n*@a.example three\n*@*.b.example four\n*@% five\n* %:x@%\n");
  EXPECT_EQ(table.form, SigningTableForm::kPatterns);
  EXPECT_THAT(lines_of(table.faults), ElementsAre(5));
  EXPECT_EQ(key_for(table, "a.example"), "two");
  EXPECT_EQ(key_for(table, "x.b.example"), "four");
  EXPECT_EQ(key_for(table, "b.example"), "b.example");
  EXPECT_EQ(table.scope_of(table.lines[0]).kind, Scope::Kind::kAddress);
  EXPECT_EQ(table.scope_of(table.lines[1]).kind, Scope::Kind::kDomain);
  EXPECT_EQ(table.scope_of(table.lines[3]).kind, Scope::Kind::kOthers);
}

TEST(SigningTable, WithoutPatternsGoesFromTheHostUpwards) {
  const SigningTable table = parse_signing_table(
      "* any\n.example far\n.b.example near\nb.example own\nb.example second\ninfo@b.example one\nx@.b.example "
      "some\n");
  EXPECT_EQ(table.form, SigningTableForm::kFlat);
  EXPECT_THAT(table.faults, IsEmpty());
  EXPECT_EQ(key_for(table, "b.example"), "own");
  EXPECT_EQ(key_for(table, "a.b.example"), "near");
  EXPECT_EQ(key_for(table, "c.a.b.example"), "near");
  EXPECT_EQ(key_for(table, "c.example"), "far");
  EXPECT_EQ(key_for(table, "c.test"), "any");
}

TEST(SigningTable, ALineThatFitsNothingInItsFormIsAFault) {
  EXPECT_THAT(lines_of(parse_signing_table("*@a.example k\nb.example k\n.c.example k\n").faults), ElementsAre(2, 3));
  EXPECT_THAT(lines_of(parse_signing_table("*@a.example k\nb.example k\n", SigningTableForm::kFlat).faults),
              ElementsAre(1));
  EXPECT_THAT(lines_of(parse_signing_table("a.example. k\n*@b.example. k\n. k\nc.example k\n").faults),
              ElementsAre(1, 2, 3));
  EXPECT_THAT(lines_of(parse_signing_table("one two three\nonly\na.example :x\na.example k\n").faults),
              ElementsAre(1, 2, 3));
}

TEST(SigningTable, APatternIsNoExpensiveOne) {
  const std::string pattern = "*" + std::string(2000, 'a') + "*a*a*a*a*a*a*a*a*a*a*b";
  EXPECT_EQ(key_for(parse_signing_table(pattern + " k\n*@a.example k\n"), "a.example"), "k");
}

TEST(SigningTable, WhatBearsAControlCharacterFitsNoAddress) {
  EXPECT_THAT(lines_of(parse_signing_table("\x01@a.example k\n*@b.example k\n").faults), ElementsAre(1));
}

// As SigningIndex finds it, one line after the other.
std::string key_by_trying_all(const SigningTable& table, const Name& domain) {
  for (const SigningLine& line : table.lines) {
    if (line.fits(any_address(domain))) {
      return line.key_for(domain);
    }
  }
  return "";
}

TEST(SigningIndex, FindsWhatTryingAllLinesFinds) {
  const std::vector<std::string> patterns = {"*@a.example",
                                             "*@*.a.example",
                                             "*@*a.example",
                                             "*.a.example",
                                             "*a.example",
                                             "**@b.example",
                                             "*@*@b.example",
                                             "info@b.example",
                                             "in*@b.example",
                                             "*o@b.example",
                                             "*@x*.b.example",
                                             "*@x.*",
                                             "*@*.example",
                                             "*x*@*.b.example",
                                             "***@*.b.example",
                                             "*b*.example",
                                             "*",
                                             "*@*",
                                             "*@",
                                             "**",
                                             "*@b.*"};
  const std::vector<std::string> domains = {"a.example",   "x.a.example",  "xa.example", "b.example",
                                            "x.b.example", "xy.b.example", "c.test"};
  for (std::size_t first = 0; first < patterns.size(); ++first) {  // each order by turning the table
    std::string text;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const std::size_t at = (first + i * 8) % patterns.size();
      text += patterns[at] + " key" + std::to_string(at) + "\n";
    }
    const SigningTable table = parse_signing_table(text, SigningTableForm::kPatterns);
    EXPECT_GT(table.lines.size(), 15U);
    for (std::size_t length = table.lines.size(); length > 0;
         --length) {  // so that each line is once the last to fit
      SigningTable part = table;
      part.lines.erase(part.lines.begin(), part.lines.end() - static_cast<std::ptrdiff_t>(length));
      for (const std::string& domain : domains) {
        const Name name = Name::parse(domain).value();
        EXPECT_EQ(key_for(part, domain), key_by_trying_all(part, name)) << domain << " in\n" << text;
      }
    }
  }
}

struct Planned {
  KeyTable keys;
  std::optional<SigningTable> signing;
  TablePlan plan;

  Planned(std::string_view key_text, std::optional<std::string_view> signing_text,
          const KnownInstitutions& known = {})
      : keys(parse_key_table(key_text)) {
    if (signing_text) {
      signing = parse_signing_table(*signing_text);
    }
    plan = plan_institutions(keys, signing ? &*signing : nullptr, known);
  }
  // "mosa: mosa.example mosa.org (2*, 3)": code, domains, lines of the keys, and the one that signs.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const PlannedInstitution& each : plan.institutions) {
      std::string text = each.code.text() + ":";
      for (const Name& domain : each.domains) {
        text += " " + domain.to_text_no_dot();
      }
      for (std::size_t i = 0; i < each.keys.size(); ++i) {
        text += (i == 0 ? " (" : ", ") + std::to_string(each.keys[i].entry->line) + (each.signing == i ? "*" : "");
      }
      all.push_back(text + ")");
    }
    return all;
  }
};

TEST(TablePlan, TheSigningTableTellsWhichKeySigns) {
  const std::string keys =
      "old._domainkey.mosa.example mosa.example:old:./a\nnew._domainkey.mosa.example mosa.example:new:./b\n";
  const Planned plan(keys,
                     "*@mosa.example new._domainkey.mosa.example:@mosa.example\n"
                     "*@mosa.org new._domainkey.mosa.example:@mosa.example\n");
  EXPECT_THAT(plan.told(), ElementsAre("mosa: mosa.example mosa.org (1, 2*)"));
  EXPECT_THAT(plan.plan.signing_faults, IsEmpty());
  EXPECT_THAT(lines_of(plan.plan.key_notes), ElementsAre(1)) << "it waits";
  EXPECT_THAT(Planned(keys, "*@mosa.example old._domainkey.mosa.example\n").told(),
              ElementsAre("mosa: mosa.example (1*, 2)"));
  const Planned without(keys, std::nullopt);
  EXPECT_THAT(without.told(), ElementsAre("mosa: mosa.example (1)"));
  EXPECT_THAT(lines_of(without.plan.key_faults), ElementsAre(2));
}

TEST(TablePlan, KeysWithoutALineAreTakenAndNamed) {
  const Planned plan("a a.example:s:./a\nb b.example:s:./b\n", "*@a.example a\n");
  EXPECT_THAT(plan.told(), ElementsAre("a: a.example (1*)", "b: b.example (2)"));
  EXPECT_THAT(lines_of(plan.plan.key_notes), ElementsAre(2));
}

TEST(TablePlan, ALineForAKeyThatIsNotThereIsAFault) {
  const Planned plan("a a.example:s:./a\n", "*@a.example A\n*@b.example none\n* none\n");
  EXPECT_THAT(lines_of(plan.plan.signing_faults), ElementsAre(1, 2, 3));
}

TEST(TablePlan, NamesWithTheSameFirstLabelAreDifferentInstitutions) {
  EXPECT_THAT(Planned("default._domainkey.a.example a.example:default:./a\n"
                      "default._domainkey.b.example b.example:default:./b\n",
                      "*@a.example default._domainkey.a.example\n*@b.example default._domainkey.b.example\n")
                  .told(),
              ElementsAre("a: a.example (1*)", "b: b.example (2*)"));
  EXPECT_THAT(Planned("x mosa.example:x:./a\ny mosa.org:y:./b\n", std::nullopt).told(),
              ElementsAre("mosa-example: mosa.example (1)", "mosa-org: mosa.org (2)"));
  EXPECT_THAT(Planned("default mosa.example:default:./a\n", std::nullopt).told(),
              ElementsAre("mosa: mosa.example (1)"));
}

TEST(TablePlan, AnInstitutionThatIsThereKeepsItsCode) {
  KnownInstitutions known;
  known.by_domain.emplace("mosa.org.", *zonestore::dkim::Code::parse("museum"));
  known.has_domains = {{"museum", true}, {"mosa", true}, {"empty", false}};
  EXPECT_THAT(
      Planned("x.y mosa.org:s:./a\nx.z mosa.example:s:./b\nx.w empty.example:s:./c\n", std::nullopt, known).told(),
      ElementsAre("museum: mosa.org (1)", "mosa-example: mosa.example (2)", "empty: empty.example (3)"));
}

TEST(TablePlan, OneKeyForAnyDomainIsOfThoseThatTheSigningTableNames) {
  EXPECT_THAT(Planned("all %:s:./a\n", "*@a.example all\n*@b.example all\n").told(),
              ElementsAre("all: a.example b.example (1*)"));
  EXPECT_THAT(Planned("all %:s:./%.pem\n", "a.example all\nb.example all\n").told(),
              ElementsAre("a: a.example (1*)", "b: b.example (1*)"));
  const Planned nobody("all %:s:./a\n", "* all\n");
  EXPECT_THAT(nobody.told(), IsEmpty());
  EXPECT_THAT(lines_of(nobody.plan.key_faults), ElementsAre(1));
  EXPECT_THAT(lines_of(nobody.plan.signing_faults), ElementsAre(1));
}

TEST(TablePlan, AKeyCalledByItsDomainSignsForIt) {
  const Planned plan("a.example a.example:s:./a\nb.example b.example:s:./b\n", "* %\n");
  EXPECT_THAT(plan.told(), ElementsAre("a: a.example (1*)", "b: b.example (2*)"));
  EXPECT_THAT(plan.plan.signing_faults, IsEmpty());
}

TEST(TablePlan, WhatNoInstitutionCanDoIsAFaultOfItsLine) {
  const std::string keys = "k a.example:s:./a\nj a.example:t:./b\nl a.example:u:./c\nm b.example:s:./d\n";
  const Planned plan(keys, "info@a.example j\n*@a.example k\n*@*.a.example k\n*@b.example k\n*@c.example k\n");
  EXPECT_THAT(plan.told(), ElementsAre("a: a.example c.example (1*, 2)", "m: b.example (4)"));
  EXPECT_THAT(lines_of(plan.plan.signing_faults), ElementsAre(4, 1, 3)) << "b.example as another, one address, below";
  EXPECT_THAT(lines_of(plan.plan.key_faults), ElementsAre(3)) << "a third key";
}

TEST(TablePlan, AddressesAloneAreTakenForTheirDomainAndNamed) {
  const Planned plan("k a.example:s:./a\n", "info@a.example k\nshop@a.example k\n");
  EXPECT_THAT(plan.told(), ElementsAre("k: a.example (1*)"));
  ASSERT_EQ(plan.plan.signing_notes.size(), 1U);
  EXPECT_THAT(plan.plan.signing_notes[0].error.message, HasSubstr("some addresses of a.example alone"));
}

TEST(FaultsByReason, AreToldOnceEachWithTheirLines) {
  std::vector<FileFault> faults;
  for (std::size_t line = 1; line <= 12; ++line) {
    faults.push_back(table_fault(line, std::to_string(line * 7) + " bytes that are no code"));
  }
  faults.push_back(table_fault(20, "another", "hint"));
  const auto told = by_reason("list", faults);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].message, "list:1: 7 bytes that are no code (and 11 more: lines 2, 3, 4, 5, 6, 7, 8, 9, ...)");
  EXPECT_EQ(told[1].message, "list:20: another");
}

}  // namespace
}  // namespace zonectl
