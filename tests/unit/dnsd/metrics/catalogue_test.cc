#include "dnsd/metrics/catalogue.h"

#include <map>
#include <set>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::metrics {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(Catalogue, NamesItsFamiliesAsPrometheusHasThem) {
  for (const Entry& entry : catalogue()) {
    const std::string name(entry.family->name);
    EXPECT_THAT(name, MatchesRegex("dnsd_[a-z][a-z_]*[a-z]")) << name;
    EXPECT_EQ(name.ends_with("_total"), entry.family->kind == Kind::kCounter) << name;
  }
}

TEST(Catalogue, SaysOfEachFamilyInOneLineWhatItCounts) {
  std::map<std::string_view, const Family*> families;
  for (const Entry& entry : catalogue()) {
    const std::string help(entry.family->help);
    EXPECT_THAT(help, MatchesRegex("[A-Z][^\n\\\\]+")) << entry.family->name;
    EXPECT_THAT(help, Not(EndsWith("."))) << entry.family->name;
    EXPECT_EQ(families.try_emplace(entry.family->name, entry.family).first->second, entry.family) << entry.word;
  }
}

TEST(Catalogue, TellsTheEntriesOfAFamilyApartByTheirLabels) {
  std::set<std::tuple<std::string_view, std::string_view>> seen;
  std::map<std::string_view, std::string> label_of;
  for (const Entry& entry : catalogue()) {
    const std::string labels(entry.labels);
    EXPECT_THAT(labels, MatchesRegex("|[a-z_]+=\"[a-z_]+\"")) << entry.word;
    EXPECT_TRUE(seen.emplace(entry.family->name, entry.labels).second) << entry.word;
    const std::string label = labels.substr(0, labels.find('='));
    EXPECT_EQ(label_of.try_emplace(entry.family->name, label).first->second, label) << entry.family->name;
  }
}

TEST(Catalogue, HasAWordOfItsOwnForEachEntryInTheLog) {
  std::set<std::string_view> words{"queries", "answers"};  // the sums
  for (const Entry& entry : catalogue()) {
    EXPECT_THAT(std::string(entry.word), MatchesRegex("[a-z]+_[a-z_]+"));
    EXPECT_TRUE(words.insert(entry.word).second) << entry.word;
  }
}

TEST(Catalogue, SumsEachCounterIntoItsOwnEntry) {
  for (std::size_t index = 0; index < kEntries; ++index) {
    WorkerCounters sockets;
    AnswerCounts answers;
    ProcessCounts process;
    const Place place = catalogue()[index].place;
    if (const auto* const socket = std::get_if<Counter SocketCounts::*>(&place)) {
      (sockets.**socket).add(7);
    } else if (const auto* const answer = std::get_if<Counter AnswerCounts::*>(&place)) {
      (answers.**answer).add(7);
    } else {
      process.*std::get<std::uint64_t ProcessCounts::*>(place) = 7;
    }
    Totals totals;
    totals.add(sockets);
    totals.add(answers);
    totals.add(process);
    for (std::size_t other = 0; other < kEntries; ++other) {
      EXPECT_EQ(totals[other], other == index ? 7U : 0U)
          << catalogue()[index].word << ", " << catalogue()[other].word;
    }
    EXPECT_EQ(totals.of(place), 7U) << catalogue()[index].word;
  }
}

TEST(Catalogue, KnowsWhatIsEachWorkersOwn) {
  for (const Entry& entry : catalogue()) {
    EXPECT_EQ(entry.is_per_worker(), entry.word != "log_lines_dropped") << entry.word;
  }
}

}  // namespace
}  // namespace dnsd::metrics
