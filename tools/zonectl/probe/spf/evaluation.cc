#include "tools/zonectl/probe/spf/evaluation.h"

#include <algorithm>

#include "tools/zonectl/probe/spf/walk.h"

namespace zonectl::probe::spf {

using zonestore::Name;

namespace {

constexpr unsigned kBitsOfByte = 8;
constexpr int kMostWays = 64;  // through terms that only a message can tell of

}  // namespace

std::string_view to_text(Result result) {
  switch (result) {
    case Result::kNone:
      return "none";
    case Result::kNeutral:
      return "neutral";
    case Result::kPass:
      return "pass";
    case Result::kFail:
      return "fail";
    case Result::kSoftFail:
      return "softfail";
    case Result::kTempError:
      return "temperror";
    case Result::kPermError:
      break;
  }
  return "permerror";
}

bool covers(const zonestore::Bytes& network, unsigned bits, const zonestore::Bytes& address) {
  if (network.size() != address.size()) {
    return false;
  }
  for (std::size_t i = 0; i < network.size() && bits > 0; ++i) {
    const unsigned taken = std::min(bits, kBitsOfByte);
    const unsigned mask = (0xff00U >> taken) & 0xffU;
    if (((network[i] ^ address[i]) & mask) != 0) {
      return false;
    }
    bits -= taken;
  }
  return true;
}

Evaluation evaluate(const std::string& record, const Name& domain, const Sender& sender, const Name& ours,
                    LookUps& look_ups) {
  std::vector<bool> assumed;
  Evaluation first = Walk(sender, ours, look_ups, assumed).run(record, domain);
  for (int ways = 1;; ++ways) {
    // The next way: the last term that was assumed not to match does, and what comes after it is open again.
    while (!assumed.empty() && assumed.back()) {
      assumed.pop_back();
    }
    if (assumed.empty()) {
      return first;
    }
    assumed.back() = true;
    const Evaluation other = Walk(sender, ours, look_ups, assumed).run(record, domain);
    if (ways == kMostWays || (other.result == Result::kPass) != (first.result == Result::kPass)) {
      Evaluation untold = first;
      untold.is_told = false;
      return untold;
    }
  }
}

}  // namespace zonectl::probe::spf
