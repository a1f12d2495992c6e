#include "zonestore/operations/change/unknown_institution.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/institution_rows.h"

namespace {

using testing::Not;
using testing::StartsWith;
using zonestore::Error;

class UnknownInstitution : public tests::StoreFixture {
 protected:
  void insert(const std::vector<std::string>& codes) {
    zonestore::db::Connection& connection = store_->impl().connection;
    zonestore::db::Transaction writing(connection, zonestore::db::Transaction::Kind::kWrite);
    for (const std::string& each : codes) {
      (void)zonestore::rows::insert_institution(connection, code(each), zonestore::crypto::Algorithm::kEd25519,
                                                clock_.now().wall);
    }
    writing.commit();
  }
  Error told_of(const std::string& text) {
    return zonestore::unknown_institution(store_->impl().connection, code(text));
  }
};

TEST_F(UnknownInstitution, IsNotFoundAndNotToBeAdded) {
  const Error error = told_of("mosa");
  EXPECT_EQ(error.code, zonestore::ErrorCode::kNotFound);
  EXPECT_EQ(error.message, "there is no institution mosa");
  EXPECT_EQ(error.hint, "zonectl list shows those that are there");
}

TEST_F(UnknownInstitution, IsTheNearestOfThousandsWherever) {
  std::vector<std::string> codes;
  for (int number = 1000; number < 4500; ++number) {
    codes.push_back("m" + std::to_string(number));
  }
  codes.insert(codes.end(), {"alpes", "louvre", "zurich"});
  insert(codes);
  EXPECT_THAT(told_of("alpse").hint, StartsWith("did you mean alpes?"));
  EXPECT_THAT(told_of("louvr").hint, StartsWith("did you mean louvre?"));
  EXPECT_THAT(told_of("zurrich").hint, StartsWith("did you mean zurich?"));
  EXPECT_THAT(told_of("m44999").hint, StartsWith("did you mean m4499?"));
  EXPECT_THAT(told_of("tate").hint, Not(StartsWith("did you mean")));
}

}  // namespace
