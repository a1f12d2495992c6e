// LOC (RFC 1876): where on earth something stands.
#include <array>

#include "zonestore/base/big_endian.h"
#include "zonestore/zone/fields.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kEquator = 0x8000'0000;  // and the prime meridian, in thousandths of a second of arc
constexpr std::uint32_t kDegree = 3'600'000;
constexpr std::uint32_t kMinute = 60'000;
constexpr std::uint64_t kBaseCentimetres = 10'000'000;  // the altitude 0 lies 100 km below the spheroid
constexpr std::uint64_t kMaxSizeCentimetres = 9'000'000'000;
constexpr std::uint32_t kMaxPowers = 9;

// Digits with at most `places` behind a point, times ten to the power of it: "1.5" of two places is 150.
std::optional<std::uint64_t> fixed_point(std::string_view text, std::size_t places) {
  const std::size_t point = text.find('.');
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  const std::string_view whole = text.substr(0, point);
  if (fraction.size() > places || (point != std::string_view::npos && fraction.empty()) || whole.size() > 10) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char digit : std::string(whole) + std::string(fraction) + std::string(places - fraction.size(), '0')) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return whole.empty() ? std::nullopt : std::optional(value);
}

bool is_mark(std::string_view word, char mark) {
  return word.size() == 1 && word[0] == mark;
}

// Degrees, and minutes and seconds if they are there, up to the mark of the half: what lies between it and the line.
Taken read_angle(WordSource& words, std::uint32_t most_degrees, char positive, char negative) {
  const std::string what = "degrees up to " + std::to_string(most_degrees) + ", minutes and seconds below 60, and " +
                           positive + " or " + negative + ",";
  std::uint64_t angle = 0;
  const std::array<std::uint32_t, 3> units{kDegree, kMinute, 1};
  for (std::size_t part = 0;; ++part) {
    const std::string_view word = words.plain().value_or("");
    if (part > 0 && (is_mark(word, positive) || is_mark(word, negative))) {
      const auto offset = static_cast<std::uint32_t>(angle);
      append_u32(words.out(), is_mark(word, positive) ? kEquator + offset : kEquator - offset);
      return {};
    }
    const std::optional<std::uint64_t> value =
        part < units.size() ? fixed_point(word, part == 2 ? 3 : 0) : std::nullopt;
    if (!value || *value > (part == 0 ? most_degrees : part == 1 ? 59 : 59'999)) {
      return expected(what);
    }
    angle += *value * units[part];
    if (angle > std::uint64_t{most_degrees} * kDegree) {
      return expected(what);
    }
  }
}

std::optional<std::uint64_t> centimetres(std::string_view word) {
  if (word.ends_with('m')) {
    word.remove_suffix(1);
  }
  return fixed_point(word, 2);
}

Taken read_altitude(WordSource& words, Bytes& altitude) {
  std::string_view word = words.plain().value_or("");
  const bool is_below = word.starts_with('-');
  word.remove_prefix(is_below ? 1 : 0);
  const std::optional<std::uint64_t> value = centimetres(word);
  if (!value || (is_below ? *value > kBaseCentimetres : *value > 0xFFFF'FFFFU - kBaseCentimetres)) {
    return expected("an altitude from -100000 to 42849672.95 metres");
  }
  append_u32(altitude, static_cast<std::uint32_t>(is_below ? kBaseCentimetres - *value : kBaseCentimetres + *value));
  return {};
}

// One digit and a power of ten; what lies between is cut, as all readers do.
std::uint8_t mantissa_and_power(std::uint64_t value) {
  std::uint32_t power = 0;
  for (; value >= 10; ++power) {
    value /= 10;
  }
  return static_cast<std::uint8_t>(value << 4U | power);
}

std::string metres(std::uint64_t value) {
  const std::string fraction = std::to_string(value % 100);
  return std::to_string(value / 100) + (fraction.size() == 1 ? ".0" : ".") + fraction + "m";
}

bool put_angle(WireSource& wire, std::uint32_t most_degrees, const char* positive, const char* negative) {
  const std::optional<std::uint32_t> value = wire.number(4);
  const std::uint32_t angle = !value ? 0 : *value >= kEquator ? *value - kEquator : kEquator - *value;
  if (!value || angle > most_degrees * kDegree) {
    return false;
  }
  const std::string thousandths = std::to_string(angle % 1'000);
  wire.put(std::to_string(angle / kDegree));
  wire.put(std::to_string(angle / kMinute % 60));
  wire.put(std::to_string(angle / 1'000 % 60) + "." + std::string(3 - thousandths.size(), '0') + thousandths);
  return wire.put(*value >= kEquator ? positive : negative);
}

std::optional<std::string> size_text(std::uint8_t size) {
  const std::uint32_t mantissa = size >> 4U;
  const std::uint32_t powers = size & 0xFU;
  if (mantissa > 9 || powers > kMaxPowers) {
    return std::nullopt;
  }
  std::uint64_t value = mantissa;
  for (std::uint32_t power = 0; power < powers; ++power) {
    value *= 10;
  }
  return metres(value);
}

}  // namespace

Taken read_location(WordSource& words) {
  Bytes sizes{0, 0x12, 0x16, 0x13};  // version 0; 1 m, 10 km and 10 m, where they are not given (RFC 1876 section 3)
  Bytes altitude;
  words.put(sizes);
  if (auto taken = read_angle(words, 90, 'N', 'S'); !taken) {
    return taken;
  }
  if (auto taken = read_angle(words, 180, 'E', 'W'); !taken) {
    return taken;
  }
  if (auto taken = read_altitude(words, altitude); !taken) {
    return taken;
  }
  words.put(altitude);
  for (std::size_t at = 1; at < sizes.size() && !words.is_at_end(); ++at) {
    const std::optional<std::uint64_t> value = centimetres(words.plain().value_or(""));
    if (!value || *value > kMaxSizeCentimetres) {
      return expected("a size or precision up to 90000000.00 metres");
    }
    words.out()[at] = mantissa_and_power(*value);
  }
  return {};
}

bool write_location(WireSource& wire) {
  const std::optional<ByteView> head = wire.take(4);
  if (!head || (*head)[0] != 0 || !put_angle(wire, 90, "N", "S") || !put_angle(wire, 180, "E", "W")) {
    return false;
  }
  const std::optional<std::uint32_t> altitude = wire.number(4);
  if (!altitude) {
    return false;
  }
  const bool is_below = *altitude < kBaseCentimetres;
  wire.put((is_below ? "-" : "") + metres(is_below ? kBaseCentimetres - *altitude : *altitude - kBaseCentimetres));
  for (const std::uint8_t size : head->subspan(1)) {
    const std::optional<std::string> text = size_text(size);
    if (!text) {
      return false;
    }
    wire.put(*text);
  }
  return true;
}

}  // namespace zonestore
