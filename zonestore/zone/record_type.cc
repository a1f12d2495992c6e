#include <algorithm>
#include <charconv>

#include "zonestore/zone/record_set.h"
#include "zonestore/zone/type_forms.h"

namespace zonestore {
namespace {

constexpr std::string_view kUnknownPrefix = "TYPE";  // RFC 3597 section 5

bool starts_with_type(std::string_view text) {
  return text.size() > kUnknownPrefix.size() &&
         std::equal(kUnknownPrefix.begin(), kUnknownPrefix.end(), text.begin(),
                    [](char upper, char given) { return upper == given || upper + ('a' - 'A') == given; });
}

tl::unexpected<Error> no_such_type(std::string_view text) {
  return fail(ErrorCode::kInvalid, "'" + std::string(text.substr(0, 40)) + "' is not a record type",
              "use a mnemonic such as TXT, or TYPE and a number up to 65535");
}

}  // namespace

std::string to_text(RecordType type) {
  const TypeForm* const form = type_form(type);
  return form != nullptr ? std::string(form->mnemonic)
                         : std::string(kUnknownPrefix) + std::to_string(static_cast<std::uint16_t>(type));
}

Result<RecordType> parse_record_type(std::string_view text) {
  if (starts_with_type(text)) {
    const std::string_view digits = text.substr(kUnknownPrefix.size());
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      return no_such_type(text);
    }
    return static_cast<RecordType>(number);
  }
  const std::optional<RecordType> type = type_of_mnemonic(text);
  return type ? Result<RecordType>(*type) : no_such_type(text);
}

}  // namespace zonestore
