// Institution codes, selector slots, and the names made of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/zone/name.h"

namespace zonestore::dkim {

inline constexpr std::size_t kMaxCodeBytes = 37;  // then an RSA 2048 answer fits 512 bytes without EDNS

enum class SlotId : std::uint8_t { kSel1 = 1, kSel2 = 2 };
inline constexpr std::array kSlots{SlotId::kSel1, SlotId::kSel2};

[[nodiscard]] std::string to_text(SlotId slot);  // "sel1"
[[nodiscard]] Result<SlotId> parse_slot(std::string_view text);
// Whether it is meant for a slot, in any case, even for one that there is not: sel3.
[[nodiscard]] bool reads_as_slot(std::string_view text);
// "sel2-mosa", the first label of a name of ours: a slot, a hyphen, and whatever follows.
[[nodiscard]] bool reads_as_own_selector(std::string_view label);
[[nodiscard]] constexpr SlotId other(SlotId slot) {
  return slot == SlotId::kSel1 ? SlotId::kSel2 : SlotId::kSel1;
}

// The institution's code: 1 to 37 lower-case letters, digits and inner hyphens.
class Code {
 public:
  // Errors: kInvalid, with what is wrong with it and, for a long one, why the limit is there.
  [[nodiscard]] static Result<Code> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const Code&, const Code&) = default;

 private:
  explicit Code(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// sel1-mosa._domainkey.dkim.secutix.com. Errors: kInvalid when it would be longer than 255 bytes.
[[nodiscard]] Result<Name> selector_name(const Code& code, SlotId slot, const Name& dkim_zone);
// An institution's mail domain: a host name of at least two labels (letters, digits, inner hyphens, and
// underscores are refused), lower-cased. Errors: kInvalid.
[[nodiscard]] Result<Name> parse_domain(std::string_view text);

// The same of a word that stands in a file, `where` in its line ("column code", "word 2"): the message never shows
// the word, which may be a key (base/file_text.h).
[[nodiscard]] Result<Code> code_in_file(std::string_view where, std::string_view word);
[[nodiscard]] Result<Name> domain_in_file(std::string_view where, std::string_view word);

}  // namespace zonestore::dkim
