#include "zonestore/spf/record.h"

#include <algorithm>

#include "zonestore/zone/record_set.h"

namespace zonestore::spf {
namespace {

constexpr std::string_view kTextHead = "v=spf1";
// An include counts only if the included record passes (RFC 7208 section 5.2), so the same tail serves all records.
constexpr std::string_view kTail = " ~all";
constexpr std::string_view kIncludeWord = "include:";
constexpr std::size_t kStringBytes = 255;

// The longest text whose answer has at most `most` bytes.
std::size_t text_room(const Name& owner, std::size_t most) {
  std::size_t bytes = most;
  while (bytes > 0 && answer_bytes(owner, bytes) > most) {
    --bytes;
  }
  const std::size_t frame = kTextHead.size() + kTail.size();
  return bytes > frame ? bytes - frame : 0;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      words.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

bool Body::has(std::string_view term) const {
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

bool Body::has_include(unsigned number) const {
  return std::find(includes.begin(), includes.end(), number) != includes.end();
}

std::size_t answer_bytes(const Name& owner, std::size_t text_bytes) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTypeAndClass = 4;
  constexpr std::size_t kRecordHead = 12;  // pointer to the owner, type, class, TTL, length
  const std::size_t strings = std::max<std::size_t>((text_bytes + kStringBytes - 1) / kStringBytes, 1);
  return kHeader + owner.size_bytes() + kTypeAndClass + kRecordHead + text_bytes + strings;
}

std::size_t most_answer_bytes(const Name& apex) {
  // With OPT a query has owner + 27 bytes and the answer 11 more; its signature has 94 and the apex: within 14 times.
  constexpr std::size_t kPlainAnswer = 512;  // RFC 1035 section 4.2.1
  constexpr std::size_t kLeast = 273;
  constexpr std::size_t kForEachByte = 13;
  return std::min(kPlainAnswer, kLeast + kForEachByte * apex.size_bytes());
}

RecordShape::RecordShape(const Name& apex) : owners_{apex} {
  for (unsigned number = 1; number <= kMaxIncludes; ++number) {
    if (auto owner = apex.child("_" + std::to_string(number))) {
      owners_.push_back(std::move(*owner));
    }
  }
  for (unsigned number = 0; has(number); ++number) {
    rooms_.at(number) = text_room(owner(number), most_answer_bytes(apex));
  }
}

std::string RecordShape::text(const Body& body) const {
  std::string text(kTextHead);
  for (const std::string& term : body.terms) {
    text += " " + term;
  }
  for (const unsigned number : body.includes) {
    text += " " + std::string(kIncludeWord) + owner(number).to_text_no_dot();
  }
  text += kTail;
  return text;
}

Body RecordShape::body(std::string_view text) const {
  Body body;
  for (const std::string_view word : words_of(text)) {
    if (word.starts_with("ip4:") || word.starts_with("ip6:")) {
      body.terms.emplace_back(word);
    }
    for (unsigned number = 1; has(number); ++number) {
      if (word.starts_with(kIncludeWord) && word.substr(kIncludeWord.size()) == owner(number).to_text_no_dot()) {
        body.includes.push_back(number);
      }
    }
  }
  std::sort(body.includes.begin(), body.includes.end());
  return body;
}

std::size_t RecordShape::include_weight(unsigned number) const {
  return weight(kIncludeWord) + owner(number).to_text_no_dot().size();
}

std::size_t RecordShape::weight(const Body& body) const {
  std::size_t bytes = 0;
  for (const std::string& term : body.terms) {
    bytes += weight(term);
  }
  for (const unsigned number : body.includes) {
    bytes += include_weight(number);
  }
  return bytes;
}

}  // namespace zonestore::spf
