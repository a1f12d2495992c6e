#include "dnsd/config/toml_fault.h"

#include <algorithm>
#include <array>

namespace dnsd::config {
namespace {

// A beginning that toml++ gives before it quotes anything, and what is told of it.
struct Known {
  std::string_view begins;
  std::string_view told;
};

constexpr std::array<Known, 8> kKnown{{{"encountered end-of-file", "the text ends too early"},
                                       {"cannot redefine", "a key or a table stands there twice"},
                                       {"cannot insert", "a table is told twice"},
                                       {"unexpected control character", "a control character"},
                                       {"unknown escape sequence", "an escape that there is none of"},
                                       {"leading zeroes", "a number with zeroes before it"},
                                       {"could not determine value type", "a value that is of no kind"},
                                       {"unicode surrogates", "a character that is none"}}};

// What stands between toml++'s own "expected " and ", saw '...'".
std::string_view expected_part(std::string_view reason) {
  constexpr std::string_view kExpected = "expected ";
  constexpr std::string_view kSaw = ", saw ";
  const std::size_t saw = reason.find(kSaw);
  return reason.starts_with(kExpected) && saw != std::string_view::npos ? reason.substr(0, saw) : std::string_view();
}

std::string_view told_of(std::string_view reason) {
  const auto known =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& each) { return reason.starts_with(each.begins); });
  return known == kKnown.end() ? expected_part(reason) : known->told;
}

}  // namespace

std::string toml_fault(std::string_view description) {
  constexpr std::string_view kWhile = "Error while parsing ";
  constexpr std::string_view kWhat = "it is no TOML";
  const std::size_t colon = description.find(": ");
  if (!description.starts_with(kWhile) || colon == std::string_view::npos) {
    const bool is_encoding = description.find("utf-8") != std::string_view::npos;
    return std::string(kWhat) + (is_encoding ? ": bytes that are no UTF-8" : "");
  }
  const std::string_view scope = description.substr(kWhile.size(), colon - kWhile.size());  // a word of toml++'s own
  const std::string_view told = told_of(description.substr(colon + 2));
  return std::string(kWhat) + ": " + (told.empty() ? "cannot be read" : std::string(told)) + " (" +
         std::string(scope) + ")";
}

}  // namespace dnsd::config
