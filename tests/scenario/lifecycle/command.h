// The commands that the property tests play, on the model and on what it is compared with.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/scenario/lifecycle/timeline.h"

namespace tests::lifecycle {

enum class Verb : std::uint8_t {
  kAdd,
  kRemove,
  kRotate,
  kRotateWithoutPrivateKey,  // with the target's private key taken out of the vault for that time; a store only
  kRotateWithStaleSigner,    // while a signer is enrolled that does not follow; a store only
  kRotateUnfollowed,         // a signer holds the key, but does not follow the move: it is undone; a store only
  kUndo,
  kPrepare,
  kRevoke,
  kRevokeHeld,  // what a taken signer held: the idle slot now, the one that signs when it can be
  kFreeze,
  kThaw,
  kSee,            // `check` sees something of the slot in the DNS; a store only
  kJudgeByPolicy,  // would policy rotate it now, were it due? Nothing is done; a store only
  kBulkRotate,     // all that sign; a store only, as all of these
  kBulkResume,
  kBulkGiveUp,
  kBulkDie,  // the process that worked through a run, and waits for its turn, is killed
  kMaintain,
  kSetPolicy,
  kSetNegativeTtl,
  kRun,                  // time passes
  kStepWall,             // the wall clock alone is set, forward or back
  kSynchronise,          // the wall clock is set right, and the kernel vouches for it
  kLoseSynchronisation,  // it does not any more
  kReboot,               // `amount` is how long the machine was off
};

enum class PolicyKey : std::uint8_t { kTtlActive, kTtlOther, kSlack, kDrain };
inline constexpr std::string_view kPolicyNames[] = {"ttl-active", "ttl-other", "slack", "drain"};

// What is seen of a slot: the institution's CNAME, whether our name servers follow, what the whole way answers, all
// of it; or that nobody answers.
enum class Sight : std::uint8_t {
  kCnameRight,
  kCnameMissing,
  kCnameWrong,
  kServersFollow,
  kServersLag,
  kAnswerRight,
  kAnswerOther,
  kAllRight,
  kCnameSilent,
  kServersSilent,
};
inline constexpr std::array<std::string_view, 10> kSightNames{
    "CNAME right",  "CNAME missing",  "CNAME wrong", "servers follow",         "servers lag",
    "answer right", "another answer", "all right",   "CNAME's servers silent", "our servers silent"};

inline constexpr int kWholeStore = -1;

struct Command {
  Verb verb = Verb::kRun;
  int who = 0;                     // number of the institution, or kWholeStore
  std::optional<int> slot = {};    // 0 is sel1; nullopt: the one that needs it (prepare)
  std::optional<int> expect = {};  // --expect
  std::string_view lifts = {};     // --override: the guard's code, or empty
  bool stop_signing = false;       // revoke
  bool dry_run = false;
  PolicyKey key = PolicyKey::kSlack;
  Sight sight = Sight::kCnameRight;
  // kBulkRotate, kBulkResume: it serves so many institutions, and then is killed, or waits for its turn; none: to its
  // end.
  std::optional<int> serves = {};
  bool waits_for_turn = false;
  bool looks = false;                 // rotate: it looks itself, and sees `sight` of the slot that it would move to
  std::optional<Millis> amount = {};  // of time, or a policy's value; nullopt: unset the policy
};

// "rotate i1 --expect sel2 --override E_NOT_RIPE".
[[nodiscard]] std::string to_text(const Command& command);

[[nodiscard]] constexpr bool is_bulk(Verb verb) {
  return verb == Verb::kBulkRotate || verb == Verb::kBulkResume || verb == Verb::kBulkGiveUp ||
         verb == Verb::kBulkDie;
}

[[nodiscard]] constexpr bool turns_clock(Verb verb) {
  return verb == Verb::kRun || verb == Verb::kStepWall || verb == Verb::kSynchronise ||
         verb == Verb::kLoseSynchronisation || verb == Verb::kReboot;
}

}  // namespace tests::lifecycle
