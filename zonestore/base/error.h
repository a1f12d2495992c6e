// Errors and results of the library.
//
// Purpose: every public call that can fail for an expected reason returns Result<T>. Exceptions do not cross
// the library's border; inside it, db::Failure is thrown by the database layer and turned into an Error at
// the border (see db/failure.h).
// Threads: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "zonestore/base/moment.h"

namespace zonestore {

// The safety guards. The names are stable: operators and scripts match on them.
enum class Guard : std::uint8_t {
  // of the key lifecycle
  kNoStandby,
  kNotRipe,
  kDraining,
  kNothingToUndo,
  kFrozen,
  kExpect,
  kExists,
  kKeyMismatch,
  kWeakKey,
  kKeyType,
  kPolicyFloor,
  kNsLag,
  kCnameMissing,
  kCnameWrong,
  kUnseen,
  kSignerStale,
  kSignerKind,  // it cannot sign with the algorithm
  kForeign,     // its directory holds what is not ours
  kLastKey,
  kWideTerm,  // an SPF term
  kRevoked,
  // of the zones: what could not be served rightly
  kCnameAlone,   // data beside a CNAME
  kOneRecord,    // a second CNAME or DNAME at one name
  kBelowDname,   // data below a DNAME
  kBelowCut,     // data at or below a zone cut that is no glue
  kNoGlue,       // a name server in its own zone without an address
  kAliasTarget,  // an NS or MX record that leads to a CNAME, or below a DNAME
  kDsWithoutNs,
  kReserved,  // a name that the store publishes at
  kSecondSpf,
  kSetting,     // SOA and NS of the apex
  kWildcard,    // NS or DNAME at a wildcard
  kTooLarge,    // a set that no message holds
  kSignedType,  // what signing makes
  kInUse,       // a zone, or an address, that another zone needs
  // of restore
  kForeignBackup,  // it was not sealed with a key of this store
  // of secondaries
  kNoKey,  // one that signs with no key, and nobody said that it may
};

// "E_NOT_RIPE" and so on.
[[nodiscard]] std::string_view guard_code(Guard guard);
[[nodiscard]] std::optional<Guard> guard_from_code(std::string_view code);
// False for the guards that no --override lifts.
[[nodiscard]] bool can_override(Guard guard);

enum class ErrorCode : std::uint8_t {
  kInvalid,     // malformed code, name or value: the caller's input is wrong
  kNotFound,    // no such institution, slot or zone
  kRefused,     // a guard refused; `refusal` says which
  kBusy,        // another writer held the store for the whole busy timeout
  kMissing,     // there is no store at that path
  kEmpty,       // the file is there and has nothing in it
  kForeign,     // a file that is not a store of ours (garbage, or another application's database)
  kFuture,      // the store was made by a newer version
  kDamaged,     // a store of ours whose content contradicts itself
  kHotJournal,  // a writer died in the middle of a commit; only the owner can roll back
  kReadOnly,    // the file or the file system is read-only
  kFull,        // no space left
  kPermission,  // the user may not open or write the file
  kIo,          // any other failure of the disk
  kCrypto,      // OpenSSL refused, or a key failed its proof
  kUnknown,     // a commit failed, and it cannot be told whether the change was made: nothing else was done
};

// The word for it in JSON and in the log, the same in both: "store-missing", "hot-journal". A promise to scripts.
[[nodiscard]] std::string_view to_text(ErrorCode code);

struct Refusal {
  Guard guard;
  std::optional<WallTime> clears_at;  // absent: time alone does not clear it
};

struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;  // what went wrong and where: one line, no trailing period
  std::string hint;     // what to do about it, may be empty
  std::optional<Refusal> refusal = std::nullopt;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), std::nullopt});
}

[[nodiscard]] inline tl::unexpected<Error> refuse(Guard guard, std::string message, std::string hint = {},
                                                  std::optional<WallTime> clears_at = std::nullopt) {
  return tl::unexpected<Error>(
      Error{ErrorCode::kRefused, std::move(message), std::move(hint), Refusal{guard, clears_at}});
}

}  // namespace zonestore
