// A term of our SPF record: an address or a network that may send for all customers (RFC 7208 section 5.6). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"

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
  [[nodiscard]] bool is_ip4() const { return address_.size() == 4; }
  [[nodiscard]] unsigned prefix_bits() const { return prefix_bits_; }
  friend bool operator==(const Term& left, const Term& right) { return left.text_ == right.text_; }

 private:
  Term() = default;
  std::string text_;
  std::vector<unsigned char> address_;  // 4 or 16 bytes
  unsigned prefix_bits_ = 0;
};

// Whose addresses a term names.
enum class Reach : std::uint8_t {
  kPublic,
  kDocumentation,  // RFC 5737, 3849, 9637: nobody sends from there
  kNotPublic,      // private, loopback, link-local, multicast, ...: whoever sits behind such an address would pass
  kVeryWide,       // wider than /8, for IPv6 than /19
};
struct Scope {
  Reach reach = Reach::kPublic;
  std::string_view block;  // "private (10.0.0.0/8, RFC 1918)"; empty for kPublic and kVeryWide
};
[[nodiscard]] Scope scope_of(const Term& term);

}  // namespace zonestore::spf
