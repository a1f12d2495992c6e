#include "tools/zonectl/telling/secondary_words.h"

#include "zonestore/base/joined.h"

namespace zonectl {

std::string state_text(const zonestore::SecondarySeen& seen) {
  switch (seen.verdict) {
    case zonestore::Verdict::kOk:
      return "current";
    case zonestore::Verdict::kLagging:
      return seen.changes_late
                 ? std::to_string(*seen.changes_late) + (*seen.changes_late == 1 ? " change late" : " changes late")
                 : "late";
    case zonestore::Verdict::kAhead:
      return "ahead of the store";
    case zonestore::Verdict::kUnreachable:
      return "silent";
    default:
      return "does not serve it";
  }
}

std::string keys_text(const zonestore::SecondaryView& secondary) {
  return zonestore::joined(secondary.key_names, ", ",
                           [](const zonestore::Name& name) { return name.to_text_no_dot(); });
}

}  // namespace zonectl
