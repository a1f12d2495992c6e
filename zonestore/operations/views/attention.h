// What of the institutions only an operator can mend.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"

namespace zonestore {

// Institutions that somebody must look at, for one reason.
struct Attention {
  std::string what;  // stable: "not-signing", "no-standby", "overdue", "to-revoke", "unseen"
  std::string text;  // for people: "cannot rotate: the other slot was revoked"
  std::uint64_t count = 0;
  std::vector<std::string> codes;   // the first 20
  std::string run;                  // the command to use, with CODE in the place of the institution's
  std::optional<WallTime> since{};  // of the one that waits longest; known of some
};

}  // namespace zonestore
