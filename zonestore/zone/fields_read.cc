// Fields out of words: see fields.h.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <arpa/inet.h>

#include "zonestore/base/big_endian.h"
#include "zonestore/base/letters.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/zone/fields.h"
#include "zonestore/zone/mnemonics.h"
#include "zonestore/zone/period.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kMaxU8 = 0xFF;
constexpr std::uint32_t kMaxU16 = 0xFFFF;
constexpr std::uint32_t kMaxU32 = 0xFFFF'FFFF;
constexpr std::size_t kMaxTagBytes = 255;

void put_number(WordSource& words, std::uint32_t number, std::size_t bytes) {
  for (std::size_t at = bytes; at-- > 0;) {
    words.out().push_back(static_cast<std::uint8_t>(number >> (8 * at) & kMaxU8));
  }
}

Taken read_number_field(WordSource& words, std::uint32_t most, std::size_t bytes) {
  const std::optional<std::uint32_t> number = words.number(most);
  if (!number) {
    return expected(number_up_to(most));
  }
  put_number(words, *number, bytes);
  return {};
}

Taken read_period(WordSource& words) {
  const std::optional<std::string_view> word = words.plain();
  const std::optional<std::uint64_t> seconds = word ? parse_period(*word) : std::nullopt;
  if (!seconds || *seconds > kMaxU32) {
    return expected(number_up_to(kMaxU32) + " of seconds, or a time such as 1h30m,");
  }
  put_number(words, static_cast<std::uint32_t>(*seconds), 4);
  return {};
}

Taken read_string(WordSource& words) {
  const DataWord* const word = words.next();
  if (word == nullptr) {
    return expected("a string");
  }
  const auto string = character_string(*word);
  if (!string) {
    return tl::unexpected(string.error());
  }
  words.put(*string);
  return {};
}

Taken read_strings(WordSource& words) {
  do {
    if (auto taken = read_string(words); !taken) {
      return taken;
    }
  } while (!words.is_at_end());
  return {};
}

// A character-string whose text `is_right`.
template <class IsRight>
Taken read_string_of(WordSource& words, const std::string& what, IsRight is_right) {
  const DataWord* const word = words.peek();
  const std::optional<Bytes> bytes = word == nullptr ? std::nullopt : unescaped(word->text);
  if (!bytes || !is_right(std::string(bytes->begin(), bytes->end()))) {
    return expected(what);
  }
  return read_string(words);
}

bool is_digits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

// A decimal number with sign and fraction, as GPOS has them (RFC 1712 section 3).
bool is_decimal(const std::string& text, double most) {
  const std::size_t begin = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (begin == text.size() || text.find_first_not_of("0123456789.", begin) != std::string::npos) {
    return false;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value <= most;
}

Taken read_degrees(WordSource& words, int most) {
  return read_string_of(words, "a number from -" + std::to_string(most) + " to " + std::to_string(most),
                        [most](const std::string& text) { return is_decimal(text, most); });
}

Taken read_tag(WordSource& words) {
  const std::optional<std::string_view> word = words.plain();
  if (!word || word->empty() || word->size() > kMaxTagBytes ||
      !std::all_of(word->begin(), word->end(), is_letter_or_digit)) {
    return expected("a tag of letters and digits, such as issue,");
  }
  words.out().push_back(static_cast<std::uint8_t>(word->size()));
  words.out().insert(words.out().end(), word->begin(), word->end());
  return {};
}

Taken read_text(WordSource& words) {
  const DataWord* const word = words.next();
  const std::optional<Bytes> bytes = word == nullptr ? std::nullopt : unescaped(word->text);
  if (!bytes) {
    return expected("a string, its backslashes before a character or three digits up to 255,");
  }
  words.put(*bytes);
  return {};
}

Taken read_hex(WordSource& words) {
  const std::optional<std::string> rest = words.plain_rest();
  const std::optional<Bytes> bytes = rest ? bytes_of_hex(*rest) : std::nullopt;
  if (!bytes || bytes->empty()) {
    return expected("hexadecimal of whole bytes");
  }
  words.put(*bytes);
  return {};
}

Taken put_counted(WordSource& words, const std::optional<Bytes>& bytes, std::string what) {
  if (!bytes || bytes->size() > kMaxU8) {
    return expected(std::move(what));
  }
  words.out().push_back(static_cast<std::uint8_t>(bytes->size()));
  words.put(*bytes);
  return {};
}

Taken read_salt(WordSource& words) {
  const std::optional<std::string_view> word = words.plain();
  const bool is_none = word == "-";
  return put_counted(words,
                     is_none                  ? Bytes()
                     : word && !word->empty() ? bytes_of_hex(*word)
                                              : std::nullopt,
                     "hexadecimal of whole bytes, or -,");
}

Taken read_hash(WordSource& words) {
  const std::optional<std::string_view> word = words.plain();
  return put_counted(words, word && !word->empty() ? bytes_of_base32hex(*word) : std::nullopt, "a hash in base32hex");
}

Taken read_mnemonic(WordSource& words, std::span<const Mnemonic> mnemonics, std::uint32_t most, std::size_t bytes) {
  const std::optional<std::string_view> word = words.plain();
  const std::optional<std::uint32_t> number = word ? number_of(*word, mnemonics, most) : std::nullopt;
  if (!number) {
    return expected(number_up_to(most) + ", or a mnemonic,");
  }
  put_number(words, *number, bytes);
  return {};
}

Taken read_type(WordSource& words) {
  const std::optional<RecordType> type = words.type();
  if (!type) {
    return expected("a record type");
  }
  append_u16(words.out(), static_cast<std::uint16_t>(*type));
  return {};
}

Taken read_time(WordSource& words) {
  const std::optional<std::string_view> word = words.plain();
  const std::optional<std::uint32_t> seconds = word ? seconds_of_date(*word) : std::nullopt;
  if (!seconds) {
    return expected("a time as YYYYMMDDHHmmSS");
  }
  put_number(words, *seconds, 4);
  return {};
}

// `groups` of `digits` each, a mark between them.
Taken read_groups(WordSource& words, std::size_t groups, std::size_t digits, char mark, std::string what) {
  std::string_view word = words.plain().value_or("");
  for (std::size_t group = 0; group < groups; ++group) {
    const bool is_last = group + 1 == groups;
    const std::optional<Bytes> bytes = bytes_of_hex(word.substr(0, digits));
    if (!bytes || bytes->size() != digits / 2 ||
        (is_last ? word.size() != digits : word.size() == digits || word[digits] != mark)) {
      return expected(std::move(what));
    }
    words.put(*bytes);
    word.remove_prefix(is_last ? digits : digits + 1);
  }
  return {};
}

Taken read_nsap(WordSource& words) {
  std::string word(words.plain().value_or(""));
  const bool has_prefix = word.starts_with("0x");
  std::erase(word, '.');
  const std::optional<Bytes> bytes = has_prefix ? bytes_of_hex(std::string_view(word).substr(2)) : std::nullopt;
  if (!bytes || bytes->empty()) {
    return expected("0x and hexadecimal of whole bytes");
  }
  words.put(*bytes);
  return {};
}

Taken read_address(WordSource& words, int family, std::string what) {
  const std::optional<std::string_view> word = words.plain();
  const std::optional<Bytes> address = word ? address_of(*word, family) : std::nullopt;
  if (!address) {
    return expected(std::move(what));
  }
  words.put(*address);
  return {};
}

}  // namespace

std::optional<Bytes> address_of(std::string_view text, int family) {
  Bytes address(family == AF_INET ? 4 : 16);
  return ::inet_pton(family, std::string(text).c_str(), address.data()) == 1 ? std::optional(std::move(address))
                                                                             : std::nullopt;
}

Taken read_ipv4(WordSource& words) {
  return read_address(words, AF_INET, "an IPv4 address");
}

Taken read_ipv6(WordSource& words) {
  return read_address(words, AF_INET6, "an IPv6 address");
}

Taken read_base64(WordSource& words, bool may_be_empty) {
  const std::optional<std::string> rest = words.plain_rest();
  const std::optional<Bytes> bytes = rest ? bytes_of_base64(*rest) : std::nullopt;
  if (!bytes || (bytes->empty() && !may_be_empty)) {
    return expected("base64 of whole bytes");
  }
  words.put(*bytes);
  return {};
}

Taken read_algorithm(WordSource& words) {
  return read_mnemonic(words, kAlgorithms, kMaxU8, 1);
}

namespace {

Taken read_number_field(Field field, WordSource& words) {
  switch (field) {
    case Field::kU8:
      return read_number_field(words, kMaxU8, 1);
    case Field::kU16:
      return read_number_field(words, kMaxU16, 2);
    case Field::kU32:
      return read_number_field(words, kMaxU32, 4);
    case Field::kPeriod:
      return read_period(words);
    case Field::kAlgorithm:
      return read_algorithm(words);
    case Field::kCertificate:
      return read_mnemonic(words, kCertificates, kMaxU16, 2);
    case Field::kType:
      return read_type(words);
    default:
      return read_time(words);
  }
}

Taken read_string_field(Field field, WordSource& words) {
  switch (field) {
    case Field::kString:
      return read_string(words);
    case Field::kStringOrNone:
      return words.is_at_end() ? Taken() : read_string(words);
    case Field::kStrings:
      return read_strings(words);
    case Field::kDigits:
      return read_string_of(words, "an address of four digits or more",
                            [](const std::string& text) { return text.size() >= 4 && is_digits(text); });
    case Field::kDegrees90:
      return read_degrees(words, 90);
    case Field::kDegrees180:
      return read_degrees(words, 180);
    case Field::kMetres:
      return read_string_of(words, "a number of metres", [](const std::string& text) {
        return is_decimal(text, std::numeric_limits<double>::max());
      });
    case Field::kTag:
      return read_tag(words);
    default:
      return read_text(words);
  }
}

Taken read_bytes_field(Field field, WordSource& words) {
  switch (field) {
    case Field::kHex:
      return read_hex(words);
    case Field::kBase64:
    case Field::kKey:
      return read_base64(words, field == Field::kKey);
    case Field::kSalt:
      return read_salt(words);
    case Field::kHash:
      return read_hash(words);
    case Field::kEui48:
      return read_groups(words, 6, 2, '-', "an address as 00-00-5e-00-53-2a");
    case Field::kEui64:
      return read_groups(words, 8, 2, '-', "an address as 00-00-5e-ef-10-00-00-2a");
    case Field::kLocator:
      return read_groups(words, 4, 4, ':', "64 bits as 2001:0db8:1140:1000");
    default:
      return read_nsap(words);
  }
}

Taken read_whole_form(Field field, WordSource& words) {
  switch (field) {
    case Field::kTypes:
      return read_types(words);
    case Field::kServices:
      return read_services(words);
    case Field::kLocation:
      return read_location(words);
    case Field::kPrefixes:
      return read_prefixes(words);
    case Field::kGateway:
      return read_gateway(words);
    case Field::kRelay:
      return read_relay(words);
    case Field::kIdentity:
      return read_identity(words);
    default:
      return read_parameters(words);
  }
}

}  // namespace

FieldKind kind_of(Field field) {
  switch (field) {
    case Field::kName:
      return FieldKind::kName;
    case Field::kIpv4:
      return FieldKind::kIpv4;
    case Field::kIpv6:
      return FieldKind::kIpv6;
    case Field::kU8:
    case Field::kU16:
    case Field::kU32:
    case Field::kPeriod:
    case Field::kAlgorithm:
    case Field::kCertificate:
    case Field::kType:
    case Field::kTime:
      return FieldKind::kNumber;
    case Field::kString:
    case Field::kStringOrNone:
    case Field::kStrings:
    case Field::kDigits:
    case Field::kDegrees90:
    case Field::kDegrees180:
    case Field::kMetres:
    case Field::kTag:
    case Field::kText:
      return FieldKind::kString;
    case Field::kHex:
    case Field::kBase64:
    case Field::kKey:
    case Field::kSalt:
    case Field::kHash:
    case Field::kEui48:
    case Field::kEui64:
    case Field::kLocator:
    case Field::kNsap:
      return FieldKind::kBytes;
    default:
      return FieldKind::kWholeForm;
  }
}

Taken read_field(Field field, WordSource& words) {
  switch (kind_of(field)) {
    case FieldKind::kName:
      return words.name();
    case FieldKind::kIpv4:
      return read_ipv4(words);
    case FieldKind::kIpv6:
      return read_ipv6(words);
    case FieldKind::kNumber:
      return read_number_field(field, words);
    case FieldKind::kString:
      return read_string_field(field, words);
    case FieldKind::kBytes:
      return read_bytes_field(field, words);
    case FieldKind::kWholeForm:
      break;
  }
  return read_whole_form(field, words);
}

}  // namespace zonestore
