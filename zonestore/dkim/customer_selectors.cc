#include "zonestore/dkim/customer_selectors.h"

#include <algorithm>

#include "zonestore/base/letters.h"
#include "zonestore/base/printable.h"

namespace zonestore::dkim {

namespace {

std::string number_of(SlotId slot) {
  return std::to_string(static_cast<unsigned>(slot));
}

// "has a character that..."; empty for a word that is right.
std::string word_fault(std::string_view word) {
  if (word.empty()) {
    return "is empty";
  }
  if (word.size() > CustomerSelectors::kMaxWordBytes) {
    return "has " + std::to_string(word.size()) + " characters";
  }
  if (word.front() == '-') {
    return "begins with a hyphen";
  }
  if (!std::all_of(word.begin(), word.end(), [](char c) { return is_small_letter_or_digit(c) || c == '-'; })) {
    return "has a character that is no letter, digit or hyphen";
  }
  // "sel1-" and "1" are "sel1-1", as our selector of an institution 1 is.
  if (reads_as_own_selector(std::string(word) + number_of(SlotId::kSel1))) {
    return "begins as our own selectors do (sel1-CODE), which could not be told apart";
  }
  return {};
}

}  // namespace

Result<CustomerSelectors> CustomerSelectors::parse(std::string_view word) {
  std::string lowered = lower_case(word);
  if (const std::string fault = word_fault(lowered); !fault.empty()) {
    return fail(
        ErrorCode::kInvalid,
        "the word " + (word.empty() ? "" : "'" + printable(word) + "' ") + "for customers' selectors " + fault,
        "1 to " + std::to_string(kMaxWordBytes) + " letters, digits and hyphens, such as " +
            std::string(kDefaultWord) + ": institutions then publish " + std::string(kDefaultWord) + "1 and " +
            std::string(kDefaultWord) + "2");
  }
  return CustomerSelectors(std::move(lowered));
}

std::string CustomerSelectors::of(SlotId slot) const {
  return word_ + number_of(slot);
}

Result<Name> CustomerSelectors::name(SlotId slot, const Name& domain) const {
  return domain.child("_domainkey").and_then([&](const Name& parent) { return parent.child(of(slot)); });
}

std::optional<SlotId> CustomerSelectors::slot_of(std::string_view selector) const {
  const std::string lowered = lower_case(selector);
  const auto* const found =
      std::find_if(kSlots.begin(), kSlots.end(), [&](SlotId slot) { return of(slot) == lowered; });
  return found == kSlots.end() ? std::nullopt : std::optional(*found);
}

Result<SlotId> CustomerSelectors::parse_slot(std::string_view text) const {
  if (const std::optional<SlotId> slot = slot_of(text)) {
    return *slot;
  }
  const std::string lowered = lower_case(text);
  if (dkim::reads_as_slot(lowered)) {
    return dkim::parse_slot(lowered);
  }
  auto slot =
      reads_as_slot(lowered) ? dkim::parse_slot("sel" + lowered.substr(word_.size())) : dkim::parse_slot(text);
  slot.error().hint += ", which institutions call " + of(SlotId::kSel1) + " and " + of(SlotId::kSel2);
  return slot;
}

bool CustomerSelectors::reads_as_slot(std::string_view text) const {
  const std::string lowered = lower_case(text);
  return dkim::reads_as_slot(lowered) ||
         (lowered.size() == word_.size() + 1 && lowered.starts_with(word_) && is_digit(lowered.back()));
}

}  // namespace zonestore::dkim
