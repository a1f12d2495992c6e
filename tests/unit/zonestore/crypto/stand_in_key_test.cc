#include "zonestore/crypto/stand_in_key.h"

#include <gtest/gtest.h>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto {
namespace {

TEST(StandInKey, HasTheFormAndTheSizeOfEveryKeyOfItsAlgorithm) {
  for (const Algorithm algorithm :
       {Algorithm::kRsa2048, Algorithm::kRsa3072, Algorithm::kRsa4096, Algorithm::kEd25519}) {
    const Bytes stand_in = stand_in_key(algorithm, 7);
    EXPECT_EQ(kind_of(stand_in).value().algorithm, algorithm);
  }
  for (const Algorithm algorithm : {Algorithm::kRsa2048, Algorithm::kEd25519}) {
    EXPECT_EQ(stand_in_key(algorithm, 7).size(), PrivateKey::generate(algorithm)->public_spki()->size());
  }
}

TEST(StandInKey, IsAnotherForEachNumber) {
  EXPECT_EQ(stand_in_key(Algorithm::kRsa2048, 300), stand_in_key(Algorithm::kRsa2048, 300));
  EXPECT_NE(stand_in_key(Algorithm::kRsa2048, 300), stand_in_key(Algorithm::kRsa2048, 44));
  EXPECT_NE(stand_in_key(Algorithm::kEd25519, 1), stand_in_key(Algorithm::kEd25519, 2));
}

}  // namespace
}  // namespace zonestore::crypto
