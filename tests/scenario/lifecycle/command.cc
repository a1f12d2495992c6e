#include "tests/scenario/lifecycle/command.h"

#include <array>

namespace tests::lifecycle {
namespace {

constexpr std::array<std::string_view, 26> kVerbs{"add",
                                                  "remove",
                                                  "rotate",
                                                  "rotate (without its private key)",
                                                  "rotate (with a stale signer)",
                                                  "rotate (a signer does not follow)",
                                                  "undo",
                                                  "prepare",
                                                  "revoke",
                                                  "revoke (held by a taken signer)",
                                                  "freeze",
                                                  "thaw",
                                                  "check",
                                                  "judge by policy",
                                                  "rotate --all",
                                                  "rotate --resume",
                                                  "rotate --give-up",
                                                  "kill what rotates all",
                                                  "maintain",
                                                  "policy",
                                                  "negative-ttl",
                                                  "run (ms)",
                                                  "step (ms)",
                                                  "synchronise",
                                                  "lose synchronisation",
                                                  "reboot (off, ms)"};

std::string slot_text(int slot) {
  return "sel" + std::to_string(slot + 1);
}

}  // namespace

std::string to_text(const Command& command) {
  std::string text(kVerbs.at(static_cast<std::size_t>(command.verb)));
  if (!turns_clock(command.verb) && command.verb != Verb::kMaintain && command.who != kWholeStore) {
    text += " i" + std::to_string(command.who);
  }
  if (command.verb == Verb::kSetPolicy) {
    text += " " + std::string(kPolicyNames[static_cast<std::size_t>(command.key)]);
  }
  if (command.verb == Verb::kSee) {
    text += " sees: " + std::string(kSightNames.at(static_cast<std::size_t>(command.sight))) + " for";
  }
  if (command.looks) {
    text += ", sees: " + std::string(kSightNames.at(static_cast<std::size_t>(command.sight)));
  }
  if (command.slot) {
    text += " " + slot_text(*command.slot);
  }
  if (command.amount) {
    text += " " + std::to_string(*command.amount);
  }
  if (command.expect) {
    text += " --expect " + slot_text(*command.expect);
  }
  if (!command.lifts.empty()) {
    text += " --override " + std::string(command.lifts);
  }
  if (command.serves) {
    text += (command.waits_for_turn ? ", waits after " : ", killed after ") + std::to_string(*command.serves);
  }
  text += command.stop_signing ? " --stop-signing" : "";
  text += command.dry_run ? " --dry-run" : "";
  return text;
}

}  // namespace tests::lifecycle
