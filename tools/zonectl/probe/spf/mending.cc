#include "tools/zonectl/probe/spf/mending.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/name.h"

namespace zonectl::probe::spf {

namespace {

constexpr std::string_view kQualifiers = "+-~?";
// What people put around terms: marks of lists, of texts, of sentences.
constexpr std::string_view kMarks = ",;.'\"`()<>[]/:";
// Dashes that word processors make of "-".
constexpr std::array<std::string_view, 3> kDashes{"\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92"};

bool is_good_term(const std::string& term) {
  return !term.empty() && zonestore::spf::parse_policy_term(term).has_value();
}

std::string without_marks(const std::string& term) {
  const std::size_t first = term.find_first_not_of(kMarks);
  const std::size_t last = term.find_last_not_of(kMarks);
  return first == std::string::npos ? std::string() : term.substr(first, last - first + 1);
}

std::string with_plain_dashes(std::string term) {
  for (const std::string_view dash : kDashes) {
    for (std::size_t at = term.find(dash); at != std::string::npos; at = term.find(dash)) {
      term.replace(at, dash.size(), "-");
    }
  }
  return term;
}

// An address under another mechanism's name, or under none; a name under an address's.
std::string under_its_own_name(const std::string& term) {
  const bool is_qualified = kQualifiers.find(term.front()) != std::string_view::npos;
  const std::string qualifier = is_qualified ? term.substr(0, 1) : std::string();
  const std::string rest = term.substr(qualifier.size());
  const std::size_t colon = rest.find(':');
  std::vector<std::string> values{rest};
  std::vector<std::string_view> names{"ip4:", "ip6:"};
  if (colon != std::string::npos && colon > 0) {
    values.insert(values.begin(), rest.substr(colon + 1));
    const std::string name = zonestore::lower_case(rest.substr(0, colon));
    if (name == "ip4" || name == "ip6") {
      names.emplace_back("a:");
    }
  }
  for (const std::string& value : values) {
    for (const std::string_view name : names) {
      std::string candidate = qualifier;
      candidate.append(name).append(value);
      // A bare name is left alone: "spf.example" may have been an include, an a, or a mistake.
      if (is_good_term(candidate) && (name != "a:" || &value == &values.front())) {
        return candidate;
      }
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> mended(const std::string& term) {
  if (is_good_term(term)) {
    return {term};
  }
  const std::string plain = without_marks(with_plain_dashes(term));
  if (is_good_term(plain)) {
    return {plain};
  }
  constexpr std::string_view kAll = "all";
  if (plain.size() > kAll.size() + 1 && zonestore::lower_case(plain).ends_with(kAll) &&
      kQualifiers.find(plain[plain.size() - kAll.size() - 1]) != std::string_view::npos) {
    std::vector<std::string> terms = mended(plain.substr(0, plain.size() - kAll.size() - 1));
    terms.push_back(plain.substr(plain.size() - kAll.size() - 1));
    return terms;
  }
  std::string own = plain.empty() ? std::string() : under_its_own_name(plain);
  return own.empty() ? std::vector<std::string>() : std::vector<std::string>{std::move(own)};
}

}  // namespace zonectl::probe::spf
