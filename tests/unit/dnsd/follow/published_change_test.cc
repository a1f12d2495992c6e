#include "dnsd/follow/published_change.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::follow {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

zonestore::PublishedHead head_of(const std::string& store_id,
                                 const std::vector<std::pair<std::string, std::uint32_t>>& zones) {
  zonestore::PublishedHead head;
  head.store_id = store_id;
  for (const auto& [apex, serial] : zones) {
    zonestore::PublishedZone& zone = head.zones.emplace_back();
    zone.apex = *zonestore::Name::parse(apex);
    zone.serial = zonestore::Serial{serial};
  }
  return head;
}

std::vector<std::string> published(const PublishedChange& change) {
  std::vector<std::string> told;
  for (const zonestore::PublishedZone& zone : change.published) {
    told.push_back(zone.apex.to_text_no_dot() + " " + std::to_string(zone.serial.value));
  }
  return told;
}

std::vector<std::string> withdrawn(const PublishedChange& change) {
  std::vector<std::string> told;
  for (const zonestore::Name& apex : change.withdrawn) {
    told.push_back(apex.to_text_no_dot());
  }
  return told;
}

TEST(PublishedChange, IsTheZonesWhoseSerialsDiffer) {
  const auto change = change_between(head_of("a", {{"one.test", 1}, {"two.test", 5}, {"x.test", 7}}),
                                     head_of("a", {{"one.test", 2}, {"two.test", 5}, {"x.test", 6}}));
  EXPECT_THAT(published(change), ElementsAre("one.test 2", "x.test 6")) << "a serial that went back is another one";
  EXPECT_THAT(withdrawn(change), IsEmpty());
}

TEST(PublishedChange, IsTheZonesThatCameAndThoseThatWent) {
  const auto change = change_between(head_of("a", {{"gone.test", 1}, {"stays.test", 5}}),
                                     head_of("a", {{"came.test", 1}, {"stays.test", 5}}));
  EXPECT_THAT(published(change), ElementsAre("came.test 1"));
  EXPECT_THAT(withdrawn(change), ElementsAre("gone.test"));
}

TEST(PublishedChange, OfAnotherStoreIsEveryZone) {
  const auto change =
      change_between(head_of("a", {{"gone.test", 1}, {"stays.test", 5}}), head_of("b", {{"stays.test", 5}}));
  EXPECT_THAT(published(change), ElementsAre("stays.test 5"));
  EXPECT_THAT(withdrawn(change), ElementsAre("gone.test"));
}

TEST(PublishedChange, IsNothingWhereAllIsTheSame) {
  const auto head = head_of("a", {{"one.test", 1}, {"two.test", 5}});
  EXPECT_THAT(published(change_between(head, head)), IsEmpty());
  EXPECT_THAT(withdrawn(change_between(head, head)), IsEmpty());
}

TEST(PublishedChange, TellsPeersThatDiffer) {
  const zonestore::PublishedHead before = head_of("one", {{"dkim.example", 5}});
  zonestore::PublishedHead after = before;
  EXPECT_FALSE(change_between(before, after).peers_differ);
  after.peers.emplace_back().name = "ns2";
  const PublishedChange change = change_between(before, after);
  EXPECT_TRUE(change.peers_differ);
  EXPECT_THAT(published(change), IsEmpty());
}

}  // namespace
}  // namespace dnsd::follow
