#include "zonestore/dkim/selector.h"

#include <algorithm>

#include "zonestore/base/file_text.h"
#include "zonestore/base/letters.h"
#include "zonestore/zone/name.h"

namespace zonestore::dkim {

namespace {

// Unprintable bytes of what was typed must not reach a terminal.
std::string quoted(std::string_view text) {
  std::string printable(text);
  std::replace_if(
      printable.begin(), printable.end(), [](char character) { return character < ' ' || character > '~'; }, '?');
  return "'" + printable + "'";
}

// What is wrong with a host name, without a piece of it: the message decides whether to show it.
struct HostFault {
  std::size_t label = 0;  // from 1 on; 0: of the name as a whole
  std::string_view label_text;
  std::string
      what;  // "begins or ends with a hyphen" of a label, "it has an empty label" of the whole; empty: nothing
};

// Letters, digits, hyphens inside (RFC 952, RFC 1123 section 2.1).
HostFault host_label_fault(std::size_t number, std::string_view label) {
  if (label.empty()) {
    return {0, {}, "it has an empty label"};
  }
  if (label.front() == '-' || label.back() == '-') {
    return {number, label, "begins or ends with a hyphen"};
  }
  for (const char character : label) {
    if (character == '_') {
      return {number, label, "has an underscore, which no mail domain has"};
    }
    if ((static_cast<unsigned char>(character) & 0x80U) != 0) {
      return {0, {}, "it has a letter outside ASCII; write the xn-- form"};
    }
    if (!is_small_letter_or_digit(character) && character != '-') {
      return {number, label, "has a character that is no letter, digit or hyphen"};
    }
  }
  return {};
}

HostFault host_name_fault(std::string_view name) {
  std::size_t labels = 0;
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size(); ++labels) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    if (HostFault fault = host_label_fault(labels + 1, last); !fault.what.empty()) {
      return fault;
    }
    begin = end + 1;
  }
  if (labels < 2) {
    return {0, {}, "it needs two labels at least, such as mosamuseum.com"};
  }
  if (std::all_of(last.begin(), last.end(), is_digit)) {
    return {0, {}, "it ends in a number, as an address does"};
  }
  return {};
}

// Lower-cased and without the dot at its end.
std::string host_name_of(std::string_view text) {
  std::string name = lower_case(text);
  if (name.ends_with('.')) {
    name.pop_back();
  }
  return name;
}

constexpr std::string_view kCodeForm = "a code is 1 to 37 lower-case letters, digits and inner hyphens";

// "has capital letters" and so on, without a piece of the text; empty for a code.
std::string code_fault(std::string_view text) {
  if (text.size() > kMaxCodeBytes) {
    return "has " + std::to_string(text.size()) + " characters; with more than " + std::to_string(kMaxCodeBytes) +
           " the answer with its key would not fit the 512 bytes that every resolver takes";
  }
  if (lower_case(text) != text) {
    return "has capital letters";
  }
  if (text.empty() || text.front() == '-' || text.back() == '-') {
    return text.empty() ? "is empty" : "begins or ends with a hyphen";
  }
  const auto is_allowed = [](char character) { return is_small_letter_or_digit(character) || character == '-'; };
  return std::all_of(text.begin(), text.end(), is_allowed)
             ? ""
             : "has a character that is no lower-case letter, digit or hyphen";
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

bool reads_as_slot(std::string_view text) {
  return text.size() == 4 && lower_case(text.substr(0, 3)) == "sel" && is_digit(text[3]);
}

bool reads_as_own_selector(std::string_view label) {
  const std::size_t hyphen = label.find('-');
  return hyphen != std::string_view::npos && reads_as_slot(label.substr(0, hyphen));
}

Result<Code> Code::parse(std::string_view text) {
  const std::string fault = code_fault(text);
  if (fault.empty()) {
    return Code(std::string(text));
  }
  const std::string lowered = lower_case(text);
  const std::string shown = text.empty() ? "" : quoted(text) + " ";
  return fail(
      ErrorCode::kInvalid, "the code " + shown + fault,
      lowered != text && text.size() <= kMaxCodeBytes ? "did you mean " + lowered + "?" : std::string(kCodeForm));
}

Result<Code> code_in_file(std::string_view where, std::string_view word) {
  if (auto code = Code::parse(word)) {
    return code;
  }
  return fail(ErrorCode::kInvalid, not_understood(where, word, "institution's code", "it " + code_fault(word)),
              std::string(kCodeForm));
}

Result<Name> selector_name(const Code& code, SlotId slot, const Name& dkim_zone) {
  return dkim_zone.child("_domainkey").and_then([&](const Name& parent) {
    return parent.child(to_text(slot) + "-" + code.text());
  });
}

Result<Name> parse_domain(std::string_view text) {
  const std::string name = host_name_of(text);
  if (const HostFault fault = host_name_fault(name); !fault.what.empty()) {
    return fail(ErrorCode::kInvalid, quoted(text) + " is not a mail domain: " +
                                         (fault.label == 0 ? "" : "the label " + quoted(fault.label_text) + " ") +
                                         fault.what);
  }
  return Name::parse(name);
}

Result<Name> domain_in_file(std::string_view where, std::string_view word) {
  if (auto domain = parse_domain(word)) {
    return domain;
  }
  const HostFault fault = host_name_fault(host_name_of(word));
  const std::string why =
      fault.what.empty() ? "it is too long"
                         : (fault.label == 0 ? "" : "its label " + std::to_string(fault.label) + " ") + fault.what;
  return fail(ErrorCode::kInvalid, not_understood(where, word, "mail domain", why), "such as mosamuseum.com");
}

}  // namespace zonestore::dkim
