#include "tools/zonectl/session/report.h"

#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/telling/json.h"

namespace zonectl {
namespace {

using zonestore::ErrorCode;
using zonestore::Guard;
using zonestore::WallTime;

using Document = nlohmann::json;

constexpr WallTime kNow{std::chrono::seconds{1'795'457'000}};
constexpr Terminal kScreen{true, false, 80};

zonestore::Error not_ripe() {
  return zonestore::refuse(Guard::kNotRipe, "resolvers may still hold it", "zonectl rotate mosa, after that time",
                           kNow + std::chrono::seconds{850})
      .value();
}

std::string told(const Terminal& terminal, const zonestore::Error& error) {
  std::ostringstream err;
  report(err, terminal, Times(kNow, terminal.interactive), error);
  return err.str();
}

TEST(Report, TellsARefusalWithItsGuardItsTimeAndTheWayOut) {
  const std::string time = zonestore::to_rfc3339(kNow + std::chrono::seconds{850});
  EXPECT_EQ(told(Terminal{}, not_ripe()), "refused: E_NOT_RIPE: resolvers may still hold it\n  clears at " + time +
                                              "\n  instead: zonectl rotate mosa, after that time\n");
  EXPECT_EQ(told(kScreen, not_ripe()), "refused: E_NOT_RIPE: resolvers may still hold it\n  clears at " + time +
                                           " (in 14 min 10 s)\n  instead: zonectl rotate mosa, after that time\n");
}

TEST(Report, TellsNoTimeWhereTimeAloneDoesNotHelp) {
  const auto refused = zonestore::refuse(Guard::kExists, "there is one").value();
  EXPECT_EQ(told(kScreen, refused), "refused: E_EXISTS: there is one\n");
}

TEST(Report, TellsOtherErrorsWithTheirHint) {
  EXPECT_EQ(told(Terminal{}, zonestore::fail(ErrorCode::kMissing, "no store", "run: zonectl init").value()),
            "zonectl: no store\n  run: zonectl init\n");
  EXPECT_EQ(told(Terminal{}, zonestore::fail(ErrorCode::kIo, "it broke").value()), "zonectl: it broke\n");
}

TEST(Report, LetsNoMessageDriveTheTerminal) {
  EXPECT_EQ(told(kScreen, zonestore::fail(ErrorCode::kInvalid, "bad \x1b[2J").value()), "zonectl: bad \\x1b[2J\n");
}

TEST(ErrorJson, HasTheGuardAndTheTime) {
  const Document json = Document::parse(to_json(not_ripe()).dump());
  EXPECT_EQ(json.at("code"), "refused");
  EXPECT_EQ(json.at("exit_code"), 3);
  EXPECT_EQ(json.at("guard"), "E_NOT_RIPE");
  EXPECT_EQ(json.at("clears_at"), zonestore::to_rfc3339(kNow + std::chrono::seconds{850}));
  EXPECT_EQ(json.at("message"), "resolvers may still hold it");
  EXPECT_EQ(json.at("hint"), "zonectl rotate mosa, after that time");
}

TEST(ErrorJson, HasNullForWhatDoesNotApply) {
  const Document json = Document::parse(to_json(zonestore::fail(ErrorCode::kBusy, "busy").value()).dump());
  EXPECT_TRUE(json.at("guard").is_null());
  EXPECT_TRUE(json.at("clears_at").is_null());
  EXPECT_TRUE(json.at("hint").is_null());
}

TEST(ExitCodes, FollowTheKindOfError) {
  EXPECT_EQ(exit_code_of(ErrorCode::kInvalid), ExitCode::kUsage);
  EXPECT_EQ(exit_code_of(ErrorCode::kRefused), ExitCode::kRefused);
  EXPECT_EQ(exit_code_of(ErrorCode::kNotFound), ExitCode::kNotFound);
  EXPECT_EQ(exit_code_of(ErrorCode::kBusy), ExitCode::kBusy);
  for (const ErrorCode code : {ErrorCode::kMissing, ErrorCode::kEmpty, ErrorCode::kForeign, ErrorCode::kFuture,
                               ErrorCode::kDamaged, ErrorCode::kHotJournal, ErrorCode::kReadOnly, ErrorCode::kFull,
                               ErrorCode::kPermission, ErrorCode::kIo, ErrorCode::kCrypto}) {
    EXPECT_EQ(exit_code_of(code), ExitCode::kFailed);
  }
}

}  // namespace
}  // namespace zonectl
