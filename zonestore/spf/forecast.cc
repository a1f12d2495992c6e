#include <algorithm>
#include <utility>

#include "zonestore/base/joined.h"
#include "zonestore/spf/planner.h"

namespace zonestore::spf {
namespace {

constexpr Milliseconds kNow{0};
constexpr int kMostSteps = 1000;  // far more than there are: each forgotten version is one

void pass(WantedTerms& terms, Milliseconds time) {
  for (WantedTerm& term : terms) {
    if (term.leaves_in) {
      *term.leaves_in -= time;
    }
  }
}

// When something may change by time alone; nullopt: never.
std::optional<Milliseconds> next_event(const ServedZone& served, const WantedTerms& terms) {
  std::optional<Milliseconds> next = served.next_forgotten_in();
  for (const WantedTerm& term : terms) {
    if (term.leaves_in) {
      next = next ? std::min(*next, *term.leaves_in) : *term.leaves_in;
    }
  }
  return next;
}

// Plays the steps, each when it is due.
class Player {
 public:
  Player(const ZoneRules& rules, ServedZone served, WantedTerms terms)
      : rules_(rules), served_(std::move(served)), terms_(std::move(terms)), asked_(terms_) {
    outcome_.terms.resize(asked_.size());
  }

  Forecast run() {
    for (int step = 0; step < kMostSteps; ++step) {
      take_step(step == 0);
      look_at_terms();
      outcome_.most_lookups = std::max(outcome_.most_lookups, served_.most_lookups());
      const std::optional<Milliseconds> event = next_event(served_, terms_);
      if (!event) {
        break;
      }
      served_.pass(*event);
      pass(terms_, *event);
      passed_ += *event;
    }
    return std::move(outcome_);
  }

 private:
  void take_step(bool is_first) {
    terms_ = settled(rules_.shape, served_.bodies(), std::move(terms_));
    if (is_first) {
      outcome_.settled = terms_;
      outcome_.next = served_.bodies();
    }
    const Bodies next = next_bodies(rules_, served_, terms_);
    if (next == served_.bodies()) {
      return;
    }
    if (!outcome_.next_step_in) {
      outcome_.next_step_in = passed_;
      outcome_.next = next;
    }
    steps_later_ = steps_later_ || !is_first;
    served_.put(next, rules_.waits);
  }

  void look_at_terms() {
    for (std::size_t index = 0; index < asked_.size(); ++index) {
      TermForecast& term = outcome_.terms[index];
      if (term.passes_in) {
        continue;
      }
      if (const auto passes = served_.passes_in(asked_[index].text)) {
        term.passes_in = passed_ + *passes;
        term.after_steps = steps_later_;
      }
    }
  }

  const ZoneRules& rules_;
  ServedZone served_;
  WantedTerms terms_;
  const WantedTerms asked_;
  Milliseconds passed_ = kNow;
  bool steps_later_ = false;
  Forecast outcome_;
};

std::vector<std::string> terms_in(const std::optional<Body>& body, const std::optional<Body>& but) {
  std::vector<std::string> found;
  if (body) {
    std::copy_if(body->terms.begin(), body->terms.end(), std::back_inserter(found),
                 [&](const std::string& term) { return !but || !but->has(term); });
  }
  return found;
}

std::vector<std::string> includes_in(const RecordShape& shape, const Body& apex, const std::optional<Body>& but) {
  std::vector<std::string> found;
  for (const unsigned number : apex.includes) {
    if (!but || !but->has_include(number)) {
      found.push_back(shape.owner(number).to_text_no_dot());
    }
  }
  return found;
}

void tell_terms(std::string& text, const std::string& owner, const std::optional<Body>& before,
                const std::optional<Body>& after) {
  if (const auto come = terms_in(after, before); !come.empty()) {
    append_joined(text, "; ", owner + " gets " + joined(come, " "));
  }
  if (const auto gone = terms_in(before, after); after && !gone.empty()) {
    append_joined(text, "; ", owner + " loses " + joined(gone, " "));
  }
}

}  // namespace

Forecast forecast(const ZoneRules& rules, ServedZone served, WantedTerms terms) {
  return Player(rules, std::move(served), std::move(terms)).run();
}

std::string difference(const RecordShape& shape, const Bodies& before, const Bodies& after) {
  std::string text;
  for (unsigned number = 0; shape.has(number) && number < kRecords; ++number) {
    const std::string owner = shape.owner(number).to_text_no_dot();
    if (before.at(number).has_value() != after.at(number).has_value()) {
      append_joined(text, "; ", owner + (after.at(number) ? " is new" : " is taken out"));
    }
    tell_terms(text, owner, before.at(number), after.at(number));
  }
  if (before.front() && after.front()) {
    if (const auto come = includes_in(shape, *after.front(), before.front()); !come.empty()) {
      append_joined(text, "; ", shape.apex().to_text_no_dot() + " includes " + joined(come, " "));
    }
    if (const auto gone = includes_in(shape, *before.front(), after.front()); !gone.empty()) {
      append_joined(text, "; ", shape.apex().to_text_no_dot() + " no longer includes " + joined(gone, " "));
    }
  }
  return text;
}

}  // namespace zonestore::spf
