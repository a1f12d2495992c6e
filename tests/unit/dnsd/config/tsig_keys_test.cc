#include "dnsd/config/tsig_keys.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"
#include "zonestore/base/text_encodings.h"

namespace dnsd::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using zonestore::Bytes;
using zonestore::crypto::HmacKind;

constexpr std::string_view kSecret = "c2VjcmV0IG9mIHNpeHRlZW4h";  // 18 bytes

Bytes wire_of(std::string_view label) {
  Bytes wire{static_cast<std::uint8_t>(label.size())};
  wire.insert(wire.end(), label.begin(), label.end());
  wire.push_back(0);
  return wire;
}

std::string line(std::string_view name, std::string_view algorithm = "hmac-sha256",
                 std::string_view secret = kSecret) {
  return std::string(name) + " " + std::string(algorithm) + " " + std::string(secret) + "\n";
}

std::string error_of(const std::string& text) {
  const auto keys = parse_tsig_keys(text, "keys");
  return keys ? "(no error)" : keys.error();
}

TEST(TsigKeysText, KeysAreFoundByTheirNames) {
  const auto keys = parse_tsig_keys("# made on Monday\n\n" + line("ns2-key") + "NS3-Key.\tHMAC-SHA512 \t" +
                                        std::string(kSecret) + "  # rolled\r\n" + line("a", "hmac-sha384"),
                                    "keys");
  ASSERT_TRUE(keys) << keys.error();
  EXPECT_EQ(keys->size(), 3U);
  EXPECT_EQ(keys->find(wire_of("ns2-key"))->key.kind(), HmacKind::kSha256);
  EXPECT_EQ(keys->find(wire_of("ns3-key"))->key.kind(), HmacKind::kSha512);
  EXPECT_EQ(keys->find(wire_of("a"))->key.kind(), HmacKind::kSha384);
  EXPECT_EQ(keys->find(wire_of("ns4-key")), nullptr);
}

TEST(TsigKeysText, ThereMayBeNone) {
  EXPECT_EQ(parse_tsig_keys("# none yet\n", "keys").value().size(), 0U);
}

TEST(TsigKeysText, SecretHasSixteenToAHundredAndTwentyEightBytes) {
  const auto with = [](std::size_t bytes) {
    return error_of(line("key", "hmac-sha256", zonestore::base64_of(Bytes(bytes, 7))));
  };
  EXPECT_THAT(with(15), HasSubstr("keys:1: the secret must be 16 to 128 bytes in base64"));
  EXPECT_EQ(with(16), "(no error)");
  EXPECT_EQ(with(128), "(no error)");
  EXPECT_THAT(with(129), HasSubstr("16 to 128 bytes"));
}

TEST(TsigKeysText, NameHasAtMostAHundredAndTwentyEightBytes) {
  const std::string label(62, 'a');
  EXPECT_EQ(error_of(line(label + "." + label + ".")), "(no error)");  // 63 + 63 + 1
  EXPECT_EQ(error_of(line(label + "b." + label + ".")), "(no error)");
  EXPECT_THAT(error_of(line(label + "b." + label + "b.")), HasSubstr("1 to 128 bytes"));
  EXPECT_THAT(error_of(line(".")), HasSubstr("1 to 128 bytes"));
  EXPECT_THAT(error_of(line("a..b")), HasSubstr("the key's name is none"));
}

TEST(TsigKeysText, WeakAlgorithmsAreRefusedByName) {
  for (const char* weak : {"hmac-md5", "hmac-md5.sig-alg.reg.int", "hmac-sha1", "HMAC-SHA224"}) {
    EXPECT_THAT(error_of(line("key", weak)), HasSubstr("too weak")) << weak;
  }
  EXPECT_THAT(error_of(line("key", "sha256")), HasSubstr("must be hmac-sha256"));
}

TEST(TsigKeysText, PointsAtTheLineAndKeepsWhatStandsThereToItself) {
  const std::string secret(kSecret);
  for (const std::string& bad :
       {"key " + secret, "key hmac-sha256 " + secret + " more", "key hmac-sha256 " + secret + "=",
        secret + " key hmac-sha256", "key hmac-sha256 " + secret.substr(1)}) {
    EXPECT_THAT(error_of(line("good") + "\n" + bad), StartsWith("keys:3: ")) << bad;
    EXPECT_THAT(error_of(line("good") + "\n" + bad), Not(HasSubstr(secret.substr(1, 8)))) << bad;
  }
}

TEST(TsigKeysText, NameStandsThereOnce) {
  EXPECT_THAT(error_of(line("key") + line("KEY.")), StartsWith("keys:2: a line above"));
}

TEST(TsigKeysFile, IsNotForOthers) {
  const tests::TempDirectory directory;
  const auto file = directory.path() / "tsig.keys";
  std::ofstream(file) << line("key");
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_TRUE(read_tsig_keys(file));
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_THAT(read_tsig_keys(file).error(),
              HasSubstr("cannot read the TSIG keys in " + file.string() + ": others may read it"));
  EXPECT_THAT(read_tsig_keys(directory.path()).error(), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace dnsd::config
