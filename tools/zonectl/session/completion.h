// Which words may stand where somebody is typing: what a shell offers after Tab. Pure: the tree of
// commands and the words so far are handed in; what only a store knows is named as what to ask it for.
//
// The tree is read as the parse reads it: flags stand anywhere, a verb's word is taken for the verb, behind "--"
// there are no flags. Words that make no sense are passed over, since whoever types may mend them yet.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tools/zonectl/session/tree.h"

namespace zonectl {

// What can stand for a word beside the words that are known: of the store, or of the file system, which the shell
// knows best.
enum class Names : std::uint8_t {
  kInstitutions,
  kZones,
  kSigners,
  kSecondaries,
  kPolicyKeys,
  kKeyTypes,
  kStates,
  kFormats,
  kFiles
};

struct Completion {
  std::string typed;               // what candidates must begin with: what is there of the last word
  std::string before;              // what stands before it in the same word: "--expect="
  std::vector<std::string> words;  // candidates that begin so, without what stands before
  std::set<Names> names;           // and of these, those that begin so
  std::string store;               // of --store among the words; empty: the usual one
};

// `words`: those behind the program's name up to the one that is being typed, which is the last and may be empty.
[[nodiscard]] Completion completion_of(const CommandShape& program, std::span<const std::string> words);

}  // namespace zonectl
