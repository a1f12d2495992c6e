// What maintain looks at in signers' directories: each file once a day, a slice a run. For the sources of
// zonestore/operations only. Errors: db::Failure is thrown; what cannot be looked at is in `failures`.
#pragma once

#include <string>
#include <vector>

#include "zonestore/operations/change/context.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct SignersLook {
  std::vector<std::string> found;     // "signer opendkim-1: keys/mosa/x.private has mode 0666: everybody may read it"
  std::vector<std::string> failures;  // signers that could not be looked at, with why
};
// What is found is kept for `status`, and the institution gets a task: the next sync puts it right. How many
// institutions a run looks at goes by the time since the last run, a day being all of them, and has a bound.
[[nodiscard]] SignersLook look_at_signers(Store& store, const ChangeContext& context);

}  // namespace zonestore
