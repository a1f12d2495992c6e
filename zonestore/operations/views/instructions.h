// What an institution publishes in the zones of its own domains, once: two CNAMEs, and our include in its SPF record.
//
// Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct CustomerRecord {
  std::string name;   // absolute, with the final dot
  std::string type;   // "CNAME", "TXT"
  std::string value;  // "sel1-mosa._domainkey.dkim.secutix.com." / "v=spf1 include:spf.secutix.com ~all"
  std::uint32_t ttl = 3600;
  std::string zone_file_line;
};
struct DomainInstructions {
  Name domain;
  std::vector<CustomerRecord> cnames;  // sel1, sel2
  CustomerRecord spf;                  // only if the domain has no SPF record yet
  std::string spf_term;                // "include:spf.secutix.com", to go before the `all` of one that is there
};
// For each domain of the institution; empty if it has none. Errors: kNotFound.
[[nodiscard]] Result<std::vector<DomainInstructions>> instructions(Store& store, const dkim::Code& code);
// Of all institutions by code, in one read transaction; those that are being removed have nothing to publish any
// more. The visitor returns false to stop.
[[nodiscard]] Result<void> all_instructions(
    Store& store,
    const std::function<bool(const std::string& code, const std::vector<DomainInstructions>& domains)>& visitor);

}  // namespace zonestore
