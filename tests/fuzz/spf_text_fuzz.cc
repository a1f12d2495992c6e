// SPF: a term that is taken reads back as itself, and a list of terms is laid out whole, in records that all fit.
// Input: one byte that picks the apex, then terms, a line each; the whole of it is also read as anybody's SPF record.
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/text_rules.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/spf/record.h"
#include "zonestore/zone/record_set.h"

namespace {

using zonestore::Name;
using zonestore::spf::Layout;
using zonestore::spf::Record;
using zonestore::spf::Term;

std::vector<Term> read_terms(const std::string& text) {
  std::vector<Term> terms;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto term = Term::parse(line);
    if (!term) {
      dnsd::fuzz::check_message(term.error().message);
      continue;
    }
    const auto again = Term::parse(term->text());
    FUZZ_REQUIRE(again.has_value() && *again == *term);
    FUZZ_REQUIRE(term->covers(*again) && again->covers(*term));
    terms.push_back(*term);
  }
  return terms;
}

// Two terms that cover each other are one; what covers is never the longer prefix.
void check_cover(const std::vector<Term>& terms) {
  for (std::size_t index = 1; index < terms.size(); ++index) {
    const Term& one = terms[index - 1];
    const Term& other = terms[index];
    FUZZ_REQUIRE((one.covers(other) && other.covers(one)) == (one == other));
  }
}

std::vector<std::string> words_of(const Record& record) {
  std::istringstream stream(record.text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  FUZZ_REQUIRE(words.size() >= 2 && words.front() == "v=spf1" && words.back() == "~all");
  return {words.begin() + 1, words.end() - 1};
}

// As a receiver follows them: the apex's record, and where it includes, the records in the order of its includes.
std::vector<std::string> followed(const Layout& layout) {
  std::vector<std::string> found;
  std::size_t next = 1;
  for (const std::string& word : words_of(layout.records.front())) {
    if (!word.starts_with("include:")) {
      found.push_back(word);
      continue;
    }
    FUZZ_REQUIRE(next < layout.records.size());
    FUZZ_REQUIRE(word.substr(8) == layout.records[next].owner.to_text_no_dot());
    const std::vector<std::string> inner = words_of(layout.records[next++]);
    found.insert(found.end(), inner.begin(), inner.end());
  }
  FUZZ_REQUIRE(next == layout.records.size());
  return found;
}

void check_layout(const std::vector<Term>& terms, const Name& apex) {
  const auto layout = lay_out(terms, apex);
  if (!layout) {
    dnsd::fuzz::check_message(layout.error().message);
    return;
  }
  std::vector<std::string> given;
  for (const Term& term : terms) {
    given.push_back(term.text());
  }
  FUZZ_REQUIRE(followed(*layout) == given);
  FUZZ_REQUIRE(layout->records.front().owner == apex);
  FUZZ_REQUIRE(layout->lookups == layout->records.size() && layout->lookups <= 1 + zonestore::spf::kMaxIncludes);
  for (const Record& record : layout->records) {
    const std::size_t question = record.owner.size_bytes() + 4;
    FUZZ_REQUIRE(12 + question + 12 + zonestore::txt_rdata(record.text).size() <= 512);
  }
}

// Anybody's record: read, or refused in one clean line.
void check_policy_record(const std::string& text) {
  if (!zonestore::spf::is_policy_record(text)) {
    return;
  }
  if (const auto record = zonestore::spf::parse_policy_record(text); !record) {
    dnsd::fuzz::check_message(record.error().message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<Name, 4> apexes{Name::parse("spf.secutix.com").value(), Name::parse("s").value(),
                                          Name::parse(std::string(63, 'a') + "." + std::string(63, 'b')).value(),
                                          Name::parse(std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                                      std::string(63, 'c') + "." + std::string(61, 'd'))
                                              .value()};
  if (size == 0) {
    return 0;
  }
  const std::vector<Term> terms = read_terms(std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  check_cover(terms);
  check_policy_record(std::string(reinterpret_cast<const char*>(data), size));
  check_layout(terms, apexes[data[0] % apexes.size()]);
  return 0;
}
