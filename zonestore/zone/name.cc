#include "zonestore/zone/name.h"

#include <algorithm>
#include <array>
#include <span>

#include "zonestore/base/letters.h"

namespace zonestore {
namespace {

constexpr std::size_t kMaxLabels = kMaxNameBytes / 2;  // labels of one byte

std::uint8_t byte_at(std::string_view text, std::size_t position) {
  return static_cast<std::uint8_t>(text[position]);
}

bool is_printing(std::uint8_t byte) {
  return byte > 0x20 && byte < 0x7F;
}

bool equal_folded(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return to_lower(static_cast<std::uint8_t>(a)) == to_lower(static_cast<std::uint8_t>(b));
  });
}

// Byte order after folding; a label that is the start of another comes first (RFC 4034 section 6.1).
std::strong_ordering compare_folded(std::string_view left, std::string_view right) {
  const std::size_t shared = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const auto order = to_lower(byte_at(left, i)) <=> to_lower(byte_at(right, i));
    if (order != std::strong_ordering::equal) {
      return order;
    }
  }
  return left.size() <=> right.size();
}

// Labels lie in the wire form behind their length, and the canonical order reads them from the back.
struct Labels {
  explicit Labels(std::string_view name_wire) : wire(name_wire) {
    for (std::size_t at = 0; wire[at] != 0; at += byte_at(wire, at) + 1U) {
      starts[count++] = static_cast<std::uint8_t>(at);
    }
  }
  [[nodiscard]] std::string_view from_the_root(std::size_t index) const {
    const std::size_t start = starts[count - 1 - index];
    return wire.substr(start + 1, byte_at(wire, start));
  }

  std::string_view wire;
  std::array<std::uint8_t, kMaxLabels> starts{};
  std::size_t count = 0;
};

// What every reader of zone files takes as it stands: Knot's is the strictest.
bool is_plain_byte(std::uint8_t byte) {
  constexpr std::string_view kMarks = "-_*/";
  return is_letter_or_digit(static_cast<char>(byte)) ||
         kMarks.find(static_cast<char>(byte)) != std::string_view::npos;
}

void append_escaped(std::string& out, std::uint8_t byte) {
  constexpr std::string_view kSpecial = R"(.\";()@$)";
  const bool is_special = kSpecial.find(static_cast<char>(byte)) != std::string_view::npos;
  if (!is_special && !is_plain_byte(byte)) {
    out += '\\';
    out += static_cast<char>('0' + byte / 100);
    out += static_cast<char>('0' + byte / 10 % 10);
    out += static_cast<char>('0' + byte % 10);
    return;
  }
  if (is_special) {
    out += '\\';
  }
  out += static_cast<char>(byte);
}

// A name or a label as a message shows it: on one line and never longer than a line.
std::string shown_name(std::string_view what, std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string out = std::string(what) + " '";
  for (std::size_t i = 0; i < std::min(text.size(), kShown); ++i) {
    if (is_printing(byte_at(text, i))) {
      out += text[i];
    } else {
      append_escaped(out, byte_at(text, i));
    }
  }
  out += text.size() > kShown ? "...'" : "'";
  return out;
}

std::string max_text(std::size_t max) {
  return "more than " + std::to_string(max) + " bytes";
}

// Turns presentation form into wire form, one label after the other.
class TextParser {
 public:
  TextParser(std::string_view text, bool is_quoting) : text_(text), is_quoting_(is_quoting) {}

  Result<std::string> run() {
    if (text_.empty()) {
      return fail(ErrorCode::kInvalid, "an empty text is not a domain name", "the root is written '.'");
    }
    if (text_ == ".") {
      return std::string(1, '\0');
    }
    while (position_ < text_.size()) {
      if (auto label = read_label(); !label) {
        return tl::unexpected(label.error());
      }
    }
    wire_ += '\0';
    return std::move(wire_);
  }

 private:
  // Up to and with the dot that ends it, or the end of the text.
  Result<void> read_label() {
    const std::size_t start = wire_.size();
    wire_ += '\0';
    while (position_ < text_.size() && text_[position_] != '.') {
      const auto byte = read_byte();
      if (!byte) {
        return tl::unexpected(byte.error());
      }
      wire_ += static_cast<char>(*byte);
      if (wire_.size() - start - 1 > kMaxLabelBytes) {
        return refuse_text("has a label of " + max_text(kMaxLabelBytes));
      }
    }
    if (wire_.size() == start + 1) {
      return refuse_text("has an empty label");
    }
    if (wire_.size() + 1 > kMaxNameBytes) {
      return refuse_text("is too long: " + max_text(kMaxNameBytes));
    }
    wire_[start] = static_cast<char>(wire_.size() - start - 1);
    ++position_;
    return {};
  }

  Result<std::uint8_t> read_byte() {
    const std::uint8_t byte = byte_at(text_, position_);
    if (byte == '\\') {
      return read_escape();
    }
    if (byte >= 0x80) {
      return refuse_text("has a byte outside ASCII", "write an internationalized name in its xn-- form");
    }
    if (!is_printing(byte)) {
      return refuse_text("has a space or control character", "write such a byte as \\DDD, a space as \\032");
    }
    ++position_;
    return byte;
  }

  Result<std::uint8_t> read_escape() {
    const std::string_view rest = text_.substr(position_ + 1);
    if (rest.empty()) {
      return refuse_text("ends in a single backslash");
    }
    if (!is_digit(rest[0])) {
      position_ += 2;
      return static_cast<std::uint8_t>(rest[0]);
    }
    if (rest.size() < 3 || !is_digit(rest[1]) || !is_digit(rest[2])) {
      return refuse_text("has a backslash with fewer than three digits");
    }
    const int value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
    if (value > 255) {
      return refuse_text("has an escape above \\255");
    }
    position_ += 4;
    return static_cast<std::uint8_t>(value);
  }

  [[nodiscard]] tl::unexpected<Error> refuse_text(const std::string& why, std::string hint = {}) const {
    return fail(ErrorCode::kInvalid,
                (is_quoting_ ? shown_name("domain name", text_) : "a domain name that") + " " + why, std::move(hint));
  }

  std::string_view text_;
  bool is_quoting_;
  std::size_t position_ = 0;
  std::string wire_;
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](char character) { return static_cast<char>(to_lower(static_cast<std::uint8_t>(character))); });
  return lowered;
}

Name::Name() : wire_(1, '\0') {}

Result<Name> Name::parse(std::string_view text) {
  return TextParser(text, true).run().map([](std::string&& wire) { return Name(std::move(wire)); });
}

Result<Name> Name::parse_unquoted(std::string_view text) {
  return TextParser(text, false).run().map([](std::string&& wire) { return Name(std::move(wire)); });
}

Result<Name> Name::from_wire(ByteView wire) {
  std::size_t at = 0;
  while (at < wire.size() && wire[at] != 0) {
    if (wire[at] > kMaxLabelBytes) {
      return fail(ErrorCode::kInvalid, "a domain name in wire form has a label byte of " + std::to_string(wire[at]) +
                                           ": too long, or compressed");
    }
    at += wire[at] + 1U;
  }
  if (at >= wire.size()) {
    return fail(ErrorCode::kInvalid, "a domain name in wire form ends before its root label");
  }
  if (at + 1 > kMaxNameBytes) {
    return fail(ErrorCode::kInvalid, "a domain name in wire form has " + max_text(kMaxNameBytes));
  }
  if (at + 1 != wire.size()) {
    return fail(ErrorCode::kInvalid, "a domain name in wire form has bytes after its root label");
  }
  return Name(std::string(wire.begin(), wire.end()));
}

ByteView Name::wire() const {
  const auto bytes = std::as_bytes(std::span(wire_));
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::size_t Name::label_count() const {
  return Labels(wire_).count;
}

std::string Name::to_text() const {
  return is_root() ? "." : to_text_no_dot() + ".";
}

std::string Name::to_text_no_dot() const {
  if (is_root()) {
    return ".";
  }
  std::string text;
  text.reserve(wire_.size());
  for (std::size_t at = 0; wire_[at] != 0; at += byte_at(wire_, at) + 1U) {
    if (at != 0) {
      text += '.';
    }
    for (const char character : std::string_view(wire_).substr(at + 1, byte_at(wire_, at))) {
      append_escaped(text, static_cast<std::uint8_t>(character));
    }
  }
  return text;
}

Name Name::lowered() const {
  // Length bytes are below 'A', so that folding every byte leaves them alone.
  static_assert(kMaxLabelBytes < 'A');
  std::string wire = wire_;
  for (char& character : wire) {
    character = static_cast<char>(to_lower(static_cast<std::uint8_t>(character)));
  }
  return Name(std::move(wire));
}

Name Name::parent() const {
  return is_root() ? Name() : Name(wire_.substr(byte_at(wire_, 0) + 1U));
}

bool Name::is_at_or_below(const Name& ancestor) const {
  std::string_view rest = wire_;
  while (rest.size() > ancestor.wire_.size()) {
    rest.remove_prefix(byte_at(rest, 0) + 1U);
  }
  return equal_folded(rest, ancestor.wire_);
}

Result<Name> Name::child(std::string_view label) const {
  if (label.empty()) {
    return fail(ErrorCode::kInvalid, "an empty label below " + to_text());
  }
  if (label.size() > kMaxLabelBytes) {
    return fail(ErrorCode::kInvalid, shown_name("the label", label) + " has " + max_text(kMaxLabelBytes));
  }
  if (label.size() + 1 + wire_.size() > kMaxNameBytes) {
    return fail(ErrorCode::kInvalid,
                shown_name("the name of", label) + " below " + to_text() + " has " + max_text(kMaxNameBytes));
  }
  std::string wire(1, static_cast<char>(label.size()));
  wire += label;
  wire += wire_;
  return Name(std::move(wire));
}

bool operator==(const Name& left, const Name& right) {
  return equal_folded(left.wire_, right.wire_);
}

std::strong_ordering operator<=>(const Name& left, const Name& right) {
  const Labels left_labels(left.wire_);
  const Labels right_labels(right.wire_);
  const std::size_t shared = std::min(left_labels.count, right_labels.count);
  for (std::size_t i = 0; i < shared; ++i) {
    const auto order = compare_folded(left_labels.from_the_root(i), right_labels.from_the_root(i));
    if (order != std::strong_ordering::equal) {
      return order;
    }
  }
  return left_labels.count <=> right_labels.count;
}

}  // namespace zonestore
