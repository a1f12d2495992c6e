// How institutions call the selectors in their own zones: one word for the whole store, and the slot's number behind
// it. It is what their signatures say (s=) and what their CNAMEs are named by, so that it is chosen when a store is
// made and stays.
//
//   stxsel1._domainkey.mosamuseum.com. CNAME sel1-mosa._domainkey.dkim.secutix.com.
//   ^^^^^^ the word
//
// Threads: a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/dkim/selector.h"

namespace zonestore::dkim {

class CustomerSelectors {
 public:
  static constexpr std::string_view kDefaultWord = "stxsel";
  static constexpr std::size_t kMaxWordBytes = 32;  // people type it, and in lower case it is what a panel shows

  CustomerSelectors() = default;  // the default word

  // Letters (taken in lower case), digits and hyphens, not at the beginning. Errors: kInvalid; also for one whose
  // names would read as ours: "sel1-".
  [[nodiscard]] static Result<CustomerSelectors> parse(std::string_view word);

  [[nodiscard]] const std::string& word() const { return word_; }
  // The selector, the s= of the institution's signatures: "stxsel1".
  [[nodiscard]] std::string of(SlotId slot) const;
  // What the institution publishes: stxsel1._domainkey.mosamuseum.com. Errors: kInvalid when it would be longer than
  // 255 bytes.
  [[nodiscard]] Result<Name> name(SlotId slot, const Name& domain) const;

  // Whose selector this is, in any case; nullopt: nobody's.
  [[nodiscard]] std::optional<SlotId> slot_of(std::string_view selector) const;
  // sel2, and stxsel2 as the institution calls it, in any case. Errors: as dkim::parse_slot.
  [[nodiscard]] Result<SlotId> parse_slot(std::string_view text) const;
  // Whether it is meant for a slot, even for one that there is not: sel3, stxsel3.
  [[nodiscard]] bool reads_as_slot(std::string_view text) const;

  friend bool operator==(const CustomerSelectors&, const CustomerSelectors&) = default;

 private:
  explicit CustomerSelectors(std::string word) : word_(std::move(word)) {}
  std::string word_{kDefaultWord};
};

}  // namespace zonestore::dkim
