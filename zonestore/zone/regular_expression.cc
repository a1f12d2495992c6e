#include "zonestore/zone/regular_expression.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "zonestore/base/letters.h"

namespace zonestore {
namespace {

constexpr std::array<std::string_view, 12> kClasses{"alnum", "alpha", "blank", "cntrl", "digit", "graph",
                                                    "lower", "print", "punct", "space", "upper", "xdigit"};

// Reads from the left; each step takes what it knows, or says that this is no expression.
class ExpressionReader {
 public:
  explicit ExpressionReader(std::string_view text) : text_(text) {}

  std::optional<std::size_t> read() {
    while (!text_.empty()) {
      if (!read_one()) {
        return std::nullopt;
      }
    }
    return depth_ == 0 && before_ != Before::kNothing ? std::optional(groups_) : std::nullopt;
  }

 private:
  // What stands before: what a repetition or a | may follow.
  enum class Before { kNothing, kAtom, kWhole };  // kWhole: an anchor or a repetition, which cannot be repeated

  bool read_one() {
    const char first = take();
    switch (first) {
      case '\\':
        return read_escape();
      case '[':
        before_ = Before::kAtom;
        return read_bracket();
      case '{':
        return text_.empty() || !is_digit(text_.front()) ? stand(Before::kAtom) : repeat() && read_bound();
      case '(':
        ++depth_;
        ++groups_;
        may_be_empty_ = true;
        return stand(Before::kNothing);
      case ')':
        return close_group();
      case '|':
        may_be_empty_ = false;
        return before_ != Before::kNothing && stand(Before::kNothing);
      case '^':
      case '$':
        return stand(Before::kWhole);
      case '*':
      case '+':
      case '?':
        return repeat();
      default:
        return stand(Before::kAtom);
    }
  }

  char take() {
    const char first = text_.front();
    text_.remove_prefix(1);
    return first;
  }
  bool stand(Before now) {
    before_ = now;
    return true;
  }
  bool repeat() { return before_ == Before::kAtom && stand(Before::kWhole); }

  // A reference back is to a group that has begun.
  bool read_escape() {
    if (text_.empty()) {
      return false;
    }
    const char escaped = take();
    const bool is_reference = is_digit(escaped) && escaped != '0';
    return (!is_reference || static_cast<std::size_t>(escaped - '0') <= groups_) && stand(Before::kAtom);
  }

  bool close_group() {
    if (depth_ > 0 && before_ == Before::kNothing && !may_be_empty_) {
      return false;
    }
    depth_ -= depth_ > 0 ? 1 : 0;
    return stand(Before::kAtom);
  }

  // "{2}", "{2,}", "{2,4}", behind the brace.
  bool read_bound() {
    const std::optional<unsigned> least = read_number();
    std::optional<unsigned> most = least;
    if (!text_.empty() && text_.front() == ',') {
      take();
      most = text_.empty() || !is_digit(text_.front()) ? std::optional(kMostTimes) : read_number();
    }
    return least && most && *least <= *most && !text_.empty() && take() == '}';
  }

  std::optional<unsigned> read_number() {
    unsigned number = 0;
    while (!text_.empty() && is_digit(text_.front())) {
      number = number * 10 + static_cast<unsigned>(take() - '0');
      if (number > kMostTimes) {
        return std::nullopt;
      }
    }
    return number;
  }

  // Behind the bracket, up to the one that closes it: a ] that comes first is itself, and a - at an end, too.
  bool read_bracket() {
    if (!text_.empty() && text_.front() == '^') {
      take();
    }
    for (bool is_first = true; !text_.empty(); is_first = false) {
      if (text_.front() == ']' && !is_first) {
        take();
        return true;
      }
      if (!read_element(true)) {
        return false;
      }
      if (text_.size() > 1 && text_.front() == '-' && text_[1] != ']') {
        take();
        const unsigned low = last_;
        const bool is_range = read_element(false) && last_ >= low;
        if (!is_range || (!text_.empty() && text_.front() == '-')) {  // no range begins where another ends
          return false;
        }
      }
    }
    return false;
  }

  // A character, "[.x.]", or where a range does not want an end "[=x=]" and "[:alpha:]". A range behind one of the
  // last two begins, to BIND, where the last character was.
  bool read_element(bool may_be_class) {
    const bool is_special =
        text_.size() > 1 && text_.front() == '[' && (text_[1] == '.' || text_[1] == '=' || text_[1] == ':');
    if (!is_special) {
      last_ = static_cast<std::uint8_t>(take());
      return true;
    }
    take();
    const char mark = take();
    const std::size_t end = text_.find(std::string{mark, ']'}, mark == ':' ? 0 : 1);
    if (end == std::string_view::npos || (mark != '.' && !may_be_class)) {
      return false;
    }
    const std::string_view name = text_.substr(0, end);
    text_.remove_prefix(end + 2);
    if (mark == ':' && std::find(kClasses.begin(), kClasses.end(), name) == kClasses.end()) {
      return false;
    }
    if (mark == '.') {
      last_ = name.size() == 1 ? static_cast<std::uint8_t>(name.front()) : kBehindAll;
    }
    return true;
  }

  static constexpr unsigned kMostTimes = 255;
  static constexpr unsigned kBehindAll = 256;

  std::string_view text_;
  std::size_t groups_ = 0;
  std::size_t depth_ = 0;
  unsigned last_ = 0;          // the character that a range would begin with
  bool may_be_empty_ = false;  // the group that is open, so far
  Before before_ = Before::kNothing;
};

}  // namespace

std::optional<std::size_t> groups_of_expression(std::string_view expression) {
  return ExpressionReader(expression).read();
}

}  // namespace zonestore
