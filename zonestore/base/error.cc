#include "zonestore/base/error.h"

#include <algorithm>
#include <array>

namespace zonestore {
namespace {

struct GuardRow {
  Guard guard;
  std::string_view code;
  bool can_override;
};

constexpr std::array kGuards{
    GuardRow{Guard::kNoStandby, "E_NO_STANDBY", false},
    GuardRow{Guard::kNotRipe, "E_NOT_RIPE", true},
    GuardRow{Guard::kDraining, "E_DRAINING", false},
    GuardRow{Guard::kNothingToUndo, "E_NOTHING_TO_UNDO", false},
    GuardRow{Guard::kFrozen, "E_FROZEN", true},
    GuardRow{Guard::kExpect, "E_EXPECT", false},
    GuardRow{Guard::kExists, "E_EXISTS", false},
    GuardRow{Guard::kKeyMismatch, "E_KEY_MISMATCH", false},
    GuardRow{Guard::kWeakKey, "E_WEAK_KEY", true},
    GuardRow{Guard::kKeyType, "E_KEY_TYPE", true},
    GuardRow{Guard::kPolicyFloor, "E_POLICY_FLOOR", true},
    GuardRow{Guard::kNsLag, "E_NS_LAG", true},
    GuardRow{Guard::kCnameMissing, "E_CNAME_MISSING", true},
    GuardRow{Guard::kCnameWrong, "E_CNAME_WRONG", true},
    GuardRow{Guard::kUnseen, "E_UNSEEN", false},
    GuardRow{Guard::kSignerStale, "E_SIGNER_STALE", true},
    GuardRow{Guard::kSignerKind, "E_SIGNER_KIND", true},
    GuardRow{Guard::kForeign, "E_FOREIGN", false},
    GuardRow{Guard::kLastKey, "E_LAST_KEY", false},
    GuardRow{Guard::kWideTerm, "E_WIDE_TERM", true},
    GuardRow{Guard::kRevoked, "E_REVOKED", false},
    GuardRow{Guard::kCnameAlone, "E_CNAME_ALONE", false},
    GuardRow{Guard::kOneRecord, "E_ONE_RECORD", false},
    GuardRow{Guard::kBelowDname, "E_BELOW_DNAME", false},
    GuardRow{Guard::kBelowCut, "E_BELOW_CUT", false},
    GuardRow{Guard::kNoGlue, "E_NO_GLUE", false},
    GuardRow{Guard::kAliasTarget, "E_ALIAS_TARGET", false},
    GuardRow{Guard::kDsWithoutNs, "E_DS_WITHOUT_NS", false},
    GuardRow{Guard::kReserved, "E_RESERVED", false},
    GuardRow{Guard::kSecondSpf, "E_SECOND_SPF", false},
    GuardRow{Guard::kSetting, "E_SETTING", false},
    GuardRow{Guard::kWildcard, "E_WILDCARD", false},
    GuardRow{Guard::kTooLarge, "E_TOO_LARGE", false},
    GuardRow{Guard::kSignedType, "E_SIGNED_TYPE", false},
    GuardRow{Guard::kInUse, "E_IN_USE", false},
    GuardRow{Guard::kForeignBackup, "E_FOREIGN_BACKUP", true},
    GuardRow{Guard::kNoKey, "E_NO_KEY", false},
};

const GuardRow& row_of(Guard guard) {
  return kGuards.at(static_cast<std::size_t>(guard));
}

constexpr bool in_the_order_of_the_enum() {
  for (std::size_t index = 0; index < kGuards.size(); ++index) {
    if (static_cast<std::size_t>(kGuards[index].guard) != index) {
      return false;
    }
  }
  return true;
}
static_assert(in_the_order_of_the_enum(), "row_of finds a guard by its place");

struct CodeRow {
  ErrorCode code;
  std::string_view word;
};

constexpr std::array kCodes{
    CodeRow{ErrorCode::kInvalid, "invalid"},       CodeRow{ErrorCode::kNotFound, "not-found"},
    CodeRow{ErrorCode::kRefused, "refused"},       CodeRow{ErrorCode::kBusy, "busy"},
    CodeRow{ErrorCode::kMissing, "store-missing"}, CodeRow{ErrorCode::kEmpty, "store-empty"},
    CodeRow{ErrorCode::kForeign, "store-foreign"}, CodeRow{ErrorCode::kFuture, "store-from-the-future"},
    CodeRow{ErrorCode::kDamaged, "damaged"},       CodeRow{ErrorCode::kHotJournal, "hot-journal"},
    CodeRow{ErrorCode::kReadOnly, "read-only"},    CodeRow{ErrorCode::kFull, "disk-full"},
    CodeRow{ErrorCode::kPermission, "permission"}, CodeRow{ErrorCode::kIo, "io"},
    CodeRow{ErrorCode::kCrypto, "crypto"},         CodeRow{ErrorCode::kUnknown, "outcome-unknown"},
};

constexpr bool codes_are_in_the_order_of_the_enum() {
  for (std::size_t index = 0; index < kCodes.size(); ++index) {
    if (static_cast<std::size_t>(kCodes[index].code) != index) {
      return false;
    }
  }
  return true;
}
static_assert(codes_are_in_the_order_of_the_enum(), "a word is found by its code's place");
static_assert(kCodes.size() == static_cast<std::size_t>(ErrorCode::kUnknown) + 1, "the last code has a word");

}  // namespace

std::string_view guard_code(Guard guard) {
  return row_of(guard).code;
}

std::optional<Guard> guard_from_code(std::string_view code) {
  const auto* const row =
      std::find_if(kGuards.begin(), kGuards.end(), [code](const GuardRow& each) { return each.code == code; });
  return row == kGuards.end() ? std::nullopt : std::optional(row->guard);
}

std::string_view to_text(ErrorCode code) {
  return kCodes.at(static_cast<std::size_t>(code)).word;
}

bool can_override(Guard guard) {
  return row_of(guard).can_override;
}

}  // namespace zonestore
