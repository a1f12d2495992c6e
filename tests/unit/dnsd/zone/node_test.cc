#include "dnsd/zone/node.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dnsd::zone {
namespace {

const Bytes kName{1, 'a'};
const Bytes kFirst{1, 2, 3};
const Bytes kSecond{4};

Node two_sets() {
  const std::vector<RecordSetView> sets{{RecordType::kA, 2, kFirst}, {RecordType::kCaa, 1, kSecond}};
  return Node(kName, 3, sets);
}

TEST(Node, FindsEachOfItsRecordSets) {
  const Node handle = two_sets();
  const NodeView node = handle.view();
  EXPECT_TRUE(std::ranges::equal(node.name(), kName));
  EXPECT_EQ(node.record_set_count(), 2U);
  EXPECT_EQ(node.children(), 3U);
  EXPECT_EQ(node.find(RecordType::kA)->count, 2U);
  EXPECT_TRUE(std::ranges::equal(node.find(RecordType::kA)->answer, kFirst));
  EXPECT_TRUE(std::ranges::equal(node.find(RecordType::kCaa)->answer, kSecond));
  EXPECT_TRUE(std::ranges::equal(node.record_set(1).answer, kSecond));
  EXPECT_FALSE(node.find(RecordType::kTxt));
}

TEST(Node, HoldsTheLargestAnswerAndTheLongestName) {
  const Bytes name(255, 'n');
  const Bytes answer(65000, 'x');
  const std::vector<RecordSetView> sets{{RecordType::kTxt, 65535, answer}};
  const Node handle(name, 0, sets);
  const RecordSetView held = handle.view().find(RecordType::kTxt).value();
  EXPECT_TRUE(std::ranges::equal(handle.view().name(), name));
  EXPECT_TRUE(std::ranges::equal(held.answer, answer));
  EXPECT_EQ(held.count, 65535U);
}

TEST(Node, TheApexHasTheEmptyName) {
  const Node handle({}, 1, {});
  EXPECT_TRUE(handle.view().name().empty());
  EXPECT_EQ(handle.view().record_set_count(), 0U);
}

TEST(Node, CopiesOfAHandleShareTheBytesUntilTheLastOneGoes) {
  Node first = two_sets();
  EXPECT_FALSE(first.is_shared());
  {
    const Node second = first;
    EXPECT_EQ(second.view(), first.view());
    EXPECT_TRUE(first.is_shared());
  }
  EXPECT_FALSE(first.is_shared());
  const Node moved = std::move(first);
  EXPECT_FALSE(moved.is_shared());
}

TEST(Node, ACopyHasBytesOfItsOwn) {
  const Node original = two_sets();
  Node copy = original.copy();
  copy.set_children(9);
  EXPECT_EQ(original.view().children(), 3U);
  EXPECT_EQ(copy.view().children(), 9U);
  EXPECT_FALSE(copy.is_shared());
  EXPECT_TRUE(std::ranges::equal(copy.view().record_set(0).answer, kFirst));
}

TEST(Node, IsGivenAwayAsANumberAndTakenBackWhole) {
  Node original = two_sets();
  const NodeView view = original.view();
  const std::uint64_t word = original.release();
  EXPECT_FALSE(original.view());
  EXPECT_EQ(word >> Node::kWordBits, 0U);
  const Node adopted = Node::adopt(word);
  EXPECT_EQ(adopted.view(), view);
  EXPECT_FALSE(adopted.is_shared());
}

}  // namespace
}  // namespace dnsd::zone
