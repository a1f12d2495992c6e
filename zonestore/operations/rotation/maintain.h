// What time alone makes due: fresh keys where a drain has ended, records of departed institutions taken out,
// signing begun where a key has ripened, missing standbys, rotations by policy, steps of the SPF layout, orphans in
// the vault. Idempotent: run twice, or not for a month, it breaks nothing; killed at any point, the next run goes on.
// One transaction per step of an institution.
#pragma once

#include <string>
#include <vector>

#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct MaintainStep {
  std::string code;  // the institution, or empty for the vault
  std::string what;  // one line for people: "sel1: its drain has ended; fresh key 0123456789abcdef published"
};
struct Maintained : Changed {
  std::vector<MaintainStep> steps;    // in a dry run: what would be done
  std::vector<std::string> waiting;   // rotations by policy that a guard holds back, with the reason; tried again
  std::vector<std::string> failures;  // institutions that could not be served, with the reason; the rest went on
};
[[nodiscard]] Result<Maintained> maintain(Store& store, const ChangeContext& context);

}  // namespace zonestore
