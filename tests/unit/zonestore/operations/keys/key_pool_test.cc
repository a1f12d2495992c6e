#include "zonestore/operations/keys/key_pool.h"

#include <set>

#include <gtest/gtest.h>

#include "zonestore/dkim/record_text.h"

namespace zonestore {
namespace {

using crypto::Algorithm;

TEST(KeyPool, GivesAsManyDifferentKeysAsWereWanted) {
  KeyPool pool(std::vector(20, Algorithm::kEd25519), {4, 3});
  std::set<Bytes> keys;
  for (int i = 0; i < 20; ++i) {
    const auto made = pool.take(Algorithm::kEd25519);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(dkim::prove_pair(made->key, made->txt_rdata));
    keys.insert(made->public_spki);
  }
  EXPECT_EQ(keys.size(), 20U);
}

TEST(KeyPool, GivesOneThatWasNotWantedToo) {
  KeyPool pool({}, {2, 2});
  const auto made = pool.take(Algorithm::kEd25519);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->algorithm, Algorithm::kEd25519);
}

TEST(KeyPool, DoesNotWaitForOneThatStandsBehindAFullQueue) {
  KeyPool pool({Algorithm::kEd25519, Algorithm::kEd25519, Algorithm::kRsa2048}, {1, 2});
  const auto made = pool.take(Algorithm::kRsa2048);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->algorithm, Algorithm::kRsa2048);
}

TEST(KeyPool, HoldsNoMoreReadyThanAllowed) {
  KeyPool pool(std::vector(50, Algorithm::kEd25519), {4, 5});
  std::size_t most = 0;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pool.take(Algorithm::kEd25519));
    most = std::max(most, pool.take_ready(100).size());
  }
  EXPECT_LE(most, 5U);
}

TEST(KeyPool, StopsWithTheKeysThatItIsAt) {
  const auto began = std::chrono::steady_clock::now();
  { const KeyPool pool(std::vector(2000, Algorithm::kRsa2048), {2, 2000}); }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));  // 2,000 take minutes
}

}  // namespace
}  // namespace zonestore
