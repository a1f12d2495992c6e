#include "zonestore/zone/character_strings.h"

#include <algorithm>
#include <optional>

namespace zonestore {
namespace {

constexpr std::size_t kMaxStringBytes = 255;
constexpr std::size_t kMaxRdataBytes = 0xFFFF;

bool is_blank(char character) {
  return character == ' ' || character == '\t';
}
bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

class StringsParser {
 public:
  explicit StringsParser(std::string_view text) : rest_(text) {}

  tl::expected<Bytes, std::string> run() {
    while (skip_blanks()) {
      if (std::string why = take_string(); !why.empty()) {
        return tl::unexpected(std::move(why));
      }
      if (rdata_.size() > kMaxRdataBytes) {
        return tl::unexpected<std::string>("a record holds at most 65535 bytes");
      }
    }
    return std::move(rdata_);
  }

 private:
  bool skip_blanks() {
    rest_.remove_prefix(
        static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_blank) - rest_.begin()));
    return !rest_.empty();
  }

  // Empty, or what is wrong.
  std::string take_string() {
    const bool quoted = rest_.front() == '"';
    rest_.remove_prefix(quoted ? 1 : 0);
    const std::size_t length_at = rdata_.size();
    rdata_.push_back(0);
    while (!rest_.empty() && rest_.front() != '"' && (quoted || !is_blank(rest_.front()))) {
      const std::optional<std::uint8_t> byte = take_byte();
      if (!byte) {
        return "a backslash stands before a character or three digits up to 255";
      }
      rdata_.push_back(*byte);
    }
    if (quoted && rest_.empty()) {
      return "a quoted string does not end";
    }
    rest_.remove_prefix(quoted ? 1 : 0);
    const std::size_t length = rdata_.size() - length_at - 1;
    if (length > kMaxStringBytes) {
      return "a string has " + std::to_string(length) + " bytes; write it as several of at most 255";
    }
    rdata_[length_at] = static_cast<std::uint8_t>(length);
    return {};
  }

  std::optional<std::uint8_t> take_byte() {
    if (rest_.front() != '\\') {
      return take(1, static_cast<std::uint8_t>(rest_.front()));
    }
    if (rest_.size() < 2) {
      return std::nullopt;
    }
    if (!is_digit(rest_[1])) {
      return take(2, static_cast<std::uint8_t>(rest_[1]));
    }
    if (rest_.size() < 4 || !is_digit(rest_[2]) || !is_digit(rest_[3])) {
      return std::nullopt;
    }
    const int value = (rest_[1] - '0') * 100 + (rest_[2] - '0') * 10 + (rest_[3] - '0');
    return value > 255 ? std::nullopt : std::optional(take(4, static_cast<std::uint8_t>(value)));
  }

  std::uint8_t take(std::size_t characters, std::uint8_t byte) {
    rest_.remove_prefix(characters);
    return byte;
  }

  std::string_view rest_;
  Bytes rdata_;
};

}  // namespace

tl::expected<Bytes, std::string> character_strings(std::string_view text) {
  return StringsParser(text).run();
}

}  // namespace zonestore
