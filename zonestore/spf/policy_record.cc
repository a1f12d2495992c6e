#include "zonestore/spf/policy_record.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

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

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character + ('a' - 'A')) : character;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

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

bool is_prefix_length(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size() && value <= most;
}

// "/24", "//64" or "/24//64", behind a or mx (RFC 7208 section 5.6).
bool is_dual_prefix(std::string_view text) {
  constexpr unsigned kIp4Bits = 32;
  constexpr unsigned kIp6Bits = 128;
  const std::size_t second = text.find("//");
  const std::string_view first = text.substr(0, second);
  const bool first_is_good = first.empty() || (first.front() == '/' && is_prefix_length(first.substr(1), kIp4Bits));
  return first_is_good && (second == std::string_view::npos || is_prefix_length(text.substr(second + 2), kIp6Bits));
}

bool is_network(std::string_view text, Mechanism mechanism) {
  const bool is_ip4 = mechanism == Mechanism::kIp4;
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  constexpr unsigned kIp4Bits = 32;
  constexpr unsigned kIp6Bits = 128;
  return ::inet_pton(is_ip4 ? AF_INET : AF_INET6, address.c_str(), bytes.data()) == 1 &&
         (slash == std::string_view::npos || is_prefix_length(text.substr(slash + 1), is_ip4 ? kIp4Bits : kIp6Bits));
}

// The part of a term behind its name: ":domain", "/24", ":domain/24", or nothing.
Result<void> take_rest(Directive& directive, std::string_view rest) {
  const Mechanism mechanism = directive.mechanism;
  if (mechanism == Mechanism::kAll) {
    return rest.empty() ? Result<void>{} : wrong(directive.text, "all takes nothing behind it");
  }
  const bool has_value = rest.starts_with(':');
  std::string_view value = has_value ? rest.substr(1) : rest;
  if (mechanism == Mechanism::kIp4 || mechanism == Mechanism::kIp6) {
    return has_value && is_network(value, mechanism) ? Result<void>{}
                                                     : wrong(directive.text, "not an address or a network");
  }
  if (mechanism == Mechanism::kA || mechanism == Mechanism::kMx) {
    // A slash inside a macro, %{d/}, is no prefix length.
    const std::size_t after_macros = value.rfind('}') == std::string_view::npos ? 0 : value.rfind('}');
    const std::size_t slash = value.find('/', after_macros);
    if (slash != std::string_view::npos && !is_dual_prefix(value.substr(slash))) {
      return wrong(directive.text, "a malformed prefix length");
    }
    value = value.substr(0, slash);
  }
  if (!has_value && !value.empty()) {
    return wrong(directive.text, "malformed");
  }
  const bool needs_domain = mechanism == Mechanism::kInclude || mechanism == Mechanism::kExists;
  if ((has_value || needs_domain) && value.empty()) {
    return wrong(directive.text, "a domain is missing");
  }
  directive.domain = value;
  return {};
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
  const std::string name = lowered(rest.substr(0, end));
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

// name=value (RFC 7208 section 6). Unknown ones are ignored.
bool is_modifier(std::string_view term) {
  const std::size_t equals = term.find('=');
  if (equals == std::string_view::npos || equals == 0 ||
      std::isalpha(static_cast<unsigned char>(term.front())) == 0) {
    return false;
  }
  return std::all_of(term.begin(), term.begin() + static_cast<std::ptrdiff_t>(equals), [](unsigned char each) {
    return std::isalnum(each) != 0 || each == '-' || each == '_' || each == '.';
  });
}

Result<void> take_modifier(PolicyRecord& record, bool& has_exp, std::string_view term) {
  const std::size_t equals = term.find('=');
  const std::string name = lowered(term.substr(0, equals));
  const std::string_view value = term.substr(equals + 1);
  if (name == "redirect") {
    if (record.redirect || value.empty()) {
      return wrong(term, record.redirect ? "a second redirect" : "a domain is missing");
    }
    record.redirect = value;
  } else if (name == "exp") {
    if (has_exp) {
      return wrong(term, "a second exp");
    }
    has_exp = true;
  }
  return {};
}

}  // namespace

bool is_policy_record(std::string_view text) {
  return lowered(text.substr(0, kVersion.size())) == kVersion &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

Result<PolicyRecord> parse_policy_record(std::string_view text) {
  PolicyRecord record;
  bool has_exp = false;
  text.remove_prefix(std::min(kVersion.size(), text.size()));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view term = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (term.empty()) {
      continue;
    }
    if (is_modifier(term)) {
      if (const Result<void> taken = take_modifier(record, has_exp, term); !taken) {
        return tl::unexpected(taken.error());
      }
      continue;
    }
    Result<Directive> directive = parse_directive(term);
    if (!directive) {
      return tl::unexpected(directive.error());
    }
    record.directives.push_back(*std::move(directive));
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
