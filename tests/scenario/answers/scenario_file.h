// Scenarios of questions and answers, as text that a person can read and write:
//
//   zones: rfc4592.zone                         (once, at the head; zone files beside the scenarios, in zones/)
//
//   = AWildcardAnswersForWhatIsNotThere         (the name of the behaviour)
//   # RFC 4592 section 2.2.1                    (a comment)
//   ask: host3.example. MX [tcp] [edns BYTES] [do]
//   NOERROR aa                                  (RCODE; the flags that are set, of aa tc)
//   answer: host3.example. 3600 IN MX 10 host1.example.
//   authority: ...                              (a line a record, in any order; what is not named must be empty)
//   additional: ...                             (without the OPT record)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "zonestore/base/bytes.h"

namespace dnsd::test {

struct ScenarioAnswer {
  std::string rcode;
  std::string flags;                                       // "aa tc", in this order
  std::vector<std::string> answer, authority, additional;  // in ldns's presentation form, lower-cased, sorted

  friend bool operator==(const ScenarioAnswer&, const ScenarioAnswer&) = default;
};

// For the message of a test that fails.
[[nodiscard]] std::string to_text(const ScenarioAnswer& answer);

struct Scenario {
  std::string name;
  int line = 0;
  zonestore::Bytes query;
  bool over_tcp = false;
  ScenarioAnswer expected;
};

struct ScenarioFile {
  std::vector<std::string> zones;
  std::vector<Scenario> scenarios;
};

// Throws std::runtime_error as "file:line: why": a scenario that cannot be read must not pass.
[[nodiscard]] ScenarioFile read_scenarios(const std::filesystem::path& file);

// An answer as ldns reads it. Throws std::runtime_error when ldns cannot.
[[nodiscard]] ScenarioAnswer decode(zonestore::ByteView message);

}  // namespace dnsd::test
