#include "zonestore/judgement/verdict.h"

#include <algorithm>
#include <array>

namespace zonestore {
namespace {

struct Named {
  Verdict verdict;
  std::string_view name;
};

constexpr std::array kNames{
    Named{Verdict::kOk, "ok"},
    Named{Verdict::kUnreachable, "unreachable"},
    Named{Verdict::kLame, "lame-server"},
    Named{Verdict::kMissing, "missing"},
    Named{Verdict::kDomainDoubled, "domain-doubled"},
    Named{Verdict::kNoSuchDomain, "no-such-domain"},
    Named{Verdict::kWrongInstitution, "wrong-institution"},
    Named{Verdict::kSlotsSwapped, "slots-swapped"},
    Named{Verdict::kDotLost, "trailing-dot-lost"},
    Named{Verdict::kTxtInPlace, "txt-in-place-of-cname"},
    Named{Verdict::kCnameBesideTxt, "cname-beside-txt"},
    Named{Verdict::kFlattened, "flattened"},
    Named{Verdict::kLoop, "loop"},
    Named{Verdict::kWrongTarget, "wrong-target"},
    Named{Verdict::kDisagree, "servers-disagree"},
    Named{Verdict::kSeveralRecords, "several-records"},
    Named{Verdict::kNoInclude, "include-missing"},
    Named{Verdict::kSyntax, "syntax"},
    Named{Verdict::kTooManyLookups, "too-many-look-ups"},
    Named{Verdict::kTooManyVoids, "too-many-voids"},
    Named{Verdict::kBrokenInclude, "include-broken"},
    Named{Verdict::kLagging, "lagging"},
    Named{Verdict::kAhead, "ahead"},
    Named{Verdict::kIncomplete, "incomplete"},
    Named{Verdict::kKeyMismatch, "key-mismatch"},
};

}  // namespace

std::string_view to_text(Verdict verdict) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [verdict](const Named& each) { return each.verdict == verdict; });
  return found == kNames.end() ? std::string_view() : found->name;
}

std::optional<Verdict> parse_verdict(std::string_view text) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [text](const Named& each) { return each.name == text; });
  if (found == kNames.end()) {
    return std::nullopt;
  }
  return found->verdict;
}

bool is_settled(Verdict verdict) {
  return verdict != Verdict::kUnreachable && verdict != Verdict::kLame;
}

std::optional<Guard> cname_guard(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMissing:
    case Verdict::kDomainDoubled:
    case Verdict::kNoSuchDomain:
      return Guard::kCnameMissing;
    case Verdict::kWrongInstitution:
    case Verdict::kSlotsSwapped:
    case Verdict::kDotLost:
    case Verdict::kTxtInPlace:
    case Verdict::kCnameBesideTxt:
    case Verdict::kFlattened:
    case Verdict::kLoop:
    case Verdict::kWrongTarget:
    case Verdict::kDisagree:
      return Guard::kCnameWrong;
    default:
      return std::nullopt;
  }
}

}  // namespace zonestore
