// Which line of a SigningTable signs the mail of a domain, found without going through all of them: a table has a
// line or two for each of thousands of domains, and is asked for each of these. Pure.
//
//   patterns   the first line that fits. Nearly all are stars and then a text ("*@mosamuseum.com", "*@*.example",
//              "*"): they fit what ends with that text, so they are looked up by each end of the address. The few
//              others are tried in turn.
//   flat       the host, .domain of each above it, *: looked up one after the other, the first line of each.
//
// Ownership: it points into the table, which outlives it and does not change.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/zonectl/bulk/signing_table.h"
#include "zonestore/zone/name.h"

namespace zonectl {

class SigningIndex {
 public:
  explicit SigningIndex(const SigningTable& table);

  // The line that signs the mail of any address in the domain; nullptr: none does.
  [[nodiscard]] const SigningLine* line_for(const zonestore::Name& domain) const;

 private:
  using Place = std::size_t;  // in the table's lines

  void add_pattern(Place place);
  [[nodiscard]] const SigningLine* first_that_fits(const zonestore::Name& domain) const;
  [[nodiscard]] const SigningLine* nearest_host(const zonestore::Name& domain) const;
  [[nodiscard]] const SigningLine* line_of(std::string_view text) const;

  const SigningTable& table_;
  std::unordered_map<std::string_view, Place> first_of_;  // flat: a pattern; of patterns: how what it fits ends
  std::vector<Place> others_;                             // of patterns, in the table's order
};

}  // namespace zonectl
