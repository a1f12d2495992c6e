// The SPF records (RFC 7208) that all customers include: what each says, as text, and how large its answer is.
//
//   spf.secutix.com      "v=spf1 ip4:... ip6:... include:_1.spf.secutix.com ~all"   number 0, the apex
//   _1.spf.secutix.com   "v=spf1 ip4:... ~all"                                      numbers 1 to kMaxIncludes
//
// The apex alone costs a customer one look-up of ten (section 4.6.4), each include one more. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/spf/term.h"
#include "zonestore/zone/name.h"

namespace zonestore::spf {

inline constexpr unsigned kMaxIncludes = 4;  // of our own: 1 + 4 of a customer's 10 look-ups
inline constexpr std::size_t kRecords = 1 + kMaxIncludes;

// What one record says; nothing in it is "v=spf1 ~all".
struct Body {
  std::vector<std::string> terms;  // canonical
  std::vector<unsigned> includes;  // the apex's alone: numbers, rising
  friend bool operator==(const Body&, const Body&) = default;

  [[nodiscard]] bool has(std::string_view term) const;
  [[nodiscard]] bool has_include(unsigned number) const;
};
using Bodies = std::array<std::optional<Body>, kRecords>;  // nullopt: there is no such record

struct Record {
  Name owner;
  std::string text;  // "v=spf1 ... ~all"
};

// The names and the room of one zone's records. Each answer has at most min(512, 273 + 13 x the apex's length on the
// wire) bytes without EDNS, so that with OPT and a signature it stays within 14 times its query.
class RecordShape {
 public:
  explicit RecordShape(const Name& apex);

  [[nodiscard]] const Name& apex() const { return owners_.front(); }
  // False for _1 and on below an apex that is as long as names may be.
  [[nodiscard]] bool has(unsigned number) const { return number < owners_.size(); }
  [[nodiscard]] const Name& owner(unsigned number) const { return owners_.at(number); }
  [[nodiscard]] std::string text(const Body& body) const;
  // The inverse, of text that this made; whatever else stands in it is passed over.
  [[nodiscard]] Body body(std::string_view text) const;

  // Room is counted in bytes of text, beside "v=spf1" and " ~all", which every record has.
  [[nodiscard]] std::size_t room(unsigned number) const { return rooms_.at(number); }
  [[nodiscard]] static std::size_t weight(std::string_view term) { return 1 + term.size(); }
  [[nodiscard]] std::size_t include_weight(unsigned number) const;
  [[nodiscard]] std::size_t weight(const Body& body) const;

 private:
  std::vector<Name> owners_;                   // by number
  std::array<std::size_t, kRecords> rooms_{};  // by number
};

// Of a record of ours, without EDNS (RFC 1035 section 4.1).
[[nodiscard]] std::size_t answer_bytes(const Name& owner, std::size_t text_bytes);
[[nodiscard]] std::size_t most_answer_bytes(const Name& apex);

}  // namespace zonestore::spf
