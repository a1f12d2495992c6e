#include "zonestore/zone/record_data.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "zonestore/base/text_encodings.h"
#include "zonestore/zone/data_rules.h"
#include "zonestore/zone/fields.h"
#include "zonestore/zone/limits.h"

namespace zonestore {
namespace {

struct Example {
  RecordType type;
  std::string_view text;
};

constexpr std::array kExamples{
    Example{RecordType::kA, "192.0.2.1"},
    Example{RecordType::kAaaa, "2001:db8::1"},
    Example{RecordType::kNs, "ns1.example.com."},
    Example{RecordType::kCname, "www.example.com."},
    Example{RecordType::kDname, "example.net."},
    Example{RecordType::kPtr, "www.example.com."},
    Example{RecordType::kMx, "10 mail.example.com."},
    Example{RecordType::kSrv, "0 5 443 www.example.com."},
    Example{RecordType::kTxt, R"("text in strings of at most 255 bytes" "each")"},
    Example{RecordType::kCaa, R"(0 issue "ca.example.net")"},
    Example{RecordType::kDs, "60485 8 2 and the digest in hexadecimal"},
    Example{RecordType::kSoa, "ns1.example.com. hostmaster.example.com. 1 3600 600 1209600 300"},
};

// What a type takes: an example, or the names of its fields.
std::string hint_for(RecordType type) {
  for (const Example& example : kExamples) {
    if (example.type == type) {
      return to_text(type) + " takes: " + std::string(example.text);
    }
  }
  const TypeForm* const form = type_form(type);
  if (form == nullptr || !form->has_fields()) {
    return R"(any type takes its data as bytes: \# LENGTH HEX (RFC 3597))";
  }
  std::string fields;
  for (const FieldForm& field : form->fields) {
    fields += (field.name.empty() || fields.empty() ? "" : ", ") + std::string(field.name);
  }
  return to_text(type) + " takes: " + fields;
}

tl::unexpected<Error> malformed(RecordType type, const std::string& why) {
  return fail(ErrorCode::kInvalid, "this is no data of type " + to_text(type) + ": " + why, hint_for(type));
}

constexpr std::string_view kGeneric = "\\#";

std::string_view without_leading_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool is_generic(std::string_view text) {
  return text.starts_with(kGeneric) &&
         (text.size() == kGeneric.size() || text[kGeneric.size()] == ' ' || text[kGeneric.size()] == '\t');
}

// What stands behind the \# of RFC 3597 section 5: a length, and as many bytes in hexadecimal, blanks between them.
Result<Bytes> generic_rdata(RecordType type, std::string_view rest) {
  rest = without_leading_blanks(rest);
  const std::size_t digits = std::min(rest.find_first_of(" \t"), rest.size());
  const std::optional<std::uint32_t> length = decimal(rest.substr(0, digits), kMaxRdataBytes);
  if (!length) {
    return malformed(type, "behind \\# stands a length from 0 to 65535");
  }
  std::string nibbles(rest.substr(digits));
  std::erase_if(nibbles, [](char each) { return each == ' ' || each == '\t'; });
  if (!std::all_of(nibbles.begin(), nibbles.end(), [](char each) { return hex_digit(each).has_value(); })) {
    return malformed(type, "behind the length stand hexadecimal digits alone");
  }
  if (nibbles.size() != 2 * std::size_t{*length}) {
    return malformed(type, "the length " + std::to_string(*length) + " does not match the " +
                               std::to_string(nibbles.size()) + " hexadecimal digits behind it");
  }
  return *bytes_of_hex(nibbles);
}

// RFC 8078 section 4 writes the whole of what takes a DS away as zeros, and the last of them is one byte.
bool is_deletion(RecordType type, const std::vector<DataWord>& words) {
  constexpr std::size_t kWords = 4;
  return (type == RecordType::kCds || type == RecordType::kCdnskey) && words.size() == kWords &&
         words.back().text == "0" && !words.back().is_quoted;
}

std::string place_of(const TypeForm& form, std::size_t field) {
  return "field " + std::to_string(field + 1) + ", the " + std::string(form.fields[field].name) + ": ";
}

Result<Bytes> rdata_of_form(const TypeForm& form, std::string_view text, const Name& origin,
                            std::vector<Name>* repeating = nullptr) {
  auto words = data_words(text);
  if (!words) {
    return malformed(form.type, words.error());
  }
  if (is_deletion(form.type, *words)) {
    words->back().text = form.type == RecordType::kCds ? "00" : "AA==";
  }
  WordSource source(std::move(*words), origin);
  std::size_t field = 0;
  for (; field < form.fields.size() && form.fields[field].kind != Field::kEnd; ++field) {
    if (const auto taken = read_field(form.fields[field].kind, source); !taken) {
      return malformed(form.type, place_of(form, field) + taken.error());
    }
  }
  if (!source.is_at_end()) {
    return malformed(form.type, "it ends with " + std::string(form.fields[field - 1].name) + ", and more follows");
  }
  if (repeating != nullptr) {
    *repeating = source.repeating();
  }
  return std::move(source.out());
}

// The type's own form, whether or not it is read back as the same bytes. nullopt: the bytes are not of that form.
std::optional<std::string> form_text(const TypeForm& form, ByteView rdata) {
  std::string text;
  WireSource wire(rdata, text);
  for (const FieldForm& field : form.fields) {
    if (field.kind == Field::kEnd) {
      break;
    }
    if (!write_field(field.kind, wire)) {
      return std::nullopt;
    }
  }
  return wire.is_at_end() ? std::optional(std::move(text)) : std::nullopt;
}

bool is_one_to_one_form(const TypeForm& form) {
  return std::all_of(form.fields.begin(), form.fields.end(),
                     [](const FieldForm& field) { return is_one_to_one(field.kind); });
}

// The text of data whose form has more ways than one to say a thing, where it says this: else nullopt.
bool is_read_back(const TypeForm& form, std::string_view text, ByteView rdata) {
  const auto again = rdata_of_form(form, text, Name());
  return again && std::equal(again->begin(), again->end(), rdata.begin(), rdata.end());
}

tl::unexpected<Error> unreadable(RecordType type, const std::string& why) {
  return fail(ErrorCode::kDamaged, "record data of type " + to_text(type) + " cannot be read: " + why);
}

// Of data that comes in: its form, that it is the only one of its meaning, and the rules beside them.
std::optional<DataFault> fault_of(RecordType type, ByteView rdata) {
  if (rdata.size() > kMaxRdataBytes) {
    return DataFault{"a record holds at most 65535 bytes"};
  }
  const TypeForm* const form = type_form(type);
  if (form == nullptr || !form->has_fields()) {
    return std::nullopt;
  }
  const std::optional<std::string> text = form_text(*form, rdata);
  if (!text) {
    return DataFault{"the bytes are not of its form"};
  }
  if (!text->empty() && !is_one_to_one_form(*form) && !is_read_back(*form, *text, rdata)) {
    return DataFault{"the bytes are not the form in which it is sent"};
  }
  return data_fault(type, rdata);
}

std::size_t bytes_before_target(RecordType type) {
  switch (type) {
    case RecordType::kMx:
      return 2;
    case RecordType::kSrv:
      return 6;
    default:
      return 0;
  }
}

// A relative name's labels before the origin's.
std::string completed(std::string_view text, const Name& origin) {
  std::string whole(text);
  if (!is_absolute_name(text)) {
    whole += "." + (origin.is_root() ? std::string() : origin.to_text());
  }
  return whole;
}

}  // namespace

Result<Bytes> rdata_from_text(RecordType type, std::string_view text, const Name& origin, TextRemarks* remarks,
                              Strictness strictness) {
  text = without_leading_blanks(text);
  if (text.find('\0') != std::string_view::npos) {
    return malformed(type, "it has a NUL byte; write it as \\000");
  }
  if (text.empty()) {
    return malformed(type, "there is none");
  }
  const TypeForm* const form = type_form(type);
  if (!is_generic(text) && (form == nullptr || !form->has_fields())) {
    return malformed(type, "it has no text of its own here");
  }
  auto rdata = is_generic(text)
                   ? generic_rdata(type, text.substr(kGeneric.size()))
                   : rdata_of_form(*form, text, origin, remarks == nullptr ? nullptr : &remarks->repeating);
  if (!rdata) {
    return rdata;
  }
  if (std::optional<DataFault> fault = fault_of(type, *rdata)) {
    if (!fault->is_doubt || strictness == Strictness::kStrict) {
      return malformed(type, fault->message);
    }
    if (remarks != nullptr) {
      remarks->doubt = std::move(fault->message);
    }
  }
  return rdata;
}

Result<std::string> rdata_to_text(RecordType type, ByteView rdata) {
  if (rdata.size() > kMaxRdataBytes) {
    return unreadable(type, "it has more than 65535 bytes");
  }
  const TypeForm* const form = type_form(type);
  if (form == nullptr || !form->has_fields()) {
    return rdata_to_bytes_text(rdata);
  }
  std::optional<std::string> text = form_text(*form, rdata);
  if (!text && (rdata.empty() || is_one_to_one_form(*form))) {
    return unreadable(type, "it is not of the type's uncompressed form");
  }
  const bool is_its_own = text && !text->empty() && (is_one_to_one_form(*form) || is_read_back(*form, *text, rdata));
  return is_its_own ? *std::move(text) : rdata_to_bytes_text(rdata);
}

std::string rdata_to_bytes_text(ByteView rdata) {
  return "\\# " + std::to_string(rdata.size()) + (rdata.empty() ? "" : " ") + hex_of(rdata);
}

bool is_repeating(std::string_view text, const Name& origin) {
  if (origin.is_root() || is_absolute_name(text)) {
    return false;
  }
  const auto name = Name::parse_unquoted(text);
  return name && name->is_at_or_below(origin);
}

bool is_absolute_name(std::string_view text) {
  if (!text.ends_with('.')) {
    return false;
  }
  std::size_t backslashes = 0;
  while (backslashes + 1 < text.size() && text[text.size() - 2 - backslashes] == '\\') {
    ++backslashes;
  }
  return backslashes % 2 == 0;
}

Result<Name> name_from_text(std::string_view text, const Name& origin) {
  return text == "@" ? origin : Name::parse(completed(text, origin));
}

Result<Name> name_from_words(std::string_view text, const Name& origin) {
  return text == "@" ? origin : Name::parse_unquoted(completed(text, origin));
}

std::optional<Name> target_of(RecordType type, ByteView rdata) {
  switch (type) {
    case RecordType::kNs:
    case RecordType::kCname:
    case RecordType::kDname:
    case RecordType::kPtr:
    case RecordType::kMx:
    case RecordType::kSrv:
      break;
    default:
      return std::nullopt;
  }
  const std::size_t before = bytes_before_target(type);
  if (rdata.size() < before) {
    return std::nullopt;
  }
  auto name = Name::from_wire(rdata.subspan(before));
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

Bytes folded_rdata(RecordType type, ByteView rdata) {
  Bytes folded(rdata.begin(), rdata.end());
  if (const std::optional<Name> target = target_of(type, rdata)) {
    const Name lowered = target->lowered();
    std::copy(lowered.wire().begin(), lowered.wire().end(),
              folded.end() - static_cast<std::ptrdiff_t>(lowered.size_bytes()));
  }
  return folded;
}

void put_in_order_without_twins(RecordType type, std::vector<Bytes>& rdata) {
  std::set<Bytes> seen;
  std::erase_if(rdata, [&](const Bytes& each) { return !seen.insert(folded_rdata(type, each)).second; });
  put_in_canonical_order(rdata);
}

bool is_meta_type(RecordType type) {
  const auto value = static_cast<std::uint16_t>(type);
  return value == 0 || type == RecordType::kOpt || (value >= 128 && value <= 255);
}

bool is_made_by_signing(RecordType type) {
  switch (type) {
    case RecordType::kRrsig:
    case RecordType::kNsec:
    case RecordType::kDnskey:
    case RecordType::kNsec3:
    case RecordType::kNsec3param:
    case RecordType::kZonemd:
      return true;
    default:
      return false;
  }
}

}  // namespace zonestore
