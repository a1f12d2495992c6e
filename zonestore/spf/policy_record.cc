#include "zonestore/spf/policy_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

#include "zonestore/base/letters.h"
#include "zonestore/spf/macro_string.h"
#include "zonestore/zone/name.h"

namespace zonestore::spf {
namespace {

constexpr std::string_view kVersion = "v=spf1";

struct Kind {
  std::string_view name;
  Mechanism mechanism;
};
constexpr std::array kKinds{Kind{"all", Mechanism::kAll}, Kind{"include", Mechanism::kInclude},
                            Kind{"a", Mechanism::kA},     Kind{"mx", Mechanism::kMx},
                            Kind{"ptr", Mechanism::kPtr}, Kind{"ip4", Mechanism::kIp4},
                            Kind{"ip6", Mechanism::kIp6}, Kind{"exists", Mechanism::kExists}};

// Others wrote it: control bytes and what is no ASCII are shown as zone files have them, \DDD.
std::string shown(std::string_view text) {
  constexpr int kHundred = 100;
  constexpr int kTen = 10;
  std::string out;
  for (const char character : text) {
    const int byte = static_cast<unsigned char>(character);
    if (byte > ' ' && byte < 0x7f) {
      out += character;
    } else {
      out += {'\\', static_cast<char>('0' + byte / kHundred), static_cast<char>('0' + byte / kTen % kTen),
              static_cast<char>('0' + byte % kTen)};
    }
  }
  return out;
}

tl::unexpected<Error> wrong(std::string_view term, const std::string& why) {
  return fail(ErrorCode::kInvalid, "\"" + shown(term) + "\": " + why);
}

// "24" of "/24": no sign, no leading zero.
std::optional<unsigned> prefix_length(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_good = !text.empty() && error == std::errc{} && end == text.data() + text.size() && value <= most &&
                       (text.size() == 1 || text.front() != '0');
  return is_good ? std::optional(value) : std::nullopt;
}

// "/24", "//64" or "/24//64", behind a or mx (RFC 7208 section 5.6).
bool take_dual_prefix(Directive& directive, std::string_view text) {
  const std::size_t second = text.find("//");
  const std::string_view first = text.substr(0, second);
  if (!first.empty()) {
    const auto bits = prefix_length(first.substr(1), kIp4Bits);
    directive.ip4_bits = bits.value_or(kIp4Bits);
    if (!bits) {
      return false;
    }
  }
  if (second == std::string_view::npos) {
    return true;
  }
  const auto bits = prefix_length(text.substr(second + 2), kIp6Bits);
  directive.ip6_bits = bits.value_or(kIp6Bits);
  return bits.has_value();
}

bool take_network(Directive& directive, std::string_view text) {
  const bool is_ip4 = directive.mechanism == Mechanism::kIp4;
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  directive.address.resize(is_ip4 ? sizeof(in_addr) : sizeof(in6_addr));
  if (::inet_pton(is_ip4 ? AF_INET : AF_INET6, address.c_str(), directive.address.data()) != 1) {
    return false;
  }
  unsigned& bits = is_ip4 ? directive.ip4_bits : directive.ip6_bits;
  const auto length =
      slash == std::string_view::npos ? std::optional(bits) : prefix_length(text.substr(slash + 1), bits);
  bits = length.value_or(bits);
  return length.has_value();
}

// "", ":domain": of all but all, ip4 and ip6.
Result<void> take_domain(Directive& directive, std::string_view rest) {
  const bool needs_domain = directive.mechanism == Mechanism::kInclude || directive.mechanism == Mechanism::kExists;
  if (rest.empty()) {
    return needs_domain ? wrong(directive.text, "a domain is missing") : Result<void>{};
  }
  if (rest.front() != ':') {
    return wrong(directive.text, "malformed");
  }
  directive.domain = rest.substr(1);
  if (const auto parts = parse_domain_spec(directive.domain); !parts) {
    return wrong(directive.text, parts.error().message);
  }
  return {};
}

// The part of a term behind its name: ":domain", "/24", ":domain/24", or nothing.
Result<void> take_rest(Directive& directive, std::string_view rest) {
  const Mechanism mechanism = directive.mechanism;
  if (mechanism == Mechanism::kAll) {
    return rest.empty() ? Result<void>{} : wrong(directive.text, "all takes nothing behind it");
  }
  if (mechanism == Mechanism::kIp4 || mechanism == Mechanism::kIp6) {
    return rest.starts_with(':') && take_network(directive, rest.substr(1))
               ? Result<void>{}
               : wrong(directive.text, "not an address or a network");
  }
  if (mechanism == Mechanism::kA || mechanism == Mechanism::kMx) {
    // What looks like a prefix length is one; any other slash is part of a macro, %{d/}, or of the name.
    const std::size_t after = rest.find_last_not_of("0123456789/");
    const std::size_t slash = rest.find('/', after == std::string_view::npos ? 0 : after + 1);
    if (slash != std::string_view::npos && !take_dual_prefix(directive, rest.substr(slash))) {
      return wrong(directive.text, "a malformed prefix length");
    }
    rest = rest.substr(0, slash);
  }
  return take_domain(directive, rest);
}

Result<Directive> parse_directive(std::string_view term) {
  Directive directive;
  directive.text = term;
  std::string_view rest = term;
  if (std::string_view("+-~?").find(rest.front()) != std::string_view::npos) {
    directive.qualifier = rest.front();
    rest.remove_prefix(1);
  }
  const std::size_t end = std::min(rest.find_first_of(":/"), rest.size());
  const std::string name = lower_case(rest.substr(0, end));
  const auto* const kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return each.name == name; });
  if (kind == kKinds.end()) {
    return wrong(term, "there is no such mechanism");
  }
  directive.mechanism = kind->mechanism;
  if (const Result<void> taken = take_rest(directive, rest.substr(end)); !taken) {
    return tl::unexpected(taken.error());
  }
  return directive;
}

// name=value (RFC 7208 section 6).
bool is_modifier(std::string_view term) {
  const std::size_t equals = term.find('=');
  return equals != std::string_view::npos && equals != 0 && is_letter(term.front()) &&
         std::all_of(term.begin(), term.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](char each) { return is_letter_or_digit(each) || each == '-' || each == '_' || each == '.'; });
}

Result<Modifier> parse_modifier(std::string_view term) {
  const std::size_t equals = term.find('=');
  Modifier modifier{lower_case(term.substr(0, equals)), std::string(term.substr(equals + 1)), std::string(term)};
  const bool leads_to_domain = modifier.name == "redirect" || modifier.name == "exp";
  const auto parts = leads_to_domain ? parse_domain_spec(modifier.value) : parse_macro_string(modifier.value);
  if (!parts) {
    return wrong(term, parts.error().message);
  }
  return modifier;
}

Result<void> take_modifier(PolicyRecord& record, Modifier modifier) {
  const bool may_stand_once = modifier.name == "redirect" || modifier.name == "exp";
  const bool is_there = std::any_of(record.modifiers.begin(), record.modifiers.end(),
                                    [&modifier](const Modifier& each) { return each.name == modifier.name; });
  if (may_stand_once && is_there) {
    return wrong(modifier.text, "a second " + modifier.name);
  }
  if (modifier.name == "redirect") {
    record.redirect = modifier.value;
  }
  record.modifiers.push_back(std::move(modifier));
  return {};
}

}  // namespace

bool is_policy_record(std::string_view text) {
  return lower_case(text.substr(0, kVersion.size())) == kVersion &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

std::vector<std::string> policy_terms(std::string_view text) {
  text.remove_prefix(std::min(kVersion.size(), text.size()));
  std::vector<std::string> terms;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      terms.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return terms;
}

Result<PolicyTerm> parse_policy_term(std::string_view term) {
  if (is_modifier(term)) {
    return parse_modifier(term).map([](Modifier&& modifier) { return PolicyTerm(std::move(modifier)); });
  }
  return parse_directive(term).map([](Directive&& directive) { return PolicyTerm(std::move(directive)); });
}

Result<PolicyRecord> parse_policy_record(std::string_view text) {
  PolicyRecord record;
  for (const std::string& word : policy_terms(text)) {
    Result<PolicyTerm> term = parse_policy_term(word);
    if (!term) {
      return tl::unexpected(term.error());
    }
    if (auto* const directive = std::get_if<Directive>(&*term)) {
      record.directives.push_back(std::move(*directive));
    } else if (const Result<void> taken = take_modifier(record, std::get<Modifier>(*std::move(term))); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return record;
}

bool has_macro(std::string_view domain_spec) {
  return domain_spec.find('%') != std::string_view::npos;
}

bool costs_lookup(Mechanism mechanism) {
  return mechanism != Mechanism::kAll && mechanism != Mechanism::kIp4 && mechanism != Mechanism::kIp6;
}

}  // namespace zonestore::spf
