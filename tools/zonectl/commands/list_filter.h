// Which institutions `list` shows: filters that combine. Those of one kind are alternatives (--state DRAINING --state
// REVOKED), those of different kinds must all hold. Pure. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl::list {

// A slot's state, which one of an institution's slots is in, or the institution's phase.
struct StatePattern {
  std::string name;  // as it is shown: "DRAINING", "starting"
};
// In either case. Errors: kInvalid, which names them all.
[[nodiscard]] std::vector<std::string> state_names();  // "DRAINING", "departing": all that there are
[[nodiscard]] zonestore::Result<StatePattern> parse_state(std::string_view text);

// A domain, which stands for those below it too, or a pattern in which * stands for any text. In lower case, without
// the final dot.
struct DomainPattern {
  std::string text;
};
// Errors: kInvalid for what no domain's name can match.
[[nodiscard]] zonestore::Result<DomainPattern> parse_domain_pattern(std::string_view text);
[[nodiscard]] bool matches(const DomainPattern& pattern, std::string_view domain);

struct Filter {
  std::vector<StatePattern> states;
  std::vector<DomainPattern> domains;
  bool attention = false;
  bool due = false;
  bool never_seen = false;

  [[nodiscard]] bool is_open() const {
    return states.empty() && domains.empty() && !attention && !due && !never_seen;
  }
  // Is it about those that were removed and are gone?
  [[nodiscard]] bool wants_departed() const;
  [[nodiscard]] bool admits(const zonestore::ListedInstitution& institution) const;
};

}  // namespace zonectl::list
