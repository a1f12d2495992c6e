// Anybody's SPF record, read (RFC 7208 sections 4.6.1 and 12): which terms it has, in their order.
//
// record.h lays out our own; this reads what institutions, and whom they include, have published. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::spf {

enum class Mechanism : std::uint8_t { kAll, kInclude, kA, kMx, kPtr, kIp4, kIp6, kExists };

inline constexpr unsigned kIp4Bits = 32;
inline constexpr unsigned kIp6Bits = 128;

struct Directive {
  char qualifier = '+';  // + - ~ ?
  Mechanism mechanism = Mechanism::kAll;
  std::string domain;  // as written, may hold macros (macro_string.h); empty: the domain that is asked about
  Bytes address;       // of ip4 (4 bytes) and ip6 (16)
  unsigned ip4_bits = kIp4Bits;
  unsigned ip6_bits = kIp6Bits;
  std::string text;  // the whole term as written
};

// name=value (section 6). What is neither redirect nor exp is ignored by receivers.
struct Modifier {
  std::string name;  // in lower case
  std::string value;
  std::string text;  // the whole term as written
};

using PolicyTerm = std::variant<Directive, Modifier>;

struct PolicyRecord {
  std::vector<Directive> directives;
  std::optional<std::string> redirect;  // counts only if there is no "all"
  std::vector<Modifier> modifiers;      // all of them
};

// "v=spf1" alone or followed by a space, in any case (RFC 7208 section 4.5).
[[nodiscard]] bool is_policy_record(std::string_view text);

// The terms of a record as written, behind its version.
[[nodiscard]] std::vector<std::string> policy_terms(std::string_view text);

// Errors: kInvalid, with the term, which makes receivers give up (permerror), and why.
[[nodiscard]] Result<PolicyTerm> parse_policy_term(std::string_view term);

// Precondition: is_policy_record(text). Errors: kInvalid, with the first such term.
[[nodiscard]] Result<PolicyRecord> parse_policy_record(std::string_view text);

// True for a domain-spec with macros (RFC 7208 section 7).
[[nodiscard]] bool has_macro(std::string_view domain_spec);

// True for the mechanisms that cost a look-up (RFC 7208 section 4.6.4).
[[nodiscard]] bool costs_lookup(Mechanism mechanism);

}  // namespace zonestore::spf
