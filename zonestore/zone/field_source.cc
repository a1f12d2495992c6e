#include "zonestore/zone/field_source.h"

#include <algorithm>
#include <charconv>

#include "zonestore/base/big_endian.h"
#include "zonestore/base/joined.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {

std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && number <= most ? std::optional(number) : std::nullopt;
}

std::string number_up_to(std::uint32_t most) {
  return "a number from 0 to " + std::to_string(most);
}

std::optional<std::string_view> WordSource::plain() {
  const DataWord* const word = peek();
  if (word == nullptr || word->is_quoted) {
    return std::nullopt;
  }
  ++at_;
  return word->text;
}

std::optional<std::uint32_t> WordSource::number(std::uint32_t most) {
  const std::optional<std::string_view> word = plain();
  return word ? decimal(*word, most) : std::nullopt;
}

std::optional<RecordType> WordSource::type() {
  const std::optional<std::string_view> word = plain();
  if (!word) {
    return std::nullopt;
  }
  const auto type = parse_record_type(*word);
  return type ? std::optional(*type) : std::nullopt;
}

std::optional<std::string> WordSource::plain_rest() {
  std::string rest;
  for (const DataWord* word = next(); word != nullptr; word = next()) {
    if (word->is_quoted) {
      return std::nullopt;
    }
    rest += word->text;
  }
  return rest;
}

Taken WordSource::name() {
  const DataWord* const word = next();
  if (word == nullptr || word->is_quoted) {
    return expected(word == nullptr ? "a domain name" : "a domain name without quotation marks");
  }
  const auto name = name_from_words(word->text, origin_);
  if (!name) {
    return tl::unexpected(name.error().message);
  }
  if (is_repeating(word->text, origin_)) {
    repeating_.push_back(*name);
  }
  put(name->wire());
  return {};
}

std::optional<ByteView> WireSource::take(std::size_t bytes) {
  if (bytes > rest_.size()) {
    return std::nullopt;
  }
  const ByteView taken = rest_.first(bytes);
  rest_ = rest_.subspan(bytes);
  return taken;
}

ByteView WireSource::take_rest() {
  return *take(rest_.size());
}

std::optional<std::uint32_t> WireSource::number(std::size_t bytes) {
  const std::optional<ByteView> taken = take(bytes);
  if (!taken) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  for (const std::uint8_t byte : *taken) {
    number = number << 8U | byte;
  }
  return number;
}

std::optional<ByteView> WireSource::counted() {
  const std::optional<std::uint32_t> length = number(1);
  return length ? take(*length) : std::nullopt;
}

std::optional<Name> WireSource::name() {
  std::size_t size = 0;
  while (size < rest_.size() && rest_[size] != 0) {
    size += rest_[size] + 1U;
  }
  const std::optional<ByteView> wire = take(size + 1);
  if (!wire) {
    return std::nullopt;
  }
  const auto name = Name::from_wire(*wire);
  return name ? std::optional(*name) : std::nullopt;
}

bool WireSource::put(std::string_view word) {
  append_joined(out_, " ", word);
  return true;
}

bool WireSource::put_name() {
  const std::optional<Name> taken = name();
  return taken && put(taken->to_text());
}

}  // namespace zonestore
