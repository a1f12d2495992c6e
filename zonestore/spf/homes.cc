#include <algorithm>
#include <array>
#include <numeric>

#include "zonestore/spf/planner.h"

namespace zonestore::spf {
namespace {

// Room that is left free where records are emptied into others, so that the next term does not need them again: that
// of the longest term, ip6 with a prefix.
constexpr std::size_t kSpare = 49;

class Settling {
 public:
  Settling(const RecordShape& shape, const Bodies& served, WantedTerms& terms)
      : shape_(shape), served_(served), terms_(terms) {
    for (const WantedTerm& term : terms_) {
      if (term.home) {
        take_in(*term.home, weight_of(term));
      }
    }
  }

  void run() {
    relieve();
    bool all_placed = true;
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      all_placed = (terms_[index].home || place(index)) && all_placed;
    }
    if (!all_placed) {
      pack_anew();
    }
    empty_what_is_not_needed();
  }

 private:
  static std::size_t weight_of(const WantedTerm& term) { return RecordShape::weight(term.text); }

  [[nodiscard]] bool is_open(unsigned number) const { return number == 0 || count_.at(number) > 0; }
  [[nodiscard]] bool fits(unsigned number, std::size_t weight) const {
    return load_.at(number) + weight <= shape_.room(number);
  }
  // Beside what is served there now, whatever of it is to leave.
  [[nodiscard]] bool fits_at_once(unsigned number, std::size_t weight) const {
    const std::optional<Body>& body = served_.at(number);
    return body && shape_.weight(*body) + weight <= shape_.room(number);
  }

  void take_in(unsigned number, std::size_t weight) {
    if (!is_open(number)) {
      load_.front() += shape_.include_weight(number);
    }
    ++count_.at(number);
    load_.at(number) += weight;
  }
  void let_go(unsigned number, std::size_t weight) {
    --count_.at(number);
    load_.at(number) -= weight;
    if (!is_open(number)) {
      load_.front() -= shape_.include_weight(number);
    }
  }
  void move(std::size_t index, std::optional<unsigned> home) {
    if (terms_[index].home) {
      let_go(*terms_[index].home, weight_of(terms_[index]));
    }
    terms_[index].home = home;
    if (home) {
      take_in(*home, weight_of(terms_[index]));
    }
  }
  [[nodiscard]] std::vector<std::size_t> terms_of(unsigned number) const {
    std::vector<std::size_t> indices;
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      if (terms_[index].home == number) {
        indices.push_back(index);
      }
    }
    return indices;
  }

  // Holes first, and of those such as need no waiting.
  [[nodiscard]] std::optional<unsigned> hole_for(std::size_t weight, std::optional<unsigned> but) const {
    std::optional<unsigned> later;
    for (unsigned number = 0; number < kRecords; ++number) {
      if (!is_open(number) || number == but || !fits(number, weight)) {
        continue;
      }
      if (fits_at_once(number, weight)) {
        return number;
      }
      later = later ? later : number;
    }
    return later;
  }

  // One more record, with this term and, where the apex has no room for the include, the last terms of the apex.
  bool open_for(std::size_t index) {
    std::optional<unsigned> number;
    for (unsigned each = kMaxIncludes; each > 0; --each) {
      if (!is_open(each) && shape_.has(each) && (!number || served_.at(each) || !served_.at(*number))) {
        number = each;  // the lowest; one that is still there needs no wait
      }
    }
    if (!number) {
      return false;
    }
    const WantedTerms before = terms_;
    move(index, number);
    std::vector<std::size_t> at_apex = terms_of(0);
    while (load_.front() > shape_.room(0) && !at_apex.empty()) {
      move(at_apex.back(), number);
      at_apex.pop_back();
    }
    if (load_.front() <= shape_.room(0) && load_.at(*number) <= shape_.room(*number)) {
      return true;
    }
    go_back_to(before);
    return false;
  }

  void go_back_to(const WantedTerms& before) {
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      if (terms_[index].home != before[index].home) {
        move(index, before[index].home);
      }
    }
  }

  // Moves others out of one record into holes elsewhere.
  bool make_room_for(std::size_t index) {
    const std::size_t weight = weight_of(terms_[index]);
    for (unsigned number = 0; number < kRecords; ++number) {
      if (!is_open(number)) {
        continue;
      }
      const WantedTerms before = terms_;
      std::vector<std::size_t> others = terms_of(number);
      for (; !others.empty() && !fits(number, weight); others.pop_back()) {
        if (const auto hole = hole_for(weight_of(terms_[others.back()]), number)) {
          move(others.back(), hole);
        }
      }
      if (fits(number, weight)) {
        move(index, number);
        return true;
      }
      go_back_to(before);
    }
    return false;
  }

  bool place(std::size_t index) {
    if (const auto hole = hole_for(weight_of(terms_[index]), std::nullopt)) {
      move(index, hole);
      return true;
    }
    return open_for(index) || make_room_for(index);
  }

  // A record that was laid out wider than there is room now.
  void relieve() {
    for (unsigned number = 0; number < kRecords; ++number) {
      std::vector<std::size_t> inside = terms_of(number);
      while (load_.at(number) > shape_.room(number) && !inside.empty()) {
        const auto hole = hole_for(weight_of(terms_[inside.back()]), number);
        if (hole) {
          move(inside.back(), hole);
        } else if (!open_for(inside.back())) {
          break;  // it stays as wide as it is
        }
        inside = terms_of(number);
      }
    }
  }

  // The last resort: the largest terms first, into as few records as hold them all.
  void pack_anew() {
    const WantedTerms before = terms_;
    std::vector<std::size_t> order(terms_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](std::size_t left, std::size_t right) {
      return weight_of(terms_[left]) > weight_of(terms_[right]);
    });
    for (unsigned includes = 0; includes < kRecords && (includes == 0 || shape_.has(includes)); ++includes) {
      if (pack_into(order, includes)) {
        return;
      }
    }
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      move(index, before[index].home);
    }
  }

  bool pack_into(const std::vector<std::size_t>& order, unsigned includes) {
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      move(index, std::nullopt);
    }
    std::size_t all_includes = 0;
    for (unsigned number = 1; number <= includes; ++number) {
      all_includes += shape_.include_weight(number);
    }
    for (const std::size_t index : order) {
      const std::size_t weight = weight_of(terms_[index]);
      std::optional<unsigned> home;
      for (unsigned number = 0; number <= includes && !home; ++number) {
        const std::size_t inside = load_.at(number) + (number == 0 ? all_includes - include_load() : 0);
        home = inside + weight <= shape_.room(number) ? std::optional(number) : std::nullopt;
      }
      if (!home) {
        return false;
      }
      move(index, home);
    }
    return load_.front() <= shape_.room(0);
  }

  // What the includes of the open records take in the apex.
  [[nodiscard]] std::size_t include_load() const {
    std::size_t load = 0;
    for (unsigned number = 1; number < kRecords; ++number) {
      load += is_open(number) ? shape_.include_weight(number) : 0;
    }
    return load;
  }

  void empty_what_is_not_needed() {
    for (unsigned number = kMaxIncludes; number > 0; --number) {
      const WantedTerms before = terms_;
      if (is_open(number) && !pour_out(number)) {
        go_back_to(before);
      } else if (before != terms_) {
        number = kRecords;  // an include less in the apex: there may be room for those above it now
      }
    }
  }

  bool pour_out(unsigned number) {
    for (const std::size_t index : terms_of(number)) {
      const std::size_t weight = weight_of(terms_[index]);
      std::optional<unsigned> home;
      for (unsigned lower = 0; lower < number && !home; ++lower) {
        home = is_open(lower) && fits(lower, weight + kSpare) ? std::optional(lower) : std::nullopt;
      }
      if (!home) {
        return false;
      }
      move(index, home);
    }
    return true;
  }

  const RecordShape& shape_;
  const Bodies& served_;
  WantedTerms& terms_;
  std::array<std::size_t, kRecords> load_{};   // that the homes make, with the includes of those that are open
  std::array<std::size_t, kRecords> count_{};  // terms that are at home there
};

}  // namespace

WantedTerms settled(const RecordShape& shape, const Bodies& served, WantedTerms terms) {
  std::erase_if(terms, [](const WantedTerm& term) { return term.leaves_in && *term.leaves_in <= Milliseconds{0}; });
  for (WantedTerm& term : terms) {
    if (term.home && !shape.has(*term.home)) {
      term.home.reset();
    }
  }
  Settling(shape, served, terms).run();
  return terms;
}

}  // namespace zonestore::spf
