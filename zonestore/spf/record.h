// The SPF record (RFC 7208) that all customers include: terms, and their layout into records.
//
// One record at the zone's apex, of ip4, ip6 and all only, costs a customer one look-up (RFC 7208 section
// 4.6.4). Only when it would not fit a 512-byte answer is it split into records that the first one includes.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/zone/name.h"

namespace zonestore::spf {

// A mechanism that operators may put in: ip4 or ip6 with an optional prefix length.
class Term {
 public:
  // "ip4:192.28.148.112", "ip4:192.0.2.0/24", "ip6:2001:db8::/32"; also a bare address or prefix. Canonical:
  // lower case, RFC 5952 for IPv6, no /32 or /128. Errors: kInvalid, saying what: not an address, prefix too
  // long, host bits set (with the network that was meant), or another mechanism (and why it is not taken:
  // every one but ip4 and ip6 costs each customer one of ten look-ups).
  [[nodiscard]] static Result<Term> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool covers(const Term& other) const;  // every address of other is one of this
  friend bool operator==(const Term& left, const Term& right) { return left.text_ == right.text_; }

 private:
  Term() = default;
  std::string text_;
  std::vector<unsigned char> address_;  // 4 or 16 bytes
  unsigned prefix_bits_ = 0;
};

struct Record {
  Name owner;
  std::string text;  // "v=spf1 ... ~all"
};

inline constexpr unsigned kMaxIncludes = 4;  // of our own: 1 + 4 of a customer's 10 look-ups

struct Layout {
  std::vector<Record> records;  // the apex's first
  unsigned lookups = 1;         // that including the first costs a customer
};

// Every record's answer fits 512 bytes without EDNS. Further records are at _1, _2, ... below the apex.
// Errors: kInvalid when more than kMaxIncludes would be needed.
[[nodiscard]] Result<Layout> lay_out(const std::vector<Term>& terms, const Name& apex);

}  // namespace zonestore::spf
