// The words that tests of operations speak in: slots and their states, times, what a list is like, and why something
// was refused.
#pragma once

#include <chrono>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/dkim/lifecycle.h"

namespace tests::words {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::refusal_of;
using zonestore::dkim::Phase;
using zonestore::dkim::SlotId;
using zonestore::dkim::SlotState;

}  // namespace tests::words
