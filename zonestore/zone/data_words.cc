#include "zonestore/zone/data_words.h"

#include "zonestore/base/letters.h"
#include "zonestore/zone/limits.h"

namespace zonestore {
namespace {

bool is_blank(char character) {
  return character == ' ' || character == '\t';
}

bool is_control_character(char character) {
  return static_cast<unsigned char>(character) < ' ' || character == 0x7F;
}

// Splits at blanks and quotation marks. A zone file's comments and parentheses have been taken out by its scanner.
class WordSplitter {
 public:
  explicit WordSplitter(std::string_view text) : text_(text) {}

  tl::expected<std::vector<DataWord>, std::string> run() {
    std::vector<DataWord> words;
    bool is_glued = false;
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
        is_glued = false;
        continue;
      }
      const bool is_quoted = text_[at_] == '"';
      at_ += is_quoted ? 1 : 0;
      const std::size_t begin = at_;
      if (const char* why = is_quoted ? pass_quoted() : pass_plain()) {
        return tl::unexpected<std::string>(why);
      }
      words.push_back({text_.substr(begin, at_ - begin), is_quoted, is_glued});
      at_ += is_quoted ? 1 : 0;
      is_glued = true;
    }
    return words;
  }

 private:
  // Up to the quotation mark that ends it. nullptr, or what is wrong.
  const char* pass_quoted() {
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      at_ += text_[at_] == '\\' ? 1 : 0;
    }
    return at_ < text_.size() ? nullptr : "a quoted string does not end";
  }

  const char* pass_plain() {
    for (; at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != '"'; ++at_) {
      if (text_[at_] == ';' || text_[at_] == '(' || text_[at_] == ')') {
        return "it has a semicolon or a parenthesis; quote it, or write a backslash before it";
      }
      if (text_[at_] == '\\' && ++at_ == text_.size()) {
        return "a backslash stands before a character or three digits up to 255";
      }
      if (is_control_character(text_[at_])) {
        return "it has a control character; write such a byte as \\DDD";
      }
    }
    return nullptr;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// The byte that the escape at the front stands for, and the escape taken off.
std::optional<std::uint8_t> take_escape(std::string_view& text) {
  if (text.size() < 2) {
    return std::nullopt;
  }
  if (!is_digit(text[1])) {
    const auto byte = static_cast<std::uint8_t>(text[1]);
    text.remove_prefix(2);
    return byte;
  }
  if (text.size() < 4 || !is_digit(text[2]) || !is_digit(text[3])) {
    return std::nullopt;
  }
  const int value = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  text.remove_prefix(4);
  return value > 255 ? std::nullopt : std::optional(static_cast<std::uint8_t>(value));
}

}  // namespace

tl::expected<std::vector<DataWord>, std::string> data_words(std::string_view text) {
  return WordSplitter(text).run();
}

std::optional<Bytes> unescaped(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    if (text.front() != '\\') {
      bytes.push_back(static_cast<std::uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const std::optional<std::uint8_t> byte = take_escape(text);
    if (!byte) {
      return std::nullopt;
    }
    bytes.push_back(*byte);
  }
  return bytes;
}

std::string quoted(ByteView bytes) {
  std::string text = "\"";
  for (const std::uint8_t byte : bytes) {
    if (byte < ' ' || byte >= 0x7F) {
      text += '\\';
      text += static_cast<char>('0' + byte / 100);
      text += static_cast<char>('0' + byte / 10 % 10);
      text += static_cast<char>('0' + byte % 10);
      continue;
    }
    text += byte == '"' || byte == '\\' ? "\\" : "";
    text += static_cast<char>(byte);
  }
  return text + '"';
}

tl::expected<Bytes, std::string> character_string(const DataWord& word) {
  std::optional<Bytes> bytes = unescaped(word.text);
  if (!bytes) {
    return tl::unexpected<std::string>("a backslash stands before a character or three digits up to 255");
  }
  if (bytes->size() > kMaxStringBytes) {
    return tl::unexpected("a string has " + std::to_string(bytes->size()) +
                          " bytes; write it as several of at most 255");
  }
  bytes->insert(bytes->begin(), static_cast<std::uint8_t>(bytes->size()));
  return std::move(*bytes);
}

}  // namespace zonestore
