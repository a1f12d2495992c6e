#include "tools/zonectl/instructions/phrases.h"

#include <set>
#include <stdexcept>

#include <gmock/gmock.h>

#include "zonestore/base/printable.h"

namespace zonectl::instructions {
namespace {

// "{zone}", "{name}"; what must stand in a text in every language.
std::multiset<std::string> names_in(std::string_view text) {
  std::multiset<std::string> names;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    names.emplace(text.substr(at, text.find('}', at) + 1 - at));
  }
  return names;
}

TEST(Phrases, HaveTheSameKeysAndNamesInAllLanguages) {
  const Phrases english = Phrases::of("en");
  ASSERT_FALSE(english.all().empty());
  for (const std::string_view language : kLanguages) {
    const Phrases phrases = Phrases::of(language);
    for (const auto& [key, text] : english.all()) {
      ASSERT_TRUE(phrases.all().contains(key)) << language << " lacks " << key;
      EXPECT_EQ(names_in(phrases.text(key)), names_in(text)) << language << ": " << key;
    }
    EXPECT_EQ(phrases.all().size(), english.all().size()) << language << " has a text more";
  }
}

TEST(Phrases, AreWellFormedInAllLanguages) {
  for (const std::string_view language : kLanguages) {
    const Phrases phrases = Phrases::of(language);
    for (const auto& [key, text] : phrases.all()) {
      EXPECT_FALSE(text.empty()) << language << ": " << key;
      EXPECT_EQ(text, zonestore::printable(text)) << language << ": " << key;
      EXPECT_EQ(text.find("  "), std::string::npos) << language << ": " << key;
    }
  }
}

TEST(Phrases, HaveASubjectThatAHeaderTakesAsItIs) {
  for (const std::string_view language : kLanguages) {
    const std::string subject = Phrases::of(language).text("subject");
    for (const char letter : subject) {
      EXPECT_TRUE(letter >= ' ' && letter <= '~') << language;
    }
  }
}

TEST(Phrases, GoOnInIndentedLinesAndLeaveCommentsOut) {
  const Phrases phrases = Phrases::parse("# comment\nkey = one\n  two {name}\n\nother = {name}, {name}\n").value();
  EXPECT_EQ(phrases.text("key", {{"name", "x"}}), "one two x");
  EXPECT_EQ(phrases.text("other", {{"name", "{name}"}}), "{name}, {name}") << "what was put in is not looked at";
  EXPECT_THROW((void)phrases.text("third"), std::logic_error);
}

TEST(Phrases, RefuseAFileThatIsNotWellFormed) {
  for (const auto* file : {"key\n", " = text\n", "  goes on\n", "key = a\nkey = b\n"}) {
    EXPECT_FALSE(Phrases::parse(file)) << file;
  }
}

TEST(Phrases, NameTheLanguagesThatThereAre) {
  EXPECT_EQ(parse_language("it").value(), "it");
  EXPECT_THAT(parse_language("es").error().hint, testing::HasSubstr("en, fr, de, it"));
}

}  // namespace
}  // namespace zonectl::instructions
