// Bitmaps: of record types (RFC 4034 section 4.1.2) and of ports (RFC 1035 section 3.4.2).
#include <algorithm>
#include <array>
#include <set>

#include "zonestore/zone/fields.h"
#include "zonestore/zone/mnemonics.h"

namespace zonestore {
namespace {

constexpr std::size_t kWindowBytes = 32;
constexpr std::uint32_t kMaxPort = 0xFFFF;
constexpr std::array kProtocols{Mnemonic{6, "TCP"}, Mnemonic{17, "UDP"}};
// The services that such records name; any other by its number.
constexpr std::array kPorts{
    Mnemonic{7, "ECHO"},    Mnemonic{9, "DISCARD"}, Mnemonic{13, "DAYTIME"}, Mnemonic{20, "FTP-DATA"},
    Mnemonic{21, "FTP"},    Mnemonic{22, "SSH"},    Mnemonic{23, "TELNET"},  Mnemonic{25, "SMTP"},
    Mnemonic{37, "TIME"},   Mnemonic{53, "DOMAIN"}, Mnemonic{69, "TFTP"},    Mnemonic{79, "FINGER"},
    Mnemonic{80, "HTTP"},   Mnemonic{110, "POP3"},  Mnemonic{119, "NNTP"},   Mnemonic{123, "NTP"},
    Mnemonic{143, "IMAP2"}, Mnemonic{443, "HTTPS"}, Mnemonic{993, "IMAPS"},  Mnemonic{995, "POP3S"},
};

void set_bit(Bytes& bitmap, std::size_t bit) {
  bitmap.resize(std::max(bitmap.size(), bit / 8 + 1));
  bitmap[bit / 8] = static_cast<std::uint8_t>(bitmap[bit / 8] | 0x80U >> bit % 8);
}

template <class Visit>
void for_each_bit(ByteView bitmap, Visit visit) {
  for (std::size_t bit = 0; bit < 8 * bitmap.size(); ++bit) {
    if ((bitmap[bit / 8] & 0x80U >> bit % 8) != 0) {
      visit(bit);
    }
  }
}

}  // namespace

Taken read_types(WordSource& words) {
  std::set<std::uint16_t> types;
  while (!words.is_at_end()) {
    const std::optional<RecordType> type = words.type();
    if (!type) {
      return expected("a record type");
    }
    types.insert(static_cast<std::uint16_t>(*type));
  }
  for (auto type = types.begin(); type != types.end();) {
    const unsigned window = *type >> 8U;
    Bytes bitmap;
    for (; type != types.end() && *type >> 8U == window; ++type) {
      set_bit(bitmap, *type & 0xFFU);
    }
    words.out().push_back(static_cast<std::uint8_t>(window));
    words.out().push_back(static_cast<std::uint8_t>(bitmap.size()));
    words.put(bitmap);
  }
  return {};
}

bool write_types(WireSource& wire) {
  while (!wire.is_at_end()) {
    const std::optional<std::uint32_t> window = wire.number(1);
    const std::optional<ByteView> bitmap = wire.counted();
    if (!bitmap || bitmap->empty() || bitmap->size() > kWindowBytes) {
      return false;
    }
    for_each_bit(*bitmap, [&](std::size_t bit) { wire.put(to_text(static_cast<RecordType>(*window << 8U | bit))); });
  }
  return true;
}

Taken read_services(WordSource& words) {
  const std::optional<std::string_view> protocol = words.plain();
  const auto number = protocol ? number_of(*protocol, kProtocols, 0xFF) : std::nullopt;
  if (!number) {
    return expected("a protocol, such as TCP,");
  }
  words.out().push_back(static_cast<std::uint8_t>(*number));
  Bytes ports;
  while (!words.is_at_end()) {
    const std::optional<std::string_view> word = words.plain();
    const auto port = word ? number_of(*word, kPorts, kMaxPort) : std::nullopt;
    if (!port) {
      return expected("a port from 0 to 65535");
    }
    set_bit(ports, *port);
  }
  words.put(ports);
  return {};
}

bool write_services(WireSource& wire) {
  const std::optional<std::uint32_t> protocol = wire.number(1);
  if (!protocol || wire.rest().size() > (kMaxPort + 1) / 8) {
    return false;
  }
  wire.put(std::to_string(*protocol));
  for_each_bit(wire.take_rest(), [&wire](std::size_t port) { wire.put(std::to_string(port)); });
  return true;
}

}  // namespace zonestore
