#include "dnsd/config/cookie_secrets.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace dnsd::config {
namespace {

using answer::CookieSecret;
using answer::CookieSecrets;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kOne = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kTwo = "F0E0D0C0B0A090807060504030201000";
const CookieSecret kFirst{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
const CookieSecret kSecond{0xF0, 0xE0, 0xD0, 0xC0, 0xB0, 0xA0, 0x90, 0x80,
                           0x70, 0x60, 0x50, 0x40, 0x30, 0x20, 0x10, 0};

std::string lines(std::initializer_list<std::string_view> all) {
  std::string text;
  for (const std::string_view line : all) {
    text += line;
    text += '\n';
  }
  return text;
}

std::string error_of(std::string_view text) {
  const auto secrets = parse_cookie_secrets(text, "secrets");
  return secrets ? "(no error)" : secrets.error();
}

TEST(CookieSecretsText, FirstOneIsActiveAndAllAreKeptInOrder) {
  const auto secrets = parse_cookie_secrets(lines({kOne, kTwo}), "secrets");
  ASSERT_TRUE(secrets) << secrets.error();
  EXPECT_EQ(*secrets, CookieSecrets({kFirst, kSecond}));
  EXPECT_EQ(secrets->active(), kFirst);
}

TEST(CookieSecretsText, CommentsAndBlanksDoNotCount) {
  const std::string text = "# made on Monday\n\n \t\n  " + std::string(kOne) + "\t# active\r\n" + std::string(kTwo);
  const auto secrets = parse_cookie_secrets(text, "secrets");
  ASSERT_TRUE(secrets) << secrets.error();
  EXPECT_EQ(*secrets, CookieSecrets({kFirst, kSecond}));
}

TEST(CookieSecretsText, PointsAtTheLineAndKeepsTheSecretToItself) {
  const std::string bad(kOne.substr(1));
  for (const std::string& text : {lines({"#", kTwo, bad}), lines({"", kTwo, std::string(kOne) + "00"}),
                                  lines({kTwo, kTwo, std::string(30, '0') + "0x"}), lines({kTwo, "", "two words"})}) {
    EXPECT_THAT(error_of(text), StartsWith("secrets:3: a cookie secret is 32 hexadecimal digits"));
    EXPECT_THAT(error_of(text), Not(HasSubstr("0102")));
  }
}

TEST(CookieSecretsText, HoldsOneSecretAtLeastAndFourAtMost) {
  EXPECT_THAT(error_of(""), StartsWith("secrets: no cookie secret"));
  EXPECT_THAT(error_of("# nothing\n"), StartsWith("secrets: no cookie secret"));
  EXPECT_TRUE(parse_cookie_secrets(lines({kOne, kOne, kOne, kTwo}), "secrets"));
  EXPECT_THAT(error_of(lines({kOne, kOne, kOne, kOne, kTwo})), StartsWith("secrets:5: at most 4 cookie secrets"));
}

class CookieSecretsFile : public ::testing::Test {
 protected:
  void write(std::string_view text, ::mode_t mode) const {
    std::ofstream(file_) << text;
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }
  [[nodiscard]] std::string error() const {
    const auto secrets = read_cookie_secrets(file_);
    return secrets ? "(no error)" : secrets.error();
  }

  tests::TempDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "secrets";
};

TEST_F(CookieSecretsFile, IsReadWhenOnlyItsUserAndGroupMay) {
  for (const ::mode_t mode : {0640U, 0600U, 0440U, 0400U}) {
    std::filesystem::remove(file_);
    write(lines({kOne, kTwo}), mode);
    const auto secrets = read_cookie_secrets(file_);
    ASSERT_TRUE(secrets) << secrets.error();
    EXPECT_EQ(*secrets, CookieSecrets({kFirst, kSecond}));
  }
}

TEST_F(CookieSecretsFile, IsRefusedWhenOthersMayReadOrItsGroupMayWrite) {
  for (const ::mode_t mode : {0644U, 0604U, 0602U, 0601U, 0660U}) {
    std::filesystem::remove(file_);
    write(lines({kOne}), mode);
    EXPECT_THAT(error(), HasSubstr(file_.string() + ": others may read it or its group may write it"));
    EXPECT_THAT(error(), HasSubstr("mode 0640"));
  }
}

TEST_F(CookieSecretsFile, SaysThatItCannotBeRead) {
  EXPECT_THAT(error(), HasSubstr(file_.string() + ": No such file"));
  std::filesystem::create_directory(file_);
  EXPECT_THAT(error(), HasSubstr("it is not a regular file"));
}

TEST_F(CookieSecretsFile, PipeInItsPlaceDoesNotHoldUpTheStart) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("it is not a regular file"));
}

TEST_F(CookieSecretsFile, ByteOrderMarkAtTheBeginningIsSkipped) {
  write("\xef\xbb\xbf" + lines({kOne}), 0600);
  EXPECT_EQ(error(), "(no error)");
}

TEST_F(CookieSecretsFile, IsRefusedWhenItIsFarTooLong) {
  write(std::string(16385, '#'), 0600);
  EXPECT_THAT(error(), HasSubstr("it is longer than 16384 bytes"));
}

TEST_F(CookieSecretsFile, NamesItselfAndTheLineOfAFault) {
  write("x\n", 0600);
  EXPECT_THAT(error(), StartsWith(file_.string() + ":1: "));
}

TEST(CookieSecretsByChance, AreOneAndNeverTheSame) {
  const auto one = random_cookie_secrets();
  const auto other = random_cookie_secrets();
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->all().size(), 1U);
  EXPECT_NE(one->active(), other->active());
  EXPECT_NE(one->active(), CookieSecret{});
}

}  // namespace
}  // namespace dnsd::config
