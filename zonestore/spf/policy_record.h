// Anybody's SPF record, read (RFC 7208 sections 4.6.1 and 12): which terms it has, in their order.
//
// record.h lays out our own; this reads what institutions, and whom they include, have published. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"

namespace zonestore::spf {

enum class Mechanism : std::uint8_t { kAll, kInclude, kA, kMx, kPtr, kIp4, kIp6, kExists };

struct Directive {
  char qualifier = '+';  // + - ~ ?
  Mechanism mechanism = Mechanism::kAll;
  std::string domain;  // as written, may hold macros; empty: the domain that is asked about
  std::string text;    // the whole term as written
};

struct PolicyRecord {
  std::vector<Directive> directives;
  std::optional<std::string> redirect;  // counts only if there is no "all"
};

// "v=spf1" alone or followed by a space, in any case (RFC 7208 section 4.5).
[[nodiscard]] bool is_policy_record(std::string_view text);

// Precondition: is_policy_record(text). Errors: kInvalid, with the term that makes receivers give up (permerror).
[[nodiscard]] Result<PolicyRecord> parse_policy_record(std::string_view text);

// True for a domain-spec with macros (RFC 7208 section 7), which only a receiver with a message in hand can expand.
[[nodiscard]] bool has_macro(std::string_view domain_spec);

// True for the mechanisms that cost a look-up (RFC 7208 section 4.6.4).
[[nodiscard]] bool costs_lookup(Mechanism mechanism);

}  // namespace zonestore::spf
