#include "zonestore/zone/record_data.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "zonestore/zone/character_strings.h"
#include "zonestore/zone/ldns_handles.h"
#include "zonestore/zone/zone_file.h"

namespace zonestore {
namespace {

constexpr std::size_t kMaxRdataBytes = 0xFFFF;
constexpr std::size_t kShownBytes = 60;

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

std::string hint_for(RecordType type) {
  for (const Example& example : kExamples) {
    if (example.type == type) {
      return to_text(type) + " takes: " + std::string(example.text);
    }
  }
  return R"(any type takes its data as bytes: \# LENGTH HEX (RFC 3597))";
}

tl::unexpected<Error> malformed(RecordType type, std::string_view text, const std::string& why) {
  std::string shown(text.substr(0, kShownBytes));
  shown += text.size() > kShownBytes ? "..." : "";
  return fail(ErrorCode::kInvalid, "'" + shown + "' is no data of type " + to_text(type) + ": " + why,
              hint_for(type));
}

std::optional<std::uint8_t> hex_digit(char character) {
  if (character >= '0' && character <= '9') {
    return static_cast<std::uint8_t>(character - '0');
  }
  const char lower = static_cast<char>(to_lower(static_cast<std::uint8_t>(character)));
  if (lower >= 'a' && lower <= 'f') {
    return static_cast<std::uint8_t>(lower - 'a' + 10);
  }
  return std::nullopt;
}

constexpr std::string_view kGeneric = "\\#";

std::string_view without_leading_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// What stands behind the \# of RFC 3597 section 5: a length, and as many bytes in hexadecimal, blanks between them.
Result<Bytes> generic_rdata(RecordType type, std::string_view whole, std::string_view rest) {
  rest = without_leading_blanks(rest);
  std::size_t length = 0;
  std::size_t digits = 0;
  for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9' && length <= kMaxRdataBytes; ++digits) {
    length = length * 10 + static_cast<std::size_t>(rest[digits] - '0');
  }
  if (digits == 0 || length > kMaxRdataBytes ||
      (digits < rest.size() && rest[digits] != ' ' && rest[digits] != '\t')) {
    return malformed(type, whole, "behind \\# stands a length from 0 to 65535");
  }
  Bytes nibbles;
  for (const char character : rest.substr(digits)) {
    if (character == ' ' || character == '\t') {
      continue;
    }
    const std::optional<std::uint8_t> digit = hex_digit(character);
    if (!digit) {
      return malformed(type, whole, std::string("'") + character + "' is no hexadecimal digit");
    }
    nibbles.push_back(*digit);
  }
  if (nibbles.size() != 2 * length) {
    return malformed(type, whole,
                     "the length " + std::to_string(length) + " does not match the " +
                         std::to_string(nibbles.size()) + " hexadecimal digits behind it");
  }
  Bytes rdata(length);
  for (std::size_t i = 0; i < length; ++i) {
    rdata[i] = static_cast<std::uint8_t>(nibbles[2 * i] << 4U | nibbles[2 * i + 1]);
  }
  return rdata;
}

// RFC 8659 section 4.1.1 takes the value of a CAA record without quotes too; ldns does not.
std::string with_quoted_value(std::string_view text) {
  std::size_t at = 0;
  for (int field = 0; field < 2; ++field) {
    at = text.find_first_not_of(" \t", at);
    at = at == std::string_view::npos ? at : text.find_first_of(" \t", at);
  }
  at = at == std::string_view::npos ? at : text.find_first_not_of(" \t", at);
  if (at == std::string_view::npos || text.find_first_of("\" \t", at) != std::string_view::npos) {
    return std::string(text);
  }
  return std::string(text.substr(0, at)) + '"' + std::string(text.substr(at)) + '"';
}

// ldns bounds neither names that it completes with the origin nor, in some types, the whole.
Result<void> check_names(const ldns_rr& rr, RecordType type, std::string_view text) {
  for (std::size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
    const ldns_rdf& field = *ldns_rr_rdf(&rr, i);
    if (ldns_rdf_get_type(&field) != LDNS_RDF_TYPE_DNAME) {
      continue;
    }
    if (const auto name = Name::from_wire({ldns_rdf_data(&field), ldns_rdf_size(&field)}); !name) {
      return malformed(type, text, name.error().message);
    }
  }
  return {};
}

// ldns takes what follows an unquoted semicolon for a comment, and swallows parentheses; a zone file's own have been
// taken out by its scanner.
bool has_loose_mark(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[at] == ';' || text[at] == '(' || text[at] == ')')) {
      return true;
    }
  }
  return false;
}

Result<Bytes> rdata_of_type(RecordType type, std::string_view text, const Name& origin) {
  if (type == RecordType::kTxt) {
    auto strings = character_strings(text);
    if (!strings) {
      return malformed(type, text, strings.error());
    }
    return std::move(*strings);
  }
  if (has_loose_mark(text)) {
    return malformed(type, text, "it has a semicolon or a parenthesis; quote it, or write a backslash before it");
  }
  const std::string data = type == RecordType::kCaa ? with_quoted_value(text) : std::string(text);
  const ldns::Rdf origin_rdf(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin.size_bytes(), origin.wire().data()));
  ldns_rr* parsed = nullptr;
  const ldns_status status =
      ldns_rr_new_frm_str(&parsed, (". 1 IN " + to_text(type) + " " + data).c_str(), 1, origin_rdf.get(), nullptr);
  const ldns::Rr rr(parsed);
  if (status != LDNS_STATUS_OK) {
    return malformed(type, text, ldns::status_text(status));
  }
  if (auto names = check_names(*rr, type, text); !names) {
    return tl::unexpected(std::move(names.error()));
  }
  Bytes rdata;
  if (const ldns_status written = ldns::rdata_wire(*rr, rdata); written != LDNS_STATUS_OK) {
    return malformed(type, text, ldns::status_text(written));
  }
  return rdata;
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

}  // namespace

Result<Bytes> rdata_from_text(RecordType type, std::string_view text, const Name& origin) {
  text = without_leading_blanks(text);
  if (text.find('\0') != std::string_view::npos) {
    return malformed(type, "", "it has a NUL byte; write it as \\000");
  }
  if (text.empty()) {
    return malformed(type, text, "there is none");
  }
  auto rdata = text.starts_with(kGeneric) ? generic_rdata(type, text, text.substr(kGeneric.size()))
                                          : rdata_of_type(type, text, origin);
  if (!rdata) {
    return rdata;
  }
  if (const auto read_back = rdata_to_text(type, *rdata); !read_back) {
    return malformed(type, text, read_back.error().message);
  }
  return rdata;
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
  if (text == "@") {
    return origin;
  }
  std::string whole(text);
  if (!is_absolute_name(text)) {
    whole += "." + (origin.is_root() ? std::string() : origin.to_text());
  }
  return Name::parse(whole);
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
