// A domain name (RFC 1034 section 3.1, RFC 2181 section 11): bytes, not text.
//
// Shape: uncompressed wire form, 1 to 255 bytes, labels of 1 to 63 bytes, the root label at the end. Any
// byte value may stand in a label. The case that came in is kept; comparing and hashing fold ASCII letters
// only (RFC 4343). Names of the wire's fast path are spans; this owning type is for the edges.
// Threads: plain value.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore {

inline constexpr std::size_t kMaxNameBytes = 255;  // RFC 1035 section 2.3.4
inline constexpr std::size_t kMaxLabelBytes = 63;

// ASCII only (RFC 4343); independent of the locale.
[[nodiscard]] constexpr std::uint8_t to_lower(std::uint8_t byte) {
  return (byte >= 'A' && byte <= 'Z') ? static_cast<std::uint8_t>(byte + ('a' - 'A')) : byte;
}
[[nodiscard]] std::string lower_case(std::string_view text);  // byte by byte, as to_lower

class Name {
 public:
  Name();  // the root

  // Presentation form, with or without the final dot (always taken as absolute), with \X and \DDD escapes
  // (RFC 1035 section 5.1). Errors: kInvalid, saying which label and why.
  [[nodiscard]] static Result<Name> parse(std::string_view text);

  // The same, and the error's message says why without a word of the text.
  [[nodiscard]] static Result<Name> parse_unquoted(std::string_view text);

  // The uncompressed wire form that starts at wire[0]; bytes after the root label are an error.
  [[nodiscard]] static Result<Name> from_wire(ByteView wire);

  [[nodiscard]] ByteView wire() const;
  [[nodiscard]] std::size_t size_bytes() const { return wire_.size(); }
  [[nodiscard]] std::size_t label_count() const;  // without the root label
  [[nodiscard]] bool is_root() const { return wire_.size() == 1; }

  // With the final dot; special and non-printing bytes escaped. to_text_no_dot() is for people.
  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] std::string to_text_no_dot() const;

  [[nodiscard]] Name lowered() const;
  [[nodiscard]] Name parent() const;  // of the root: the root

  // True for the name itself too.
  [[nodiscard]] bool is_at_or_below(const Name& ancestor) const;

  // label + "." + this name. Errors: kInvalid when a label or the whole gets too long.
  [[nodiscard]] Result<Name> child(std::string_view label) const;

  // Equality without regard to ASCII case; order is the canonical one of RFC 4034 section 6.1.
  friend bool operator==(const Name& left, const Name& right);
  friend std::strong_ordering operator<=>(const Name& left, const Name& right);

 private:
  explicit Name(std::string wire) : wire_(std::move(wire)) {}
  std::string wire_;
};

// The store's owner key: the labels between the zone's apex and the name, lower-cased, from the one next to
// the apex outwards; within a label byte 0 is written 01 01 and byte 1 is written 01 02; each label ends in
// byte 0. The apex itself is the empty key. Keys compared as byte strings sort as RFC 4034 section 6.1 asks.
// Precondition of encode: name is at or below apex.
[[nodiscard]] Bytes encode_owner_key(const Name& name, const Name& apex);
// Errors: kDamaged for bytes that no encode makes.
[[nodiscard]] Result<Name> decode_owner_key(ByteView key, const Name& apex);
// The same without an allocation: the name in lower-cased wire form, a view into `buffer`.
using OwnerBuffer = std::array<std::uint8_t, kMaxNameBytes>;
[[nodiscard]] Result<ByteView> decode_owner_key(ByteView key, const Name& apex, OwnerBuffer& buffer);

}  // namespace zonestore
