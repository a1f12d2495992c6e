// Whom root becomes, by what it saw of a store.
#include "tools/zonectl/session/store_place.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_directory.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using zonectl::look_at_place;
using zonectl::owner_to_become;
using zonectl::StorePlace;

constexpr uid_t kAlice = 61'001;
constexpr uid_t kBob = 61'002;

StorePlace place_of(uid_t directory, std::optional<uid_t> file) {
  StorePlace place;
  place.directory.owner = directory;
  place.is_there = true;
  place.file = file;
  return place;
}

std::string refusal_of(const StorePlace& place) {
  const auto judged = owner_to_become("/srv/store", place);
  return judged ? "" : judged.error().message;
}

TEST(StorePlace, OfAnotherUserMakesRootThatUser) {
  EXPECT_EQ(owner_to_become("/srv/store", place_of(kAlice, kAlice)).value(), std::optional(kAlice));
  EXPECT_EQ(owner_to_become("/srv/store", place_of(kAlice, std::nullopt)).value(), std::optional(kAlice));
}

TEST(StorePlace, OfAnotherUserNeedsNoWalls) {
  StorePlace place = place_of(kAlice, kAlice);
  place.directory.exchanged = "bob";
  place.is_open = true;
  place.leads_to = StorePlace::Entry{0, ""};
  EXPECT_EQ(owner_to_become("/srv/store", place).value(), std::optional(kAlice));
}

TEST(StorePlace, OfRootStaysRoots) {
  EXPECT_EQ(owner_to_become("/srv/store", place_of(0, 0)).value(), std::optional<uid_t>());
  EXPECT_EQ(owner_to_become("/srv/store", place_of(0, std::nullopt)).value(), std::optional<uid_t>());
}

TEST(StorePlace, OfTwoUsersIsRefused) {
  EXPECT_THAT(refusal_of(place_of(kAlice, kBob)),
              HasSubstr("the directory belongs to uid 61001, and zone.db to uid"));
  EXPECT_THAT(refusal_of(place_of(kAlice, 0)), HasSubstr("zone.db to root"));
  EXPECT_THAT(refusal_of(place_of(0, kAlice)), HasSubstr("zone.db to uid 61001"));
}

TEST(StorePlace, OfRootThatOthersCouldExchangeIsRefused) {
  StorePlace below = place_of(0, 0);
  below.directory.exchanged = "alice, whose /home/alice is";
  EXPECT_THAT(refusal_of(below), HasSubstr("could be exchanged by alice, whose /home/alice is"));
  StorePlace open = place_of(0, 0);
  open.is_open = true;
  EXPECT_THAT(refusal_of(open), HasSubstr("others may write in it"));
  StorePlace link = place_of(0, 0);
  link.leads_to = StorePlace::Entry{kAlice, ""};
  EXPECT_THAT(refusal_of(link), HasSubstr("leads to a file of uid 61001"));
  link.leads_to = StorePlace::Entry{0, "alice, whose /home/alice is"};
  EXPECT_FALSE(refusal_of(link).empty());
}

TEST(StorePlace, IsTrustedToWhoeverOwnsTheRootDirectory) {
  StorePlace place = place_of(65'534, 0);  // in a container: the machine's root
  place.root = 65'534;
  EXPECT_EQ(owner_to_become("/srv/store", place).value(), std::optional<uid_t>());
}

// The walk needs other users' directories.
class WalkToStore : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "needs root, to give directories away";
    }
    std::filesystem::create_directories(store());
    std::ofstream(store() / "zone.db") << "";
  }
  [[nodiscard]] std::filesystem::path top() const { return temp_.path() / "top"; }
  [[nodiscard]] std::filesystem::path store() const { return top() / "below" / "store"; }
  static void give(const std::filesystem::path& path, uid_t user) {
    ASSERT_EQ(::lchown(path.c_str(), user, user), 0) << path;
  }
  static std::string exchanged(const std::filesystem::path& path) {
    const auto place = look_at_place(path);
    return place ? place->directory.exchanged : place.error().message;
  }
  TempDirectory temp_;
};

TEST_F(WalkToStore, FindsWhoOwnsWhat) {
  const auto roots = look_at_place(store());
  ASSERT_TRUE(roots);
  EXPECT_TRUE(roots->is_there);
  EXPECT_EQ(roots->directory.owner, 0U);
  EXPECT_EQ(roots->directory.exchanged, "");
  EXPECT_EQ(roots->file, 0U);
  give(store(), kAlice);
  give(store() / "zone.db", kBob);
  const auto others = look_at_place(store());
  EXPECT_EQ(others->directory.owner, kAlice);
  EXPECT_EQ(others->file, kBob);
}

TEST_F(WalkToStore, FindsWhoCouldExchangeADirectoryOnTheWay) {
  give(top(), kAlice);
  EXPECT_THAT(exchanged(store()), HasSubstr("uid 61001, whose " + top().string() + " is"));
  give(top(), 0);
  EXPECT_EQ(exchanged(store()), "");
  ASSERT_EQ(::chmod(top().c_str(), 0777), 0);
  EXPECT_THAT(exchanged(store()), HasSubstr("whoever may write in " + top().string()));
  ASSERT_EQ(::chmod(top().c_str(), 01777), 0);  // as /tmp: what is root's there is root's to exchange
  EXPECT_EQ(exchanged(store()), "");
}

TEST_F(WalkToStore, FollowsLinksButKnowsWhoseTheyAre) {
  const std::filesystem::path link = temp_.path() / "link";
  std::filesystem::create_directory_symlink("top/below/../below/store", link);
  const auto through = look_at_place(link);
  ASSERT_TRUE(through) << through.error().message;
  EXPECT_EQ(through->directory.exchanged, "");
  EXPECT_EQ(through->inode, look_at_place(store())->inode);
  std::filesystem::create_directory(temp_.path() / "tmp");
  ASSERT_EQ(::chmod((temp_.path() / "tmp").c_str(), 01777), 0);
  std::filesystem::create_directory_symlink(store(), temp_.path() / "tmp" / "planted");
  give(temp_.path() / "tmp" / "planted", kAlice);
  EXPECT_THAT(exchanged(temp_.path() / "tmp" / "planted"), HasSubstr("uid 61001"));
  std::filesystem::create_directory_symlink("round", temp_.path() / "round");
  EXPECT_FALSE(look_at_place(temp_.path() / "round"));
}

TEST_F(WalkToStore, OfAStoreThatIsNotThereIsWhereItWouldBeMade) {
  give(top() / "below", kAlice);
  const auto place = look_at_place(top() / "below" / "new" / "store");
  ASSERT_TRUE(place);
  EXPECT_FALSE(place->is_there);
  EXPECT_EQ(place->directory.owner, kAlice);
}

TEST_F(WalkToStore, SeesWhereZoneDbLeadsTo) {
  std::filesystem::rename(store() / "zone.db", temp_.path() / "real.db");
  std::filesystem::create_symlink(temp_.path() / "real.db", store() / "zone.db");
  give(temp_.path() / "real.db", kBob);
  const auto place = look_at_place(store());
  ASSERT_TRUE(place->leads_to);
  EXPECT_EQ(place->leads_to->owner, kBob);
  EXPECT_EQ(place->file, 0U) << "the link's own";
}

}  // namespace
}  // namespace tests
