#include "zonestore/operations/history/key_history.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/rotation/maintain.h"

namespace {

using testing::IsEmpty;
using testing::SizeIs;
using zonestore::Guard;
using zonestore::ServedKey;
using zonestore::dkim::SlotId;

class KeyHistory : public tests::StoreFixture {
 protected:
  KeyHistory() { add("mosa"); }
  std::vector<ServedKey> history() {
    auto keys = zonestore::key_history(*store_, code("mosa"));
    EXPECT_TRUE(keys) << keys.error().message;
    return keys ? *keys : std::vector<ServedKey>{};
  }
};

TEST_F(KeyHistory, BeginsWithTheTwoKeysOfAdd) {
  const std::vector<ServedKey> keys = history();
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_EQ(keys[0].slot, SlotId::kSel1);
  EXPECT_EQ(keys[0].record_text, show("mosa").slots.at(0).record_text);
  EXPECT_FALSE(keys[0].withdrawn);
  ASSERT_THAT(keys[0].signing, SizeIs(1)) << "sel1 signs from the beginning";
  EXPECT_FALSE(keys[0].signing[0].until);
  EXPECT_THAT(keys[1].signing, IsEmpty());
}

TEST_F(KeyHistory, TellsWhenAKeySigned) {
  clock_.advance(std::chrono::hours{1});
  ASSERT_TRUE(zonestore::rotate(*store_, context_, code("mosa"), {}));
  const auto moved = clock_.now().wall;
  clock_.advance(std::chrono::hours{1});
  ASSERT_TRUE(zonestore::undo(*store_, context_, code("mosa"), {}));
  const std::vector<ServedKey> keys = history();
  ASSERT_THAT(keys.at(0).signing, SizeIs(2));
  EXPECT_EQ(keys[0].signing[0].until, moved);
  EXPECT_EQ(keys[0].signing[1].from, moved + std::chrono::hours{1});
  EXPECT_FALSE(keys[0].signing[1].until);
  ASSERT_THAT(keys.at(1).signing, SizeIs(1));
  EXPECT_EQ(keys[1].signing[0].from, moved);
  EXPECT_EQ(keys[1].signing[0].until, moved + std::chrono::hours{1});
}

TEST_F(KeyHistory, KeepsWhatWasReplacedAndWhatHasDeparted) {
  clock_.advance(std::chrono::hours{1});
  ASSERT_TRUE(zonestore::rotate(*store_, context_, code("mosa"), {}));
  clock_.advance(std::chrono::hours{24 * 10});
  ASSERT_TRUE(zonestore::maintain(*store_, context_));
  ASSERT_THAT(history(), SizeIs(3));
  EXPECT_TRUE(history()[0].withdrawn);
  ASSERT_TRUE(zonestore::remove_institution(*store_, context_, code("mosa")));
  clock_.advance(std::chrono::hours{24 * 10});
  ASSERT_TRUE(zonestore::maintain(*store_, context_));
  const std::vector<ServedKey> keys = history();
  ASSERT_THAT(keys, SizeIs(3));
  for (const ServedKey& key : keys) {
    EXPECT_TRUE(key.withdrawn) << key.key_id;
    EXPECT_EQ(key.record_text.substr(0, 21), "v=DKIM1; k=ed25519; p");
  }
  EXPECT_TRUE(keys[1].signing.at(0).until) << "remove ended it";
}

TEST_F(KeyHistory, OfAnInstitutionThatNeverWasIsAnError) {
  const auto keys = zonestore::key_history(*store_, code("nova"));
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, zonestore::ErrorCode::kNotFound);
}

TEST(PublicKeyPem, BreaksLinesAtSixtyFour) {
  const std::string pem = zonestore::public_key_pem(zonestore::Bytes(60, 0));
  EXPECT_EQ(pem, "-----BEGIN PUBLIC KEY-----\n" + std::string(64, 'A') + "\n" + std::string(16, 'A') +
                     "\n-----END PUBLIC KEY-----\n");
}

}  // namespace
