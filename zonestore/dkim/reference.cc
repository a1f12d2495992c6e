#include "zonestore/dkim/reference.h"

#include <algorithm>
#include <utility>

#include "zonestore/base/file_text.h"
#include "zonestore/base/letters.h"
#include "zonestore/base/printable.h"

namespace zonestore::dkim {

namespace {

constexpr std::string_view kKeyLabel = "._domainkey.";
constexpr std::string_view kForms =
    "a code (mosa), a mail domain (mosamuseum.com), or a selector's name (stxsel1._domainkey.mosamuseum.com)";

// A word and a slot's number: which word, the store knows.
bool may_be_customers(std::string_view selector) {
  return !selector.empty() && is_digit(selector.back()) && std::all_of(selector.begin(), selector.end(), [](char c) {
    return is_small_letter_or_digit(c) || c == '-';
  });
}

Error no_selector(std::string_view selector) {
  return {
      ErrorCode::kInvalid, "'" + printable(selector) + "' is no selector of ours",
      "they are such as stxsel1._domainkey.DOMAIN in the institution's zone, and sel1-CODE._domainkey.ZONE in ours",
      std::nullopt};
}

// "stxsel2" below an institution's domain.
Result<Reference> customer_side(std::string_view selector, std::string_view domain) {
  return parse_domain(domain).map([selector](Name parsed) {
    Reference reference;
    reference.selector = selector;
    reference.domain = std::move(parsed);
    return reference;
  });
}

// "sel2-mosa" below a zone of keys.
Result<Reference> own_side(std::string_view selector, std::string_view zone) {
  const std::size_t hyphen = selector.find('-');
  Reference reference;
  auto slot = parse_slot(selector.substr(0, hyphen));
  auto code = Code::parse(selector.substr(hyphen + 1));
  auto apex = Name::parse(zone);
  if (!slot || !code || !apex) {
    return tl::unexpected(!slot ? slot.error() : !code ? code.error() : apex.error());
  }
  reference.slot = *slot;
  reference.code = *std::move(code);
  reference.zone = *std::move(apex);
  return reference;
}

Result<Reference> selector_of(std::string_view selector, std::string_view rest) {
  if (reads_as_own_selector(selector)) {
    return own_side(selector, rest);
  }
  return may_be_customers(selector) ? customer_side(selector, rest) : tl::unexpected(no_selector(selector));
}

Result<Reference> reference_of(std::string_view text) {
  if (text.find('.') == std::string_view::npos) {
    return Code::parse(text).map([](Code code) {
      Reference reference;
      reference.code = std::move(code);
      return reference;
    });
  }
  std::string name = lower_case(text);
  if (name.ends_with('.')) {
    name.pop_back();
  }
  if (const std::size_t label = name.find(kKeyLabel); label != std::string::npos) {
    const std::string_view whole = name;
    return selector_of(whole.substr(0, label), whole.substr(label + kKeyLabel.size()));
  }
  return parse_domain(text).map([](Name domain) {
    Reference reference;
    reference.domain = std::move(domain);
    return reference;
  });
}

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  return reference_of(text).map([text](Reference reference) {
    reference.text = text;
    return reference;
  });
}

Result<Reference> reference_in_file(std::string_view where, std::string_view word) {
  if (word.find('.') == std::string_view::npos) {
    return code_in_file(where, word).map([word](Code code) {
      Reference reference;
      reference.text = word;
      reference.code = std::move(code);
      return reference;
    });
  }
  auto reference = Reference::parse(word);
  if (!reference) {
    return fail(ErrorCode::kInvalid, not_understood(where, word, "name of an institution"), std::string(kForms));
  }
  return reference;
}

}  // namespace zonestore::dkim
