// The layout of before: every term packed anew at each change, and published at once. The model of resolvers has to
// find what was wrong with it.
#pragma once

#include <string>
#include <vector>

#include "zonestore/spf/record.h"

namespace tests {

inline zonestore::spf::Bodies packed_layout(const std::vector<std::string>& terms, const zonestore::Name& apex) {
  using zonestore::spf::Body;
  constexpr std::size_t kMost = 512;
  const zonestore::spf::RecordShape shape(apex);
  const auto fits = [&](unsigned number, const Body& body) {
    return zonestore::spf::answer_bytes(shape.owner(number), shape.text(body).size()) <= kMost;
  };
  zonestore::spf::Bodies bodies;
  bodies[0] = Body{terms, {}};
  if (fits(0, *bodies[0])) {
    return bodies;
  }
  bodies[0] = Body{};
  unsigned number = 0;
  for (const std::string& term : terms) {
    if (number > 0) {
      Body longer = *bodies.at(number);
      longer.terms.push_back(term);
      if (fits(number, longer)) {
        bodies.at(number) = longer;
        continue;
      }
    }
    bodies.at(++number) = Body{{term}, {}};
    bodies[0]->includes.push_back(number);
  }
  return bodies;
}

}  // namespace tests
