// What time alone makes due: fresh keys where a drain has ended, records of departed institutions taken out,
// signing begun where sel1 has ripened, missing standbys, orphans in the vault. Idempotent: run twice, or not
// for a month, it breaks nothing. One transaction per institution.
#pragma once

#include <string>
#include <vector>

#include "zonestore/operations/store.h"

namespace zonestore {

struct MaintainStep {
  std::string code;  // the institution, or empty for the vault
  std::string what;  // one line for people: "sel1: its drain has ended; fresh key 0123456789abcdef published"
};
struct Maintained : Changed {
  std::vector<MaintainStep> steps;    // in a dry run: what would be done
  std::vector<std::string> failures;  // institutions that could not be served, with the reason; the rest went on
};
[[nodiscard]] Result<Maintained> maintain(Store& store, const ChangeContext& context);

}  // namespace zonestore
