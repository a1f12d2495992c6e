// SPF: a term that is taken reads back as itself, and a list of terms is laid out, in records that all fit.
// Input: one byte that picks the apex, then terms, a line each; the whole of it is also read as anybody's SPF record.
#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/text_rules.h"
#include "zonestore/spf/planner.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/record_set.h"

namespace {

using zonestore::Name;
using zonestore::spf::Bodies;
using zonestore::spf::RecordShape;
using zonestore::spf::Term;
using zonestore::spf::WantedTerm;
using zonestore::spf::WantedTerms;
using zonestore::spf::ZoneRules;

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

// Every record reads back as itself and fits its answer.
void check_records(const RecordShape& shape, const Bodies& bodies) {
  FUZZ_REQUIRE(bodies.front().has_value());
  for (unsigned number = 0; number < zonestore::spf::kRecords; ++number) {
    if (!bodies.at(number)) {
      continue;
    }
    const std::string text = shape.text(*bodies.at(number));
    const zonestore::Name& owner = shape.owner(number);
    FUZZ_REQUIRE(shape.body(text) == *bodies.at(number));
    FUZZ_REQUIRE(12 + owner.size_bytes() + 4 + 12 + zonestore::txt_rdata(text).size() <=
                 zonestore::spf::most_answer_bytes(shape.apex()));
  }
}

// From nothing, step by step, until each term that there is room for stands in one record.
void check_layout(const std::vector<Term>& terms, const Name& apex) {
  constexpr std::size_t kMostTerms = 150;  // more have no room anyhow
  const ZoneRules rules{RecordShape(apex), {std::chrono::seconds(4200), std::chrono::seconds(900)}};
  zonestore::spf::ServedZone served;
  WantedTerms wanted;
  for (const Term& term : terms) {
    const bool is_new = std::none_of(wanted.begin(), wanted.end(),
                                     [&term](const WantedTerm& each) { return each.text == term.text(); });
    if (is_new && wanted.size() < kMostTerms) {
      wanted.push_back({term.text(), std::nullopt, std::nullopt});
    }
  }
  constexpr int kSteps = 12;
  for (int step = 0; step < kSteps; ++step) {
    wanted = settled(rules.shape, served.bodies(), wanted);
    served.put(next_bodies(rules, served, wanted), rules.waits);
    check_records(rules.shape, served.bodies());
    served.pass(std::chrono::seconds(4200));
  }
  for (const WantedTerm& term : wanted) {
    FUZZ_REQUIRE((served.passes_in(term.text) == zonestore::Milliseconds(0)) == term.home.has_value());
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
