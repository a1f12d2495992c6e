// Files that no person would write: an error all the same, on one line.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/config.h"

namespace dnsd::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string error_of(std::string_view toml) {
  Config config;
  const auto applied = apply_toml(toml, "dnsd.toml", config);
  return applied ? "(no error)" : applied.error();
}

TEST(OddText, ATableNameThatBeginsWithASignIsAnError) {
  EXPECT_THAT(error_of("workers = 1\n[+tcp]\n"), StartsWith("dnsd.toml:2:"));
  EXPECT_THAT(error_of("[[-]]\n"), StartsWith("dnsd.toml:1:"));
}

TEST(OddText, NothingOfAStringOrAKeyIsShown) {
  const std::string of_a_string = error_of(R"(log_level = "de\nbug\u001b[1m")");
  EXPECT_THAT(of_a_string, StartsWith("dnsd.toml:1:13: log_level: it is not a log level"));
  EXPECT_THAT(of_a_string, Not(HasSubstr("[1m")));
  EXPECT_THAT(of_a_string, Not(HasSubstr("\n")));
  EXPECT_THAT(error_of(R"("a\u007f\tb" = 1)"), StartsWith("dnsd.toml:1:1: unknown key; those here are "));
}

TEST(OddText, TextThatIsNotUtf8IsAnError) {
  EXPECT_THAT(error_of("user = \"\xff\""), StartsWith("dnsd.toml:1:"));
}

}  // namespace
}  // namespace dnsd::config
