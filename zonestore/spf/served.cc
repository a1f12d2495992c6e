#include "zonestore/spf/served.h"

#include <algorithm>
#include <utility>

namespace zonestore::spf {
namespace {

constexpr Milliseconds kAtOnce{0};
using When = std::optional<Milliseconds>;  // nullopt: never

When later_of(const When& left, const When& right) {
  return left && right ? When(std::max(*left, *right)) : std::nullopt;
}

When sooner(const When& left, const When& right) {
  if (!left || !right) {
    return left ? left : right;
  }
  return std::min(*left, *right);
}

bool has_term(const std::optional<Body>& body, std::string_view term) {
  return body && body->has(term);
}

// When all versions of this name that may be held have the term.
When everywhere_in(const Served& name, std::string_view term) {
  if (!has_term(name.body, term)) {
    return std::nullopt;
  }
  Milliseconds when = kAtOnce;
  for (const Version& version : name.earlier) {
    when = has_term(version.body, term) ? when : std::max(when, version.forgotten_in);
  }
  return when;
}

bool includes_record(const std::optional<Body>& apex, unsigned number) {
  return apex && apex->has_include(number);
}

}  // namespace

When ServedZone::passes_in(std::string_view term) const {
  std::array<When, kRecords> everywhere;
  for (unsigned number = 1; number < kRecords; ++number) {
    everywhere.at(number) = everywhere_in(names.at(number), term);
  }
  // When whoever holds this apex lets it pass.
  const auto passes_with = [&](const std::optional<Body>& body) {
    if (has_term(body, term)) {
      return When(kAtOnce);
    }
    When when;
    for (unsigned number = 1; number < kRecords; ++number) {
      when = includes_record(body, number) ? sooner(when, everywhere.at(number)) : when;
    }
    return when;
  };
  When when = passes_with(apex().body);
  for (const Version& version : apex().earlier) {
    when = later_of(when, sooner(passes_with(version.body), version.forgotten_in));
  }
  return when;
}

bool ServedZone::is_in_force(std::string_view term) const {
  for (unsigned number = 1; number < kRecords; ++number) {
    if (includes_record(apex().body, number) && has_term(names.at(number).body, term)) {
      return true;
    }
  }
  return has_term(apex().body, term);
}

Milliseconds ServedZone::no_longer_asked_for_in(unsigned number) const {
  Milliseconds when = kAtOnce;
  for (const Version& version : apex().earlier) {
    when = includes_record(version.body, number) ? std::max(when, version.forgotten_in) : when;
  }
  return when;
}

bool ServedZone::may_be_asked_for(unsigned number) const {
  return includes_record(apex().body, number) || no_longer_asked_for_in(number) > kAtOnce;
}

Milliseconds ServedZone::no_longer_missing_in(unsigned number) const {
  Milliseconds when = kAtOnce;
  for (const Version& version : names.at(number).earlier) {
    when = version.body ? when : std::max(when, version.forgotten_in);
  }
  return when;
}

bool ServedZone::may_be_missing(unsigned number) const {
  return !names.at(number).body || no_longer_missing_in(number) > kAtOnce;
}

unsigned ServedZone::most_lookups() const {
  std::size_t most = apex().body ? apex().body->includes.size() : 0;
  for (const Version& version : apex().earlier) {
    most = std::max(most, version.body ? version.body->includes.size() : 0);
  }
  return 1 + static_cast<unsigned>(most);
}

When ServedZone::next_forgotten_in() const {
  When next;
  for (const Served& name : names) {
    for (const Version& version : name.earlier) {
      next = sooner(next, version.forgotten_in);
    }
  }
  return next;
}

Bodies ServedZone::bodies() const {
  Bodies bodies;
  for (unsigned number = 0; number < kRecords; ++number) {
    bodies.at(number) = names.at(number).body;
  }
  return bodies;
}

void ServedZone::put(const Bodies& bodies, const Waits& waits) {
  for (unsigned number = 0; number < kRecords; ++number) {
    Served& name = names.at(number);
    if (name.body == bodies.at(number)) {
      continue;
    }
    if (name.held_for > kAtOnce) {
      name.earlier.push_back({std::move(name.body), name.held_for});
    }
    name.body = bodies.at(number);
    name.held_for = name.body ? waits.record : waits.absence;
  }
}

void ServedZone::pass(Milliseconds time) {
  for (Served& name : names) {
    for (Version& version : name.earlier) {
      version.forgotten_in -= time;
    }
    std::erase_if(name.earlier, [](const Version& version) { return version.forgotten_in <= kAtOnce; });
  }
}

}  // namespace zonestore::spf
