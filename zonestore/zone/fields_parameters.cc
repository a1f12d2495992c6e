// The parameters of SVCB and HTTPS (RFC 9460 section 2.1 and appendix A): key=value, key="value" or key alone, in any
// order; on the wire in the order of their numbers.
#include <algorithm>
#include <array>
#include <map>

#include <sys/socket.h>

#include "zonestore/base/big_endian.h"
#include "zonestore/base/joined.h"
#include "zonestore/base/letters.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/zone/fields.h"
#include "zonestore/zone/mnemonics.h"
#include "zonestore/zone/service_parameters.h"

namespace zonestore {
namespace {

constexpr std::array kKeys{
    Mnemonic{kMandatory, "mandatory"}, Mnemonic{kAlpn, "alpn"},         Mnemonic{kNoDefaultAlpn, "no-default-alpn"},
    Mnemonic{kPort, "port"},           Mnemonic{kIpv4Hint, "ipv4hint"}, Mnemonic{kEch, "ech"},
    Mnemonic{kIpv6Hint, "ipv6hint"},   Mnemonic{kDohPath, "dohpath"},
};

constexpr std::string_view kNumbered = "key";

// A name of the registry, or key and a number without a zero before it; 65535 is kept (RFC 9460 section 14.3.2).
std::optional<std::uint16_t> key_number(std::string_view text) {
  for (const Mnemonic& each : kKeys) {
    if (each.text == text) {
      return each.number;
    }
  }
  if (!text.starts_with(kNumbered)) {
    return std::nullopt;
  }
  text.remove_prefix(kNumbered.size());
  const std::optional<std::uint32_t> number =
      text.size() > 1 && text.front() == '0' ? std::nullopt : decimal(text, 0xFFFE);
  return number ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

std::string key_text(std::uint32_t key) {
  for (const Mnemonic& each : kKeys) {
    if (each.number == key) {
      return std::string(each.text);
    }
  }
  return std::string(kNumbered) + std::to_string(key);
}

// A comma-separated list, in which a backslash takes the meaning of the byte behind it (RFC 9460 appendix A.1).
std::optional<std::vector<Bytes>> items_of(ByteView value) {
  std::vector<Bytes> items(1);
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (value[at] == ',') {
      items.emplace_back();
      continue;
    }
    at += value[at] == '\\' ? 1 : 0;
    if (at == value.size()) {
      return std::nullopt;
    }
    items.back().push_back(value[at]);
  }
  const bool has_empty = std::any_of(items.begin(), items.end(), [](const Bytes& item) { return item.empty(); });
  return has_empty ? std::nullopt : std::optional(std::move(items));
}

std::optional<Bytes> protocols_of(const std::vector<Bytes>& items) {
  Bytes bytes;
  for (const Bytes& item : items) {
    if (item.size() > 0xFF) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<std::uint8_t>(item.size()));
    bytes.insert(bytes.end(), item.begin(), item.end());
  }
  return bytes;
}

std::string text_of(const Bytes& item) {
  return {item.begin(), item.end()};
}

std::optional<Bytes> addresses_of(const std::vector<Bytes>& items, int family) {
  Bytes bytes;
  for (const Bytes& item : items) {
    const std::optional<Bytes> address =
        std::find(item.begin(), item.end(), 0) == item.end() ? address_of(text_of(item), family) : std::nullopt;
    if (!address) {
      return std::nullopt;
    }
    bytes.insert(bytes.end(), address->begin(), address->end());
  }
  return bytes;
}

// In the order of the wire; a key twice stays so, for the rules to see.
std::optional<Bytes> keys_of(const std::vector<Bytes>& items) {
  std::vector<std::uint16_t> keys;
  for (const Bytes& item : items) {
    const std::optional<std::uint16_t> key = key_number(text_of(item));
    if (!key) {
      return std::nullopt;
    }
    keys.push_back(*key);
  }
  std::sort(keys.begin(), keys.end());
  Bytes bytes;
  for (const std::uint16_t key : keys) {
    append_u16(bytes, key);
  }
  return bytes;
}

std::optional<Bytes> port_of(const Bytes& value) {
  const std::optional<std::uint32_t> port = decimal(text_of(value), 0xFFFF);
  Bytes bytes;
  append_u16(bytes, static_cast<std::uint16_t>(port.value_or(0)));
  return port ? std::optional(bytes) : std::nullopt;
}

std::optional<Bytes> value_of(std::uint16_t key, const Bytes& value) {
  if (key == kPort || key == kEch || key == kNoDefaultAlpn || key == kDohPath || key > kDohPath) {
    return key == kPort ? port_of(value) : key == kEch ? bytes_of_base64(text_of(value)) : std::optional(value);
  }
  const std::optional<std::vector<Bytes>> items = items_of(value);
  if (!items) {
    return std::nullopt;
  }
  switch (key) {
    case kMandatory:
      return keys_of(*items);
    case kAlpn:
      return protocols_of(*items);
    default:
      return addresses_of(*items, key == kIpv4Hint ? AF_INET : AF_INET6);
  }
}

// What stands behind a key: its own word's rest, or the quoted word glued to it. nullopt: malformed.
std::optional<Bytes> value_behind(WordSource& words, std::string_view own) {
  const DataWord* const quoted_word = words.peek();
  if (own.empty() && quoted_word != nullptr && quoted_word->is_quoted && quoted_word->is_glued) {
    words.next();
    return unescaped(quoted_word->text);
  }
  return unescaped(own);
}

struct WrittenParameter {
  std::uint16_t key = 0;
  Bytes value;
};

tl::expected<WrittenParameter, std::string> read_parameter(WordSource& words) {
  const DataWord* const word = words.next();
  const std::size_t equals = word->text.find('=');
  const std::string_view name = word->text.substr(0, equals);
  const std::optional<std::uint16_t> key = word->is_quoted || word->is_glued ? std::nullopt : key_number(name);
  if (!key) {
    return expected("a parameter such as alpn=h2 or key667=\"a b\", a blank before it,");
  }
  if (equals == std::string_view::npos) {
    return *key == kNoDefaultAlpn || *key > kDohPath
               ? tl::expected<WrittenParameter, std::string>(WrittenParameter{*key, {}})
               : expected("a value of " + key_text(*key));
  }
  const std::optional<Bytes> text = value_behind(words, word->text.substr(equals + 1));
  // A number for a key that has a name: its value is in bytes (RFC 9460 section 2.1).
  const bool is_in_bytes = name.starts_with(kNumbered);
  std::optional<Bytes> value = !text ? std::nullopt : is_in_bytes ? text : value_of(*key, *text);
  if (!value || value->size() > 0xFFFF) {
    return expected("a value of the form that " + key_text(*key) + " has");
  }
  return WrittenParameter{*key, *std::move(value)};
}

std::string list_text(const std::vector<std::string>& items) {
  return joined(items, ",");
}

// Plain where every reader takes it so, else in quotes.
std::string shown_value(const std::string& value) {
  constexpr std::string_view kMarks = "-._:/,+=";
  const bool is_plain = !value.empty() && std::all_of(value.begin(), value.end(), [&](char each) {
    return is_letter_or_digit(each) || kMarks.find(each) != std::string_view::npos;
  });
  return is_plain ? value : quoted(Bytes(value.begin(), value.end()));
}

std::string protocols_text(ByteView value) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at < value.size(); at += value[at] + 1U) {
    std::string item;
    for (const std::uint8_t byte : value.subspan(at + 1, value[at])) {
      item += byte == ',' || byte == '\\' ? "\\" : "";
      item += static_cast<char>(byte);
    }
    items.push_back(std::move(item));
  }
  return list_text(items);
}

std::string addresses_text(ByteView value, std::size_t size) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at < value.size(); at += size) {
    items.push_back(address_text(value.subspan(at, size)));
  }
  return list_text(items);
}

std::string keys_text(ByteView value) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at < value.size(); at += 2) {
    items.push_back(key_text(read_u16(value.subspan(at))));
  }
  return list_text(items);
}

// Of a value of right form (parameter_fault).
std::string value_text(std::uint32_t key, ByteView value) {
  switch (key) {
    case kMandatory:
      return keys_text(value);
    case kAlpn:
      return protocols_text(value);
    case kPort:
      return std::to_string(read_u16(value));
    case kIpv4Hint:
      return addresses_text(value, 4);
    case kEch:
      return base64_of(value);
    case kIpv6Hint:
      return addresses_text(value, 16);
    default:
      return {value.begin(), value.end()};
  }
}

}  // namespace

Taken read_parameters(WordSource& words) {
  std::map<std::uint16_t, Bytes> parameters;
  while (!words.is_at_end()) {
    auto parameter = read_parameter(words);
    if (!parameter) {
      return tl::unexpected(std::move(parameter.error()));
    }
    if (!parameters.emplace(parameter->key, std::move(parameter->value)).second) {
      return expected(key_text(parameter->key) + " once");
    }
  }
  for (const auto& [key, value] : parameters) {
    append_u16(words.out(), key);
    append_u16(words.out(), static_cast<std::uint16_t>(value.size()));
    words.put(value);
  }
  return {};
}

bool write_parameters(WireSource& wire) {
  if (parameter_fault(wire.rest()) == ParameterFault::kForm) {
    return false;
  }
  while (!wire.is_at_end()) {
    const std::optional<std::uint32_t> key = wire.number(2);
    const std::optional<std::uint32_t> size = wire.number(2);
    const std::optional<ByteView> value = size ? wire.take(*size) : std::nullopt;
    if (!value) {
      return false;
    }
    const std::string text = value->empty() ? "" : "=" + shown_value(value_text(*key, *value));
    wire.put(key_text(*key) + text);
  }
  return true;
}

}  // namespace zonestore
