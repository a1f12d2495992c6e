// The SPF policy: the terms behind spf.secutix.com, and the steps by which they get into its records.
//
// spf/planner.h has the rules. Each change publishes what may be published at once; what has to wait is done by
// `maintain` (spf_maintain), once it is due.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/operations/views/spf_view.h"
#include "zonestore/spf/record.h"

namespace zonestore {

struct SpfChanged : Changed {
  SpfView spf;
};

// A term that is there: changed is false, with a warning; one that is to leave stays. Terms that cover each other all
// stay, and are named. Errors: kRefused/kWideTerm; kInvalid when there is no room in the records.
[[nodiscard]] Result<SpfChanged> spf_allow(Store& store, const ChangeContext& context,
                                           const std::vector<spf::Term>& terms);
// Takes terms out, never the record: at once, or with `drain` by the first `maintain` after it. Errors: kNotFound for
// a term that is not there.
[[nodiscard]] Result<SpfChanged> spf_deny(Store& store, const ChangeContext& context,
                                          const std::vector<spf::Term>& terms,
                                          std::optional<Seconds> drain = std::nullopt);
[[nodiscard]] Result<SpfView> spf_show(Store& store);

// Of `maintain`: the step that is due, if one is. Throws db::Failure.
struct SpfStepTaken : Changed {
  std::string what;  // one line for people; in a dry run: what would be done
};
[[nodiscard]] std::optional<SpfStepTaken> spf_maintain(Store& store, const ChangeContext& context);

}  // namespace zonestore
