#include "dnsd/config/command_line.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::config {
namespace {

using ::testing::HasSubstr;

util::Result<Config> config_from(const std::vector<const char*>& arguments, const char* zonestore = nullptr) {
  const auto parsed = parse_command_line(arguments);
  if (!parsed) {
    return util::fail(parsed.error());
  }
  return load(std::get<CommandLine>(*parsed), zonestore);
}

std::string error_from(const std::vector<const char*>& arguments) {
  const auto config = config_from(arguments);
  return config ? "(no error)" : config.error();
}

std::string config_file_with(const std::string& toml) {
  const std::string file =
      ::testing::TempDir() + "dnsd_" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml";
  std::ofstream(file) << toml;
  return file;
}

TEST(CommandLine, MayBeEmpty) {
  const auto config = config_from({});
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->store, "/var/lib/zonestore");
  EXPECT_EQ(config->listen, default_listen());
}

TEST(CommandLine, ListensOnLoopbackByDefault) {
  ASSERT_EQ(default_listen().size(), 2U);
  EXPECT_EQ(default_listen()[0].to_text(), "127.0.0.1:53");
  EXPECT_EQ(default_listen()[1].to_text(), "[::1]:53");
}

TEST(CommandLine, SetsWhatItsFlagsSay) {
  const auto config = config_from({"--store", "demo", "--listen", "127.0.0.1:5300", "--listen=[::1]:5300", "--user",
                                   "dnsd", "--workers", "2", "--log-level", "warning"});
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->store, "demo");
  ASSERT_EQ(config->listen.size(), 2U);
  EXPECT_EQ(config->listen[1].to_text(), "[::1]:5300");
  EXPECT_EQ(config->user, "dnsd");
  EXPECT_EQ(config->workers, 2U);
  EXPECT_EQ(config->log_level, util::LogLevel::kWarning);
}

TEST(CommandLine, WinsOverTheFileAndTheFileOverTheEnvironment) {
  const std::string file = config_file_with("store = \"/from/file\"\nworkers = 3\nlisten = [\"127.0.0.1:1\"]\n");
  const auto from_environment = config_from({}, "/from/environment");
  EXPECT_EQ(from_environment->store, "/from/environment");
  const auto from_file = config_from({"--config", file.c_str()}, "/from/environment");
  ASSERT_TRUE(from_file) << from_file.error();
  EXPECT_EQ(from_file->store, "/from/file");
  EXPECT_EQ(from_file->workers, 3U);
  const auto from_flags =
      config_from({"--config", file.c_str(), "--store", "/from/flag", "--workers", "0", "--listen", "127.0.0.1:2"});
  ASSERT_TRUE(from_flags) << from_flags.error();
  EXPECT_EQ(from_flags->store, "/from/flag");
  EXPECT_EQ(from_flags->workers, 0U);
  ASSERT_EQ(from_flags->listen.size(), 1U) << "flags take the place of the file's list";
  EXPECT_EQ(from_flags->listen[0].port(), 2);
}

TEST(CommandLine, KnowsWhetherItsAddressesAreTheDefaultOnes) {
  EXPECT_TRUE(config_from({})->listen_is_default);
  const std::string as_template = config_file_with("listen = [\"127.0.0.1:53\", \"[::1]:53\"]\n");
  EXPECT_TRUE(config_from({"--config", as_template.c_str()})->listen_is_default);
  EXPECT_FALSE(config_from({"--config", as_template.c_str(), "--listen", "[::1]:53"})->listen_is_default);
  const std::string others = config_file_with("listen = [\"[::1]:53\"]\n");
  EXPECT_FALSE(config_from({"--config", others.c_str()})->listen_is_default);
}

TEST(CommandLine, TakesAnEmptyZonestoreForUnset) {
  EXPECT_EQ(config_from({}, "")->store, "/var/lib/zonestore");
}

TEST(CommandLine, KnowsWhetherOnlyToCheck) {
  EXPECT_TRUE(std::get<CommandLine>(parse_command_line(std::vector{"--check"}).value()).check);
  EXPECT_FALSE(std::get<CommandLine>(parse_command_line({}).value()).check);
}

TEST(CommandLine, PrintsHelpWithAnExampleAndTheExitCodes) {
  const auto parsed = parse_command_line(std::vector{"--help"});
  ASSERT_TRUE(parsed);
  const std::string text = std::get<Printout>(*parsed).text;
  for (const char* const part : {"--config", "--store", "--listen", "--user", "--workers", "--log-level", "--check",
                                 "--version", "Example:", "Exit codes:"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(CommandLine, PrintsTheVersion) {
  EXPECT_THAT(std::get<Printout>(parse_command_line(std::vector{"--version"}).value()).text,
              ::testing::StartsWith("dnsd "));
}

TEST(CommandLine, RefusesWhatItDoesNotUnderstand) {
  const std::pair<std::vector<const char*>, const char*> cases[] = {
      {{"--wrong"}, "--wrong"},
      {{"serve"}, "serve"},
      {{"--store"}, "--store"},
      {{"--store", ""}, "--store"},
      {{"--listen"}, "--listen"},
      {{"--listen", "nonsense"}, "--listen: 'nonsense' has no port"},
      {{"--listen", "127.0.0.1:1", "127.0.0.1:2"}, "127.0.0.1:2"},
      {{"--listen", "127.0.0.1:1", "--listen", "127.0.0.1:1"}, "127.0.0.1:1 is given twice"},
      {{"--workers", "many"}, "--workers"},
      {{"--workers", "-1"}, "--workers"},
      {{"--workers", "1025"}, "--workers"},
      {{"--log-level", "loud"}, "--log-level: 'loud' is not a log level"},
      {{"--config", "/nonexistent"}, "/nonexistent"},
  };
  for (const auto& [arguments, complaint] : cases) {
    EXPECT_THAT(error_from(arguments), HasSubstr(complaint)) << ::testing::PrintToString(arguments);
  }
}

TEST(CommandLine, MayAskForAFreePortMoreThanOnce) {
  EXPECT_TRUE(config_from({"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"}));
}

}  // namespace
}  // namespace dnsd::config
