#include "dnsd/secrets.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace dnsd {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SecretsTest : public ::testing::Test {
 protected:
  // A file as cookie_secrets.h wants it: a secret a line.
  void write(const std::string& text) {
    const std::filesystem::path file = directory_.path() / "secrets";
    std::ofstream(file, std::ios::trunc) << text;
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    config_.edns.cookie_secrets_file = file;
  }
  [[nodiscard]] static answer::CookieSecrets in_force(const Secrets& secrets) {
    return *secrets.cookies().current().value;
  }

  tests::TempDirectory directory_;
  std::ostringstream text_;
  util::Log log_{util::LogLevel::kInfo, std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)};
  config::Config config_;
};

const std::string kOne(32, '1');
const std::string kTwo(32, '2');
constexpr answer::CookieSecret kOnes{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                     0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11};
constexpr answer::CookieSecret kTwos{0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
                                     0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22};

TEST_F(SecretsTest, OfAFileAreReadAgain) {
  write(kOne + "\n");
  Secrets secrets(config_, first_secrets(config_).value(), log_);
  EXPECT_EQ(in_force(secrets), answer::CookieSecrets({kOnes}));
  write(kTwo + "\n" + kOne + "\n");
  secrets.read_again();
  EXPECT_EQ(in_force(secrets), answer::CookieSecrets({kTwos, kOnes}));
  EXPECT_THAT(text_.str(), HasSubstr("event=cookie_secrets_read secrets=2"));
}

TEST_F(SecretsTest, StayWhenTheFileHasGoneBad) {
  write(kOne + "\n");
  Secrets secrets(config_, first_secrets(config_).value(), log_);
  write("no secret\n");
  secrets.read_again();
  EXPECT_EQ(in_force(secrets), answer::CookieSecrets({kOnes}));
  EXPECT_THAT(text_.str(), HasSubstr("event=cookie_secrets_kept"));
  EXPECT_FALSE(first_secrets(config_)) << "but nothing begins with it";
}

TEST_F(SecretsTest, OfOurOwnMakingAreNotMadeAnewByBeingReadAgain) {
  Secrets secrets(config_, first_secrets(config_).value(), log_);
  const answer::CookieSecrets before = in_force(secrets);
  secrets.read_again();
  secrets.roll_if_due();
  EXPECT_EQ(in_force(secrets), before) << "a cookie that was given a moment ago is still good";
  EXPECT_THAT(text_.str(), IsEmpty());
}

TEST_F(SecretsTest, OfAFileAreNeverRolledByUs) {
  write(kOne + "\n");
  Secrets secrets(config_, first_secrets(config_).value(), log_);
  secrets.roll_if_due();
  EXPECT_EQ(in_force(secrets), answer::CookieSecrets({kOnes}));
}

}  // namespace
}  // namespace dnsd
