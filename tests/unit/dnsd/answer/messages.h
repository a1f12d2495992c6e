// Messages for tests, put together byte by byte: so that what the tests hold the code against is not the code.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/bytes.h"

namespace dnsd::test {

using zonestore::Bytes;
using zonestore::ByteView;

inline constexpr std::uint16_t kTxt = 16;
inline constexpr std::uint16_t kIn = 1;

inline void append(Bytes& out, ByteView more) {
  out.insert(out.end(), more.begin(), more.end());
}
inline void append_u16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
inline void append_u32(Bytes& out, std::uint32_t value) {
  append_u16(out, value >> 16);
  append_u16(out, value & 0xFFFF);
}

// "sel1._domainkey.example" in wire form; no escapes; "" is the root.
inline Bytes name(std::string_view text) {
  Bytes wire;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    wire.push_back(static_cast<std::uint8_t>(label.size()));
    wire.insert(wire.end(), label.begin(), label.end());
    text.remove_prefix(label.size() == text.size() ? label.size() : label.size() + 1);
  }
  wire.push_back(0);
  return wire;
}

inline Bytes question(ByteView wire_name, unsigned type = kTxt, unsigned question_class = kIn) {
  Bytes out(wire_name.begin(), wire_name.end());
  append_u16(out, type);
  append_u16(out, question_class);
  return out;
}

inline Bytes record(ByteView owner, unsigned type, unsigned record_class, std::uint32_t ttl, ByteView rdata) {
  Bytes out(owner.begin(), owner.end());
  append_u16(out, type);
  append_u16(out, record_class);
  append_u32(out, ttl);
  append_u16(out, static_cast<unsigned>(rdata.size()));
  append(out, rdata);
  return out;
}

inline constexpr std::uint32_t kDo = 0x8000;

inline Bytes opt(unsigned udp_bytes = 1232, std::uint32_t ttl = 0, ByteView rdata = {}) {
  return record(name(""), 41, udp_bytes, ttl, rdata);
}

// An option of an OPT record's data.
inline Bytes option(unsigned code, ByteView data = {}) {
  Bytes out;
  append_u16(out, code);
  append_u16(out, static_cast<unsigned>(data.size()));
  append(out, data);
  return out;
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) {
    append(out, part);
  }
  return out;
}

struct Counts {
  unsigned question = 1;
  unsigned answer = 0;
  unsigned authority = 0;
  unsigned additional = 0;
};

inline Bytes message(unsigned flags, Counts counts, std::initializer_list<Bytes> parts) {
  Bytes out;
  append_u16(out, 0xBEEF);
  append_u16(out, flags);
  append_u16(out, counts.question);
  append_u16(out, counts.answer);
  append_u16(out, counts.authority);
  append_u16(out, counts.additional);
  for (const Bytes& part : parts) {
    append(out, part);
  }
  return out;
}

inline Bytes query(std::string_view text, unsigned type = kTxt) {
  return message(0, {}, {question(name(text), type)});
}
inline Bytes query_with_opt(std::string_view text, unsigned type, const Bytes& opt_record) {
  return message(0, {1, 0, 0, 1}, {question(name(text), type), opt_record});
}

inline unsigned u16_at(ByteView bytes, std::size_t at) {
  return static_cast<unsigned>(bytes[at] << 8 | bytes[at + 1]);
}

// An answer, as far as a test looks at it.
struct Seen {
  Bytes bytes;

  [[nodiscard]] bool silent() const { return bytes.empty(); }
  [[nodiscard]] unsigned id() const { return u16_at(bytes, 0); }
  [[nodiscard]] unsigned flags() const { return u16_at(bytes, 2); }
  [[nodiscard]] unsigned rcode() const { return flags() & 0xF; }
  [[nodiscard]] bool aa() const { return (flags() & 0x0400) != 0; }
  [[nodiscard]] bool tc() const { return (flags() & 0x0200) != 0; }
  [[nodiscard]] unsigned questions() const { return u16_at(bytes, 4); }
  [[nodiscard]] unsigned answers() const { return u16_at(bytes, 6); }
  [[nodiscard]] unsigned authorities() const { return u16_at(bytes, 8); }
  [[nodiscard]] unsigned additionals() const { return u16_at(bytes, 10); }
  [[nodiscard]] Bytes from(std::size_t at) const {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end()};
  }
};

}  // namespace dnsd::test
