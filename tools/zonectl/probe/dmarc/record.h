// A DMARC record read (RFC 7489 sections 6.3 and 6.4, RFC 9091): its tags, what is wrong with them, and the record
// that it was meant to be. Tags and values are read without regard to case, but for "DMARC1". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zonectl::probe::dmarc {

struct Tag {
  std::string name;   // in lower case
  std::string value;  // as written; of p, sp and np in lower case
};

struct Record {
  std::vector<Tag> tags;            // the good ones behind v, each once, p first; a p that is missing is "none"
  std::vector<std::string> faults;  // what receivers pass over, or stop at: a line each
  std::vector<std::string> notes;   // what only some of them do not understand

  [[nodiscard]] std::string text() const;  // "v=DMARC1; p=none"
  [[nodiscard]] const Tag* find(std::string_view name) const;
};

// Begins with the tag v=DMARC1: only such a text is a record (RFC 7489 section 6.6.3).
[[nodiscard]] bool is_record(std::string_view text);
// Is none, but was meant to be one: "v=dmarc1; p=none", "v=DMARC1, p=none".
[[nodiscard]] bool is_meant_as_record(std::string_view text);

// Precondition: is_record or is_meant_as_record.
[[nodiscard]] Record read(std::string_view text);

// One in the place of several: the strictest p, sp and np, the largest pct, all addresses of reports; of the rest
// what the strictest record has. Precondition: not empty.
[[nodiscard]] Record merged(std::vector<Record> records);

// 0 of none to 2 of reject.
[[nodiscard]] int strictness(std::string_view policy);

}  // namespace zonectl::probe::dmarc
