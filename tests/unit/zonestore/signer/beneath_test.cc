#include "zonestore/signer/beneath.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace zonestore::signer {
namespace {

namespace fs = std::filesystem;

// Both ways of opening, since the machine at hand takes one of them.
class OpenBeneath : public ::testing::TestWithParam<bool> {
 protected:
  OpenBeneath() : directory_(::open((temp_ / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    fs::create_directories(temp_ / "keys" / "mosa");
    std::ofstream(temp_ / "keys" / "mosa" / "1.pem") << "key";
  }
  [[nodiscard]] int error_of(const std::string& path, int flags = O_RDONLY) const {
    const FileDescriptor opened = GetParam() ? open_beneath_by_hand(directory_.get(), path, flags, 0600)
                                             : open_beneath(directory_.get(), path, flags, 0600);
    return opened.is_open() ? 0 : errno;
  }

  tests::TempDirectory temp_;
  FileDescriptor directory_;
};

INSTANTIATE_TEST_SUITE_P(Ways, OpenBeneath, ::testing::Bool(),
                         [](const auto& way) { return way.param ? "ByHand" : "ByTheKernel"; });

TEST_P(OpenBeneath, OpensWhatIsThere) {
  EXPECT_EQ(error_of("keys/mosa/1.pem"), 0);
  EXPECT_EQ(error_of("keys/mosa", O_RDONLY | O_DIRECTORY), 0);
  EXPECT_EQ(error_of(".", O_RDONLY | O_DIRECTORY), 0);
  EXPECT_EQ(error_of("keys/mosa/2.pem"), ENOENT);
  EXPECT_EQ(error_of("keys/mosa/2.pem", O_WRONLY | O_CREAT | O_EXCL), 0);
}

TEST_P(OpenBeneath, FollowsNoLinkOnTheWayNorAtTheEnd) {
  fs::create_symlink("mosa", temp_ / "keys" / "alias");
  fs::create_symlink("1.pem", temp_ / "keys" / "mosa" / "link.pem");
  EXPECT_NE(error_of("keys/alias/1.pem"), 0);
  EXPECT_NE(error_of("keys/alias", O_RDONLY | O_DIRECTORY), 0);
  EXPECT_EQ(error_of("keys/mosa/link.pem"), ELOOP);
}

TEST_P(OpenBeneath, NeverLeavesTheDirectory) {
  EXPECT_EQ(error_of("/etc/passwd"), EXDEV);
  EXPECT_EQ(
      error_of("../" + fs::path(temp_ / "x").parent_path().filename().string() + "/../..", O_RDONLY | O_DIRECTORY),
      EXDEV);
}

}  // namespace
}  // namespace zonestore::signer
