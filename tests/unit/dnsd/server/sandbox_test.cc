#include "dnsd/sandbox.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <linux/landlock.h>

#include "dnsd/sandbox_places.h"
#include "tests/support/temp_directory.h"

namespace dnsd {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// The kernel refuses a ruleset that names a right which it does not know (landlock(7)), so each ABI has a last bit.
struct AbiCase {
  int abi;
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scopes;
};

TEST(SandboxRights, AreAllThatAnAbiKnowsAndNoMore) {
  constexpr AbiCase kCases[] = {
      {0, 0, 0, 0},        // none
      {1, 0x1FFF, 0, 0},   // Linux 5.13: EXECUTE to MAKE_SYM
      {2, 0x3FFF, 0, 0},   // 5.19: REFER
      {3, 0x7FFF, 0, 0},   // 6.2: TRUNCATE
      {4, 0x7FFF, 2, 0},   // 6.7: CONNECT_TCP; binding is left alone
      {5, 0xFFFF, 2, 0},   // 6.10: IOCTL_DEV
      {6, 0xFFFF, 2, 3},   // 6.12: abstract sockets, signals
      {99, 0xFFFF, 2, 3},  // what comes later is not ours to name
  };
  for (const AbiCase& each : kCases) {
    EXPECT_EQ(sandbox_rights(each.abi), (SandboxRights{each.files, each.network, each.scopes})) << each.abi;
  }
}

TEST(SandboxRights, LeaveASupervisorWithAnAbstractNameWithinReach) {
  EXPECT_EQ(sandbox_rights(6, "@notify").scopes, 2U);
  EXPECT_EQ(sandbox_rights(6, "/run/systemd/notify").scopes, 3U);
}

class SandboxPlacesOf : public ::testing::Test {
 protected:
  SandboxPlacesOf() { config_.store = directory_.path() / "above" / "store"; }

  [[nodiscard]] SandboxPlaces places() const { return sandbox_places(config_, {}); }

  tests::TempDirectory directory_;
  config::Config config_;
};

TEST_F(SandboxPlacesOf, AStoreAreTheDirectoryAboveIt) {
  EXPECT_THAT(places().read, ElementsAre(directory_.path() / "above", "/proc", "/dev/urandom"));
  EXPECT_THAT(places().write, ElementsAre());
  config_.store += "/";
  EXPECT_THAT(places().read, Contains(directory_.path() / "above"));
  EXPECT_THAT(places().read, Not(Contains(directory_.path())));
}

TEST_F(SandboxPlacesOf, AStoreBehindASymbolicLinkAreThoseOfBothEnds) {
  std::filesystem::create_directories(directory_.path() / "disk" / "real");
  std::filesystem::create_directories(directory_.path() / "above");
  std::filesystem::create_symlink(directory_.path() / "disk" / "real", config_.store);
  EXPECT_THAT(places().read, Contains(directory_.path() / "above"));
  EXPECT_THAT(places().read, Contains(directory_.path() / "disk"));
}

TEST_F(SandboxPlacesOf, AZoneDbThatIsASymbolicLinkAreThoseOfBothEnds) {
  std::filesystem::create_directories(directory_.path() / "disk" / "real");
  std::filesystem::create_directories(config_.store);
  std::ofstream(directory_.path() / "disk" / "real" / "zone.db") << "-";
  std::filesystem::create_symlink(directory_.path() / "disk" / "real" / "zone.db", config_.store / "zone.db");
  EXPECT_THAT(places().read, Contains(directory_.path() / "above"));
  EXPECT_THAT(places().read, Contains(directory_.path() / "disk"));
}

TEST_F(SandboxPlacesOf, SecretsAndTheConfigAreTheirDirectories) {
  config_.file = "/etc/dnsd/dnsd.toml";
  config_.edns.cookie_secrets_file = "/etc/dnsd/cookies/secrets";
  config_.transfer.tsig_keys_file = "/etc/dnsd/tsig.keys";
  EXPECT_THAT(places().read,
              ElementsAre(directory_.path() / "above", "/etc/dnsd", "/etc/dnsd/cookies", "/proc", "/dev/urandom"));
}

TEST_F(SandboxPlacesOf, AServiceWritesWhatItsManagerHasMadeForIt) {
  const SandboxPlaces places = sandbox_places(config_, {"/var/lib/dnsd:/var/lib/more", "/run/dnsd"});
  EXPECT_THAT(places.write, ElementsAre("/var/lib/dnsd", "/var/lib/more", "/run/dnsd"));
}

TEST(Cover, ThatIsOffIsSaidToBe) {
  config::Config config;
  config.sandbox = config::Sandbox::kOff;
  EXPECT_EQ(cover_to_be_had(config).value(), "off: the config says so");
}

}  // namespace
}  // namespace dnsd
