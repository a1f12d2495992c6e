#include "tests/bench/synthetic_names.h"

#include <string>
#include <string_view>

namespace bench {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::dkim::Code;

namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 12;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

// One in eight is a digit, and one in sixteen a hyphen where one may stand.
char random_character(Random& random, bool may_be_hyphen) {
  const std::size_t kind = random.below(16);
  if (kind == 0 && may_be_hyphen) {
    return '-';
  }
  return kind <= 2 ? kDigits[random.below(kDigits.size())] : kLetters[random.below(kLetters.size())];
}

}  // namespace

Result<std::optional<Code>> MadeUpCodes::next() {
  std::string text;
  if (!begun_) {
    begun_ = true;
    text = "mosa";
  } else {
    const std::size_t length = kShortest + random_.below(kLongest - kShortest + 1);
    while (text.size() < length) {
      const bool is_inside = !text.empty() && text.size() + 1 < length && text.back() != '-';
      text += random_character(random_, is_inside);
    }
  }
  return Code::parse(text).map([](Code code) { return std::optional(std::move(code)); });
}

Result<std::optional<Code>> CodesOfFile::next() {
  if (!lines_.is_open()) {
    return zonestore::fail(ErrorCode::kIo, "cannot read " + file_.string());
  }
  for (std::string line; std::getline(lines_, line);) {
    ++line_number_;
    if (line.empty()) {
      continue;
    }
    const auto code = Code::parse(line);
    if (!code) {
      return zonestore::fail(ErrorCode::kInvalid,
                             file_.string() + ":" + std::to_string(line_number_) + ": " + code.error().message);
    }
    return std::optional(*code);
  }
  if (lines_.bad()) {
    return zonestore::fail(ErrorCode::kIo, "cannot read " + file_.string());
  }
  return std::optional<Code>();
}

}  // namespace bench
