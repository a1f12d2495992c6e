// The SPF policy: the terms behind spf.secutix.com.
#pragma once

#include <string>
#include <vector>

#include "zonestore/operations/store.h"
#include "zonestore/spf/record.h"

namespace zonestore {

struct SpfView {
  std::vector<std::string> terms;
  spf::Layout layout;
};
struct SpfChanged : Changed {
  SpfView spf;
};

// A term that is there, or that another covers: changed is false, with a warning. Terms that the new one covers stay,
// with a warning. Errors: kInvalid when the records would need too many look-ups.
[[nodiscard]] Result<SpfChanged> spf_allow(Store& store, const ChangeContext& context,
                                           const std::vector<spf::Term>& terms);
// Takes terms out, never the record. Errors: kNotFound for a term that is not there.
[[nodiscard]] Result<SpfChanged> spf_deny(Store& store, const ChangeContext& context,
                                          const std::vector<spf::Term>& terms);
[[nodiscard]] Result<SpfView> spf_show(Store& store);

}  // namespace zonestore
