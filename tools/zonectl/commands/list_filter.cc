#include "tools/zonectl/commands/list_filter.h"

#include <algorithm>
#include <array>

#include "zonestore/base/joined.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/zone/name.h"

namespace zonectl::list {
namespace {

using zonestore::ListedInstitution;
using zonestore::dkim::Phase;
using zonestore::dkim::SlotState;

constexpr std::array kStates{SlotState::kEmpty,    SlotState::kPublished, SlotState::kStandby, SlotState::kActive,
                             SlotState::kDraining, SlotState::kDrained,   SlotState::kRevoked};
constexpr std::array kPhases{Phase::kStarting, Phase::kSigning, Phase::kDeparting, Phase::kDeparted};

bool is_in(const ListedInstitution& institution, const StatePattern& state) {
  return to_text(institution.phase) == state.name ||
         std::any_of(institution.slots.begin(), institution.slots.end(),
                     [&state](const zonestore::SlotView& slot) { return to_text(slot.state) == state.name; });
}

// * stands for any text.
bool glob(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == text;
  }
  if (!text.starts_with(pattern.substr(0, star))) {
    return false;
  }
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  // What is between two stars is taken where it comes first: that leaves the most for what follows.
  for (std::size_t next = pattern.find('*'); next != std::string_view::npos; next = pattern.find('*')) {
    const std::size_t found = text.find(pattern.substr(0, next));
    if (found == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(found + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

}  // namespace

std::vector<std::string> state_names() {
  std::vector<std::string> names;
  names.reserve(kStates.size() + kPhases.size());
  for (const SlotState state : kStates) {
    names.emplace_back(to_text(state));
  }
  for (const Phase phase : kPhases) {
    names.emplace_back(to_text(phase));
  }
  return names;
}

zonestore::Result<StatePattern> parse_state(std::string_view text) {
  const std::vector<std::string> names = state_names();
  for (const std::string& name : names) {
    if (zonestore::lower_case(name) == zonestore::lower_case(text)) {
      return StatePattern{name};
    }
  }
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "there is no state of that name",
                         "of a slot or an institution: " + zonestore::joined(names, ", "));
}

zonestore::Result<DomainPattern> parse_domain_pattern(std::string_view text) {
  std::string pattern = zonestore::lower_case(text);
  if (pattern.ends_with('.')) {
    pattern.pop_back();
  }
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-.*";
  if (pattern.empty() || pattern.find_first_not_of(kAllowed) != std::string::npos) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "that is no domain, nor a pattern of one",
                           "such as louvre.fr, or '*.fr', in which * stands for any text");
  }
  return DomainPattern{std::move(pattern)};
}

bool matches(const DomainPattern& pattern, std::string_view domain) {
  if (pattern.text.find('*') != std::string::npos) {
    return glob(pattern.text, domain);
  }
  return domain == pattern.text || domain.ends_with("." + pattern.text);
}

bool Filter::wants_departed() const {
  return std::any_of(states.begin(), states.end(),
                     [](const StatePattern& state) { return state.name == to_text(Phase::kDeparted); });
}

bool Filter::admits(const ListedInstitution& institution) const {
  if ((attention && institution.attention.empty()) || (due && !institution.maintain_due) ||
      (never_seen && !institution.never_seen)) {
    return false;
  }
  const auto in_state = [&institution](const StatePattern& state) { return is_in(institution, state); };
  if (!states.empty() && std::none_of(states.begin(), states.end(), in_state)) {
    return false;
  }
  const auto has_domain = [&institution](const DomainPattern& pattern) {
    return std::any_of(institution.domains.begin(), institution.domains.end(),
                       [&](const zonestore::Name& domain) { return matches(pattern, domain.to_text_no_dot()); });
  };
  return domains.empty() || std::any_of(domains.begin(), domains.end(), has_domain);
}

}  // namespace zonectl::list
