#include "dnsd/zone/name_table.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dnsd::zone {
namespace {

Bytes name_of(std::size_t number) {
  const std::string label = "n" + std::to_string(number);
  Bytes wire{static_cast<std::uint8_t>(label.size())};
  wire.insert(wire.end(), label.begin(), label.end());
  wire.push_back(0);
  return wire;
}

Node node_of(std::size_t number, std::uint32_t children = 0) {
  return Node(name_of(number), children, {});
}

NameTable table_of(std::size_t names, std::size_t expected = 0) {
  NameTable table(0, expected);
  for (std::size_t number = 0; number < names; ++number) {
    table.put(node_of(number));
  }
  return table;
}

bool has(const NameTable& table, std::size_t number) {
  const NodeView node = table.find(name_of(number));
  return node && std::ranges::equal(node.name(), name_of(number));
}

// The names of a walk from `cursor` on, `most` at most.
std::vector<Bytes> walked(const NameTable& table, NameTable::Cursor& cursor, std::size_t most = 1'000'000) {
  std::vector<Bytes> names;
  while (names.size() < most) {
    const NodeView node = table.next(cursor);
    if (!node) {
      break;
    }
    names.emplace_back(node.name().begin(), node.name().end());
  }
  return names;
}

std::vector<Bytes> walked(const NameTable& table) {
  NameTable::Cursor cursor;
  return walked(table, cursor);
}

TEST(NameTable, EmptyTableFindsNothing) {
  EXPECT_FALSE(has(NameTable(), 0));
  EXPECT_FALSE(has(NameTable(0, 100'000), 0));
}

TEST(NameTable, FindsEveryNameWhileItGrows) {
  constexpr std::size_t kNames = 5000;
  const NameTable table = table_of(kNames);
  EXPECT_EQ(table.size(), kNames);
  for (std::size_t number = 0; number < kNames; ++number) {
    EXPECT_TRUE(has(table, number)) << number;
  }
  EXPECT_FALSE(has(table, kNames));
}

TEST(NameTable, FindsEveryNameWhenTheSizeWasForetold) {
  constexpr std::size_t kNames = 5000;
  const NameTable table = table_of(kNames, kNames);
  for (std::size_t number = 0; number < kNames; ++number) {
    EXPECT_TRUE(has(table, number)) << number;
  }
}

TEST(NameTable, GuessesTheNodeOfANameByItsHash) {
  constexpr std::size_t kNames = 5000;
  const NameTable table = table_of(kNames);
  std::size_t wrong = 0;
  for (std::size_t number = 0; number < 2 * kNames; ++number) {
    const std::uint64_t hash = table.hash(name_of(number));
    wrong += table.guess(hash) == table.find(name_of(number), hash) ? 0 : 1;
  }
  EXPECT_LE(wrong, 3U) << "a tag has 16 bits, and a probe is short";
  EXPECT_FALSE(NameTable().guess(1));
}

TEST(NameTable, PutReplacesTheNodeOfThatName) {
  NameTable table = table_of(3);
  table.put(node_of(1, 7));
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.find(name_of(1)).children(), 7U);
}

TEST(NameTable, ErasingLeavesAllOthersFindable) {
  constexpr std::size_t kNames = 3000;
  NameTable table = table_of(kNames);
  for (std::size_t number = 0; number < kNames; number += 3) {
    table.erase(name_of(number));
    table.erase(name_of(number));
  }
  EXPECT_EQ(table.size(), kNames - kNames / 3);
  for (std::size_t number = 0; number < kNames; ++number) {
    EXPECT_EQ(has(table, number), number % 3 != 0) << number;
  }
}

TEST(NameTable, ChangesToACopyLeaveTheSharedTableAlone) {
  const NameTable table = table_of(2000);
  NameTable copy = table.share();
  copy.put(node_of(5, 9));
  copy.erase(name_of(6));
  copy.set_children(name_of(7), 3);
  copy.put(node_of(2000));
  EXPECT_EQ(table.size(), 2000U);
  EXPECT_EQ(table.find(name_of(5)).children(), 0U);
  EXPECT_TRUE(has(table, 6));
  EXPECT_EQ(table.find(name_of(7)).children(), 0U);
  EXPECT_FALSE(has(table, 2000));
  EXPECT_EQ(copy.find(name_of(5)).children(), 9U);
  EXPECT_FALSE(has(copy, 6));
  EXPECT_EQ(copy.find(name_of(7)).children(), 3U);
  EXPECT_TRUE(has(copy, 2000));
}

TEST(NameTable, ACopySharesTheNodesThatItDoesNotTouch) {
  const NameTable table = table_of(2000);
  NameTable copy = table.share();
  copy.put(node_of(5, 9));
  EXPECT_EQ(table.find(name_of(6)).name().data(), copy.find(name_of(6)).name().data());
  EXPECT_NE(table.find(name_of(5)).name().data(), copy.find(name_of(5)).name().data());
}

TEST(NameTable, ACopyThatGrowsLeavesTheSharedTableAlone) {
  const NameTable table = table_of(600);
  NameTable copy = table.share();
  for (std::size_t number = 600; number < 3000; ++number) {
    copy.put(node_of(number));
  }
  EXPECT_EQ(table.size(), 600U);
  for (std::size_t number = 0; number < 3000; ++number) {
    EXPECT_EQ(has(table, number), number < 600) << number;
    EXPECT_TRUE(has(copy, number)) << number;
  }
}

TEST(NameTable, MemoryIsCountedAndGivenBack) {
  NameTable table = table_of(100);
  const std::size_t before = table.memory_bytes();
  table.put(Node(name_of(200), 0, std::vector{RecordSetView{RecordType::kTxt, 1, Bytes(400, 1)}}));
  EXPECT_GE(table.memory_bytes(), before + 400);
  table.erase(name_of(200));
  EXPECT_EQ(table.memory_bytes(), before);
}

TEST(NameTable, AWalkGivesEachNodeOnce) {
  constexpr std::size_t kNames = 5000;
  for (const NameTable& table : {table_of(kNames), table_of(kNames, kNames)}) {
    const std::vector<Bytes> names = walked(table);
    EXPECT_EQ(names.size(), kNames);
    const std::set<Bytes> given(names.begin(), names.end());
    for (std::size_t number = 0; number < kNames; ++number) {
      EXPECT_TRUE(given.contains(name_of(number))) << number;
    }
  }
}

TEST(NameTable, AWalkOfAnEmptyTableHasComeToItsEndAndStaysThere) {
  const NameTable table(0, 100'000);
  NameTable::Cursor cursor;
  EXPECT_FALSE(table.next(cursor));
  EXPECT_FALSE(table.next(cursor));
}

TEST(NameTable, AWalkGoesOnWhereItsCursorStands) {
  const NameTable table = table_of(2000);
  NameTable::Cursor cursor;
  std::vector<Bytes> names;
  for (std::vector<Bytes> some = walked(table, cursor, 7); !some.empty(); some = walked(table, cursor, 7)) {
    const NameTable::Cursor kept = cursor;  // as one keeps it between two messages
    names.insert(names.end(), some.begin(), some.end());
    cursor = kept;
  }
  EXPECT_EQ(names, walked(table)) << "the same nodes in the same order";
}

TEST(NameTable, ChangesToACopyLeaveAWalkAlone) {
  const NameTable table = table_of(2000);
  const std::vector<Bytes> expected = walked(table);
  NameTable::Cursor cursor;
  std::vector<Bytes> names = walked(table, cursor, 1000);
  NameTable copy = table.share();
  for (std::size_t number = 0; number < 500; ++number) {
    copy.erase(name_of(number));
    copy.put(node_of(10'000 + number));
  }
  const std::vector<Bytes> rest = walked(table, cursor);
  names.insert(names.end(), rest.begin(), rest.end());
  EXPECT_EQ(names, expected);
  EXPECT_EQ(walked(copy).size(), 2000U);
}

}  // namespace
}  // namespace dnsd::zone
