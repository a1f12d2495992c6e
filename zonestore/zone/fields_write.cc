// Fields out of bytes: see fields.h.
#include <arpa/inet.h>

#include "zonestore/base/text_encodings.h"
#include "zonestore/zone/fields.h"
#include "zonestore/zone/mnemonics.h"

namespace zonestore {
namespace {

bool write_number(WireSource& wire, std::size_t bytes) {
  const std::optional<std::uint32_t> number = wire.number(bytes);
  return number && wire.put(std::to_string(*number));
}

bool put_address(WireSource& wire, std::size_t bytes) {
  const std::optional<ByteView> address = wire.take(bytes);
  return address && wire.put(address_text(*address));
}

bool put_string(WireSource& wire) {
  const std::optional<ByteView> string = wire.counted();
  return string && wire.put(quoted(*string));
}

bool put_strings(WireSource& wire) {
  do {
    if (!put_string(wire)) {
      return false;
    }
  } while (!wire.is_at_end());
  return true;
}

bool put_plain_string(WireSource& wire) {
  const std::optional<ByteView> string = wire.counted();
  return string && !string->empty() && wire.put(std::string(string->begin(), string->end()));
}

bool put_salt(WireSource& wire) {
  const std::optional<ByteView> salt = wire.counted();
  return salt && wire.put(salt->empty() ? "-" : hex_of(*salt));
}

bool put_hash(WireSource& wire) {
  const std::optional<ByteView> hash = wire.counted();
  return hash && !hash->empty() && wire.put(base32hex_of(*hash));
}

bool put_type(WireSource& wire) {
  const std::optional<std::uint32_t> type = wire.number(2);
  return type && wire.put(to_text(static_cast<RecordType>(*type)));
}

bool put_time(WireSource& wire) {
  const std::optional<std::uint32_t> seconds = wire.number(4);
  return seconds && wire.put(date_of_seconds(*seconds));
}

bool put_groups(WireSource& wire, std::size_t bytes, std::size_t in_group, char mark) {
  const std::optional<ByteView> taken = wire.take(bytes);
  if (!taken) {
    return false;
  }
  std::string text;
  for (std::size_t at = 0; at < bytes; at += in_group) {
    text += at == 0 ? "" : std::string(1, mark);
    text += hex_of(taken->subspan(at, in_group));
  }
  return wire.put(text);
}

bool put_key(WireSource& wire) {
  return wire.is_at_end() || wire.put(base64_of(wire.take_rest()));
}

bool write_number_field(Field field, WireSource& wire) {
  switch (field) {
    case Field::kU8:
    case Field::kAlgorithm:
      return write_number(wire, 1);
    case Field::kU16:
    case Field::kCertificate:
      return write_number(wire, 2);
    case Field::kType:
      return put_type(wire);
    case Field::kTime:
      return put_time(wire);
    default:
      return write_number(wire, 4);
  }
}

bool write_string_field(Field field, WireSource& wire) {
  switch (field) {
    case Field::kStringOrNone:
      return wire.is_at_end() || put_string(wire);
    case Field::kStrings:
      return put_strings(wire);
    case Field::kTag:
      return put_plain_string(wire);
    case Field::kText:
      return wire.put(quoted(wire.take_rest()));
    default:
      return put_string(wire);
  }
}

bool write_bytes_field(Field field, WireSource& wire) {
  switch (field) {
    case Field::kHex:
      return wire.is_at_end() || wire.put(hex_of(wire.take_rest()));
    case Field::kBase64:
    case Field::kKey:
      return put_key(wire);
    case Field::kSalt:
      return put_salt(wire);
    case Field::kHash:
      return put_hash(wire);
    case Field::kEui48:
      return put_groups(wire, 6, 1, '-');
    case Field::kEui64:
      return put_groups(wire, 8, 1, '-');
    case Field::kLocator:
      return put_groups(wire, 8, 2, ':');
    default:
      return !wire.is_at_end() && wire.put("0x" + hex_of(wire.take_rest()));
  }
}

bool write_whole_form(Field field, WireSource& wire) {
  switch (field) {
    case Field::kTypes:
      return write_types(wire);
    case Field::kServices:
      return write_services(wire);
    case Field::kLocation:
      return write_location(wire);
    case Field::kPrefixes:
      return write_prefixes(wire);
    case Field::kGateway:
      return write_gateway(wire);
    case Field::kRelay:
      return write_relay(wire);
    case Field::kIdentity:
      return write_identity(wire);
    default:
      return write_parameters(wire);
  }
}

}  // namespace

std::string address_text(ByteView address) {
  std::string text(INET6_ADDRSTRLEN, '\0');
  const char* const written = ::inet_ntop(address.size() == 4 ? AF_INET : AF_INET6, address.data(), text.data(),
                                          static_cast<socklen_t>(text.size()));
  return written == nullptr ? "" : written;
}

bool write_field(Field field, WireSource& wire) {
  switch (kind_of(field)) {
    case FieldKind::kName:
      return wire.put_name();
    case FieldKind::kIpv4:
      return put_address(wire, 4);
    case FieldKind::kIpv6:
      return put_address(wire, 16);
    case FieldKind::kNumber:
      return write_number_field(field, wire);
    case FieldKind::kString:
      return write_string_field(field, wire);
    case FieldKind::kBytes:
      return write_bytes_field(field, wire);
    case FieldKind::kWholeForm:
      break;
  }
  return write_whole_form(field, wire);
}

bool is_one_to_one(Field field) {
  switch (field) {
    case Field::kEnd:
    case Field::kU8:
    case Field::kU16:
    case Field::kU32:
    case Field::kPeriod:
    case Field::kName:
    case Field::kIpv4:
    case Field::kIpv6:
    case Field::kString:
    case Field::kStrings:
    case Field::kText:
    case Field::kKey:
    case Field::kAlgorithm:
      return true;
    default:
      return false;
  }
}

}  // namespace zonestore
