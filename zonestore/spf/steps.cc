#include <algorithm>
#include <utility>

#include "zonestore/spf/planner.h"

namespace zonestore::spf {
namespace {

class NextStep {
 public:
  NextStep(const ZoneRules& rules, const ServedZone& served, const WantedTerms& terms)
      : rules_(rules), shape_(rules.shape), served_(served), terms_(terms), before_(served.bodies()) {}

  Bodies run() {
    Bodies start = without_unwanted();
    // As many new includes as there is room for once the terms that they relieve the apex of have left it.
    std::vector<unsigned> fresh = ready_includes(start);
    Bodies next = settle_terms(start, fresh);
    while (!fresh.empty() && !has_room(next)) {
      fresh.pop_back();
      next = settle_terms(start, fresh);
    }
    take_out_what_nobody_asks_for(next);
    return next;
  }

 private:
  [[nodiscard]] bool is_home(unsigned number) const {
    return std::any_of(terms_.begin(), terms_.end(),
                       [number](const WantedTerm& term) { return term.home == number; });
  }
  [[nodiscard]] const WantedTerm* find(std::string_view text) const {
    const auto found =
        std::find_if(terms_.begin(), terms_.end(), [text](const WantedTerm& term) { return term.text == text; });
    return found == terms_.end() ? nullptr : &*found;
  }

  // A term that is denied is gone at once. What an apex may name is there, whatever else.
  [[nodiscard]] Bodies without_unwanted() const {
    Bodies bodies = before_;
    for (unsigned number = 0; number < kRecords; ++number) {
      std::optional<Body>& body = bodies.at(number);
      if (body) {
        std::erase_if(body->terms, [this](const std::string& term) { return find(term) == nullptr; });
      } else if (number == 0 || (shape_.has(number) && (is_home(number) || served_.may_be_asked_for(number)))) {
        body.emplace();
      }
    }
    return bodies;
  }

  // Records that everybody who asks for them finds.
  [[nodiscard]] std::vector<unsigned> ready_includes(const Bodies& bodies) const {
    std::vector<unsigned> ready;
    for (unsigned number = 1; number < kRecords; ++number) {
      if (is_home(number) && !bodies.front()->has_include(number) && !served_.may_be_missing(number)) {
        ready.push_back(number);
      }
    }
    return ready;
  }

  [[nodiscard]] Bodies settle_terms(Bodies bodies, const std::vector<unsigned>& fresh) const {
    std::vector<unsigned>& includes = bodies.front()->includes;
    includes.insert(includes.end(), fresh.begin(), fresh.end());
    std::sort(includes.begin(), includes.end());
    Bodies last;
    do {
      last = bodies;
      add_terms(bodies);
      let_leave(bodies);
      drop_includes(bodies);
    } while (bodies != last);
    return bodies;
  }

  void add_terms(Bodies& bodies) const {
    for (const WantedTerm& term : terms_) {
      if (!term.home) {
        continue;
      }
      Body& home = *bodies.at(*term.home);
      if (!home.has(term.text) && shape_.weight(home) + RecordShape::weight(term.text) <= shape_.room(*term.home)) {
        home.terms.push_back(term.text);
      }
    }
  }

  // A term leaves a record that is not its home if no resolver lets its senders pass later for that.
  void let_leave(Bodies& bodies) const {
    Bodies left = bodies;
    for (unsigned number = 0; number < kRecords; ++number) {
      if (left.at(number)) {
        std::erase_if(left.at(number)->terms,
                      [&](const std::string& term) { return stands_elsewhere(bodies, number, term); });
      }
    }
    if (left == bodies) {
      return;
    }
    ServedZone after = served_;
    after.put(left, rules_.waits);
    for (unsigned number = 0; number < kRecords; ++number) {
      if (bodies.at(number)) {
        std::erase_if(bodies.at(number)->terms, [&](const std::string& term) {
          return !left.at(number)->has(term) && is_no_later(after.passes_in(term), served_.passes_in(term));
        });
      }
    }
  }

  [[nodiscard]] bool stands_elsewhere(const Bodies& bodies, unsigned number, const std::string& text) const {
    const WantedTerm* term = find(text);
    return term->home && *term->home != number && bodies.at(*term->home)->has(text);
  }

  static bool is_no_later(const std::optional<Milliseconds>& after, const std::optional<Milliseconds>& before) {
    return !before || (after && *after <= *before);
  }

  // One that was laid out wider may stay so, but not grow.
  [[nodiscard]] bool has_room(const Bodies& bodies) const {
    const std::size_t weight = shape_.weight(*bodies.front());
    return weight <= shape_.room(0) || (before_.front() && weight <= shape_.weight(*before_.front()));
  }

  void drop_includes(Bodies& bodies) const {
    std::erase_if(bodies.front()->includes,
                  [&](unsigned number) { return !is_home(number) && bodies.at(number)->terms.empty(); });
  }

  void take_out_what_nobody_asks_for(Bodies& bodies) const {
    ServedZone after = served_;
    after.put(bodies, rules_.waits);
    for (unsigned number = 1; number < kRecords; ++number) {
      if (!is_home(number) && !after.may_be_asked_for(number)) {
        bodies.at(number).reset();
      }
    }
  }

  const ZoneRules& rules_;
  const RecordShape& shape_;
  const ServedZone& served_;
  const WantedTerms& terms_;
  Bodies before_;
};

}  // namespace

Bodies next_bodies(const ZoneRules& rules, const ServedZone& served, const WantedTerms& terms) {
  return NextStep(rules, served, terms).run();
}

}  // namespace zonestore::spf
