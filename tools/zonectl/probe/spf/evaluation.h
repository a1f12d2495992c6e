// An SPF record evaluated as receivers do (RFC 7208 sections 4 to 7): check_host() with its limits, for one sender.
//
// Who sends: a real address; whoever our own include names ("included": the answer does not depend on what stands in
// it today); or nobody in particular, for whom every term is read to the end, past what receivers give up at, which
// counts what the whole record costs. The sender is postmaster@ the domain; what a record makes of the rest of a
// message (%{h}) cannot be told: then all that it may come to is looked at. Pure but for the look-ups. Threads: one.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/spf/expansion.h"
#include "tools/zonectl/probe/spf/look_up.h"

namespace zonectl::probe::spf {

inline constexpr unsigned kMostLookups = 10;  // RFC 7208 section 4.6.4
inline constexpr unsigned kMostVoids = 2;
inline constexpr unsigned kMostHosts = 10;  // of one mx or ptr

enum class Result : std::uint8_t { kNone, kNeutral, kPass, kFail, kSoftFail, kTempError, kPermError };
[[nodiscard]] std::string_view to_text(Result result);

struct Sender {
  enum class Kind : std::uint8_t { kAddress, kIncluded, kNobody };
  Kind kind = Kind::kNobody;
  zonestore::Bytes address = {};  // of kAddress
};

// Why receivers give up.
enum class Trouble : std::uint8_t { kNone, kTooManyLookups, kTooManyVoids, kTooManyHosts, kBroken, kUnanswered };

struct Evaluation {
  Result result = Result::kNone;
  std::string by;                    // the term of the domain's own record that decided; empty: none did
  bool is_by_our_include = false;    // it passed because our include says so
  bool reaches_ours = false;         // of nobody: our include is read, and may let pass, on some way
  Trouble trouble = Trouble::kNone;  // the first
  std::string what;                  // ... in words, where there is more to say than its kind
  std::string circle;                // a domain that leads back to itself; empty: none does
  unsigned lookups = 0;
  unsigned voids = 0;
  bool is_told = true;  // false: what it comes to depends on the message; the first term that makes it so is
  std::string untold;   // this one, which may stand here even if it makes no difference
};

// `record`: a policy record's text, published at `domain`; `ours`: spf.secutix.com.
[[nodiscard]] Evaluation evaluate(const std::string& record, const zonestore::Name& domain, const Sender& sender,
                                  const zonestore::Name& ours, LookUps& look_ups);

// Does the prefix hold the address? False if they are not of one family.
[[nodiscard]] bool covers(const zonestore::Bytes& network, unsigned bits, const zonestore::Bytes& address);

}  // namespace zonectl::probe::spf
