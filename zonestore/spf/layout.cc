#include <iterator>
#include <utility>

#include "zonestore/spf/record.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::spf {

namespace {

constexpr std::size_t kPlainAnswerBytes = 512;  // RFC 1035 section 4.2.1: what fits without EDNS
constexpr std::string_view kHead = "v=spf1";
// An include counts only if the included record passes (RFC 7208 section 5.2), so the same tail serves all records.
constexpr std::string_view kTail = " ~all";

std::string record_text(std::string_view body) {
  std::string text(kHead);
  text += body;
  text += kTail;
  return text;
}

bool fits(const Name& owner, const std::string& text) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTypeAndClass = 4;
  constexpr std::size_t kRecordHead = 12;  // pointer to the owner, type, class, TTL, length
  const std::size_t answer_bytes =
      kHeader + owner.size_bytes() + kTypeAndClass + kRecordHead + txt_rdata(text).size();
  return answer_bytes <= kPlainAnswerBytes;
}

tl::unexpected<Error> too_many(const std::vector<Term>& terms, const Name& apex) {
  return fail(ErrorCode::kInvalid,
              std::to_string(terms.size()) + " SPF terms do not fit the record at " + apex.to_text_no_dot() +
                  " and the " + std::to_string(kMaxIncludes) + " that it may include",
              "merge neighbouring addresses into networks, or take terms out with zonectl spf deny");
}

// The records that the apex includes, each filled before the next is begun.
Result<std::vector<Record>> included_records(const std::vector<Term>& terms, const Name& apex) {
  std::vector<Record> records;
  std::string body;
  for (const Term& term : terms) {
    const std::string longer = body + " " + term.text();
    if (!records.empty() && fits(records.back().owner, record_text(longer))) {
      body = longer;
      records.back().text = record_text(body);
      continue;
    }
    if (records.size() == kMaxIncludes) {
      return too_many(terms, apex);
    }
    auto owner = apex.child("_" + std::to_string(records.size() + 1));
    if (!owner) {
      return tl::unexpected(owner.error());
    }
    body = " " + term.text();
    records.push_back({std::move(*owner), record_text(body)});
    if (!fits(records.back().owner, records.back().text)) {
      return too_many(terms, apex);
    }
  }
  return records;
}

}  // namespace

Result<Layout> lay_out(const std::vector<Term>& terms, const Name& apex) {
  std::string body;
  for (const Term& term : terms) {
    body += " " + term.text();
  }
  if (std::string text = record_text(body); fits(apex, text)) {
    return Layout{{{apex, std::move(text)}}, 1};
  }
  auto included = included_records(terms, apex);
  if (!included) {
    return tl::unexpected(included.error());
  }
  std::string includes;
  for (const Record& record : *included) {
    includes += " include:" + record.owner.to_text_no_dot();
  }
  Layout layout;
  layout.records.push_back({apex, record_text(includes)});
  if (!fits(apex, layout.records.front().text)) {
    return too_many(terms, apex);
  }
  layout.lookups += static_cast<unsigned>(included->size());
  layout.records.insert(layout.records.end(), std::make_move_iterator(included->begin()),
                        std::make_move_iterator(included->end()));
  return layout;
}

}  // namespace zonestore::spf
