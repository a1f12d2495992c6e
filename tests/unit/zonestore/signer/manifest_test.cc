#include "zonestore/signer/manifest.h"

#include <gtest/gtest.h>

namespace zonestore::signer {
namespace {

const Manifest kManifest{{"0123456789abcdef0123456789abcdef", "opendkim-1"}, {"KeyTable", "SigningTable"}};

TEST(SignerManifest, IsReadAsItWasWritten) {
  EXPECT_EQ(parse_manifest(to_text(kManifest)), kManifest);
  EXPECT_EQ(parse_manifest(to_text({kManifest.owner, {}})), (Manifest{kManifest.owner, {}}));
}

TEST(SignerManifest, SaysToWhoeverFindsItWhatItIs) {
  EXPECT_EQ(to_text(kManifest).substr(0, 25), "# What zonectl wrote here");
}

// What we cannot read whole is nobody's word for removing anything.
TEST(SignerManifest, IsNoneIfAnyOfItCannotBeRead) {
  const std::string text = to_text(kManifest);
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = parse_manifest(text.substr(0, length));
    EXPECT_TRUE(!read || text[length - 1] == '\n') << length;
  }
  for (const char* const line : {"name ../../etc/passwd\n", "name a/b\n", "name ..\n", "name \n", "mane x\n", "\n"}) {
    EXPECT_FALSE(parse_manifest(text + line)) << line;
  }
  EXPECT_FALSE(parse_manifest(""));
}

}  // namespace
}  // namespace zonestore::signer
