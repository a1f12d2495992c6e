// What the judgement of a mail policy asks the DNS, handed in: so it is pure, and tests bring a DNS of their own.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "zonestore/zone/record_set.h"

namespace zonectl::probe {

// What a look-up found, through aliases.
struct Found {
  bool failed = false;                           // nobody answered, or with an error: nothing is known
  std::vector<std::string> texts;                // of a TXT question
  std::size_t count = 0;                         // records of the type
  std::vector<zonestore::Bytes> addresses = {};  // of an A or AAAA question
  std::vector<zonestore::Name> names = {};       // of an MX question, the preferred first, or a PTR question
};
using LookUp = std::function<Found(const zonestore::Name& name, zonestore::RecordType type)>;

// Each question is asked once, and not more of them than a record of good will needs: who writes records that lead to
// ever more names gets no answer any more. Ownership: `look_up` must outlive it. Threads: one.
class LookUps {
 public:
  explicit LookUps(const LookUp& look_up) : look_up_(look_up) {}
  [[nodiscard]] const Found& ask(const zonestore::Name& name, zonestore::RecordType type);
  // False: more text was to be read than records of good will have, however often it is gone through.
  [[nodiscard]] bool may_read(std::size_t bytes);

 private:
  const LookUp& look_up_;
  std::size_t read_bytes_ = 0;
  std::map<std::pair<zonestore::Name, zonestore::RecordType>, Found> found_;
};

}  // namespace zonectl::probe
