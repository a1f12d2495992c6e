#include "zonestore/dkim/selector.h"

#include <algorithm>

namespace zonestore::dkim {

namespace {

constexpr bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](char character) { return static_cast<char>(to_lower(static_cast<std::uint8_t>(character))); });
  return lowered;
}

// Unprintable bytes of what was typed must not reach a terminal.
std::string quoted(std::string_view text) {
  std::string printable(text);
  std::replace_if(
      printable.begin(), printable.end(), [](char character) { return character < ' ' || character > '~'; }, '?');
  return "'" + printable + "'";
}

// Letters, digits, hyphens inside (RFC 952, RFC 1123 section 2.1). Empty if the label is so, else what is wrong.
std::string host_label_fault(std::string_view label) {
  if (label.empty()) {
    return "it has an empty label";
  }
  if (label.front() == '-' || label.back() == '-') {
    return "the label " + quoted(label) + " begins or ends with a hyphen";
  }
  for (const char character : label) {
    if (character == '_') {
      return "the label " + quoted(label) + " has an underscore, which no mail domain has";
    }
    if ((static_cast<unsigned char>(character) & 0x80U) != 0) {
      return "it has a letter outside ASCII; write the xn-- form";
    }
    if (!is_letter_or_digit(character) && character != '-') {
      return "the label " + quoted(label) + " has a character that is no letter, digit or hyphen";
    }
  }
  return {};
}

std::string host_name_fault(std::string_view name) {
  std::size_t labels = 0;
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size(); ++labels) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    if (std::string fault = host_label_fault(last); !fault.empty()) {
      return fault;
    }
    begin = end + 1;
  }
  if (labels < 2) {
    return "it needs two labels at least, such as mosamuseum.com";
  }
  if (std::all_of(last.begin(), last.end(), [](char character) { return character >= '0' && character <= '9'; })) {
    return "it ends in a number, as an address does";
  }
  return {};
}

}  // namespace

std::string to_text(SlotId slot) {
  return "sel" + std::to_string(static_cast<unsigned>(slot));
}

Result<SlotId> parse_slot(std::string_view text) {
  for (const SlotId slot : kSlots) {
    if (text == to_text(slot)) {
      return slot;
    }
  }
  const bool is_well_formed = text.size() == 4 && text.starts_with("sel") && text[3] >= '1' && text[3] <= '9';
  return fail(is_well_formed ? ErrorCode::kNotFound : ErrorCode::kInvalid,
              is_well_formed ? "there is no slot " + std::string(text) : quoted(text) + " is not a slot",
              "the slots are sel1 and sel2");
}

Result<Code> Code::parse(std::string_view text) {
  constexpr std::string_view kForm = "a code is 1 to 37 lower-case letters, digits and inner hyphens";
  const auto invalid = [&](const std::string& why) {
    return fail(ErrorCode::kInvalid, "the code " + quoted(text) + " " + why, std::string(kForm));
  };
  if (text.empty()) {
    return fail(ErrorCode::kInvalid, "the code is empty", std::string(kForm));
  }
  if (text.size() > kMaxCodeBytes) {
    return invalid("has " + std::to_string(text.size()) + " characters; with more than " +
                   std::to_string(kMaxCodeBytes) +
                   " the answer with its key would not fit the 512 bytes that every resolver takes");
  }
  if (const std::string lowered = lower_case(text); lowered != text) {
    return fail(ErrorCode::kInvalid, "the code " + quoted(text) + " has capital letters",
                "did you mean " + lowered + "?");
  }
  if (text.front() == '-' || text.back() == '-') {
    return invalid("begins or ends with a hyphen");
  }
  const auto is_allowed = [](char character) { return is_letter_or_digit(character) || character == '-'; };
  if (!std::all_of(text.begin(), text.end(), is_allowed)) {
    return invalid("has a character that is no lower-case letter, digit or hyphen");
  }
  return Code(std::string(text));
}

Result<Name> selector_name(const Code& code, SlotId slot, const Name& dkim_zone) {
  return dkim_zone.child("_domainkey").and_then([&](const Name& parent) {
    return parent.child(to_text(slot) + "-" + code.text());
  });
}

Result<Name> customer_name(SlotId slot, const Name& domain) {
  return domain.child("_domainkey").and_then([&](const Name& parent) {
    return parent.child(customer_selector(slot));
  });
}

std::string customer_selector(SlotId slot) {
  return "stx" + to_text(slot);
}

Result<Name> parse_domain(std::string_view text) {
  std::string name = lower_case(text);
  if (name.ends_with('.')) {
    name.pop_back();
  }
  if (const std::string fault = host_name_fault(name); !fault.empty()) {
    return fail(ErrorCode::kInvalid, quoted(text) + " is not a mail domain: " + fault);
  }
  return Name::parse(name);
}

}  // namespace zonestore::dkim
