#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

#include "zonestore/spf/record.h"
#include "zonestore/zone/name.h"

namespace zonestore::spf {

namespace {

using Address = std::vector<unsigned char>;

constexpr std::size_t kIp4Bytes = 4;
constexpr std::size_t kIp6Bytes = 16;

tl::unexpected<Error> invalid(std::string message, std::string hint = {}) {
  return fail(ErrorCode::kInvalid, std::move(message), std::move(hint));
}

// ASCII only, whatever the locale.
std::optional<Address> parse_address(const std::string& text, std::size_t size) {
  Address address(size);
  const int family = size == kIp4Bytes ? AF_INET : AF_INET6;
  return inet_pton(family, text.c_str(), address.data()) == 1 ? std::optional(address) : std::nullopt;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == kIp4Bytes ? AF_INET : AF_INET6;
  inet_ntop(family, address.data(), text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

std::string term_text(const Address& address, unsigned prefix_bits) {
  const std::string head = address.size() == kIp4Bytes ? "ip4:" : "ip6:";
  const bool is_single_address = prefix_bits == address.size() * 8;
  return head + to_text(address) + (is_single_address ? "" : "/" + std::to_string(prefix_bits));
}

unsigned char mask_of_byte(std::size_t index, unsigned prefix_bits) {
  const std::size_t first_bit = index * 8;
  if (prefix_bits <= first_bit) {
    return 0;
  }
  const std::size_t bits = std::min<std::size_t>(prefix_bits - first_bit, 8);
  return static_cast<unsigned char>(0xff00U >> bits);
}

Address network_of(Address address, unsigned prefix_bits) {
  for (std::size_t index = 0; index < address.size(); ++index) {
    address[index] = static_cast<unsigned char>(address[index] & mask_of_byte(index, prefix_bits));
  }
  return address;
}

// RFC 7208 section 5: such a client is compared as IPv4, so that an ip6 term for it would never match.
bool is_ip4_mapped(const Address& address) {
  constexpr std::array<unsigned char, 12> kHead{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return address.size() == kIp6Bytes && std::equal(kHead.begin(), kHead.end(), address.begin());
}

tl::unexpected<Error> not_taken(const std::string& term) {
  const std::string mechanism = term.substr(0, term.find_first_of(":/="));
  constexpr std::array<std::string_view, 6> kCostly{"a", "mx", "ptr", "include", "exists", "redirect"};
  if (std::find(kCostly.begin(), kCostly.end(), mechanism) != kCostly.end()) {
    return invalid(
        "'" + mechanism + "' is not taken: it would cost every customer one of the ten look-ups that SPF allows",
        "give the addresses as ip4: or ip6: terms");
  }
  if (mechanism == "all") {
    return invalid("'all' is not a term to add: the record always ends in ~all");
  }
  if (std::string_view("+-~?").find(term.front()) != std::string_view::npos) {
    return invalid("'" + term + "' has a qualifier, which is not taken: every term allows its addresses",
                   "leave out the '" + term.substr(0, 1) + "'");
  }
  return invalid("'" + term + "' is neither an address nor a network",
                 "write ip4:192.0.2.1, ip4:192.0.2.0/24 or ip6:2001:db8::/32");
}

// A term taken apart: which kind, and the texts before and after the slash.
struct Parts {
  std::size_t address_bytes = kIp4Bytes;
  std::string address;
  std::optional<std::string> prefix;
};

Result<Parts> take_apart(const std::string& term) {
  Parts parts;
  std::string rest = term;
  if (term.starts_with("ip4:") || term.starts_with("ip6:")) {
    parts.address_bytes = term[2] == '4' ? kIp4Bytes : kIp6Bytes;
    rest = term.substr(4);
  }
  const std::size_t slash = rest.find('/');
  parts.address = rest.substr(0, slash);
  if (slash != std::string::npos) {
    parts.prefix = rest.substr(slash + 1);
  }
  if (rest.size() == term.size()) {  // a bare address or network
    if (parse_address(parts.address, kIp6Bytes)) {
      parts.address_bytes = kIp6Bytes;
    } else if (!parse_address(parts.address, kIp4Bytes)) {
      return not_taken(term);
    }
  }
  return parts;
}

// RFC 7208 section 5.6: digits without a leading zero.
Result<unsigned> parse_prefix(const std::string& term, const std::string& text, unsigned longest) {
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error == std::errc::invalid_argument || end != text.data() + text.size() ||
      (text.size() > 1 && text.front() == '0')) {
    return invalid(term + " has a malformed prefix length", "write a number from 1 to " + std::to_string(longest));
  }
  if (error != std::errc{} || bits > longest) {
    return invalid(term + " has a prefix length above " + std::to_string(longest));
  }
  if (bits == 0) {
    return invalid(term + " would allow every address there is, so that anybody could send in the customers' names");
  }
  return bits;
}

}  // namespace

Result<Term> Term::parse(std::string_view text) {
  const auto is_printing = [](char character) { return character > ' ' && character <= '~'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_printing)) {
    return invalid(
        text.empty() ? "the term is empty" : "the term has a space or a character that is not printable ASCII",
        "write one term, such as ip4:192.0.2.0/24");
  }
  const std::string lowered = lower_case(text);
  const auto parts = take_apart(lowered);
  if (!parts) {
    return tl::unexpected(parts.error());
  }
  const bool is_ip4 = parts->address_bytes == kIp4Bytes;
  const auto address = parse_address(parts->address, parts->address_bytes);
  if (!address) {
    return invalid(lowered + " is not an " + (is_ip4 ? "IPv4 " : "IPv6 ") + (parts->prefix ? "network" : "address"));
  }
  const auto longest = static_cast<unsigned>(parts->address_bytes * 8);
  const auto prefix = parts->prefix ? parse_prefix(lowered, *parts->prefix, longest) : Result<unsigned>(longest);
  if (!prefix) {
    return tl::unexpected(prefix.error());
  }
  if (const Address network = network_of(*address, *prefix); network != *address) {
    return invalid(lowered + " has host bits set; did you mean " + term_text(network, *prefix) + "?");
  }
  if (is_ip4_mapped(*address)) {
    return invalid(lowered + " is IPv4 in the form of IPv6, which never matches", "write it as an ip4: term");
  }
  Term term;
  term.address_ = *address;
  term.prefix_bits_ = *prefix;
  term.text_ = term_text(*address, *prefix);
  return term;
}

bool Term::covers(const Term& other) const {
  return address_.size() == other.address_.size() && prefix_bits_ <= other.prefix_bits_ &&
         network_of(other.address_, prefix_bits_) == address_;
}

}  // namespace zonestore::spf
