// zonectl complete -- WORDS...: for shells (deploy/completion), one candidate a line.
//
// It never asks for rights and never says why it has nothing to offer: a shell calls it at each Tab. What is in the
// store completes for those who may read it.
#include <algorithm>
#include <array>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/list_filter.h"
#include "tools/zonectl/session/completion.h"
#include "zonestore/crypto/key_kind.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/names.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/signer/layout.h"

namespace zonectl::complete {
namespace {

using zonestore::Store;

constexpr std::size_t kMost = 200;                   // more, nobody chooses from
constexpr std::string_view kShellsFiles = ":files";  // the shell's own completion of files; no candidate begins so

struct Options {
  std::vector<std::string> words;
  std::function<CommandShape()> commands;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.many("WORD", "", options.words, Need::kOptional, &parse_word,
                 "behind --: the words so far, of which the last is being typed and may be empty");
  arguments.all_commands(options.commands);
}

template <class View>
std::vector<std::string> names_of(const zonestore::Result<std::vector<View>>& views) {
  std::vector<std::string> names;
  for (const View& view : views.value_or(std::vector<View>{})) {
    names.push_back(view.name);
  }
  return names;
}

std::vector<std::string> zones_of(Store& store) {
  std::vector<std::string> names;
  for (const zonestore::ZoneView& zone : list_zones(store).value_or(std::vector<zonestore::ZoneView>{})) {
    names.push_back(zone.apex.to_text_no_dot());
  }
  return names;
}

std::vector<std::string> names_in(Store& store, Names names, const std::string& typed) {
  switch (names) {
    case Names::kInstitutions:
      return codes_beginning_with(store, typed, kMost).value_or(std::vector<std::string>{});
    case Names::kZones:
      return zones_of(store);
    case Names::kSigners:
      return names_of(list_signers(store));
    case Names::kSecondaries:
      return names_of(list_secondaries(store));
    default:
      return {};
  }
}

// What needs no store.
std::vector<std::string> names_known(Names names) {
  std::vector<std::string> known;
  if (names == Names::kPolicyKeys) {
    return zonestore::policy_keys();
  }
  if (names == Names::kStates) {
    return list::state_names();
  }
  if (names == Names::kKeyTypes) {
    using zonestore::crypto::Algorithm;
    for (const Algorithm each :
         {Algorithm::kRsa2048, Algorithm::kRsa3072, Algorithm::kRsa4096, Algorithm::kEd25519}) {
      known.emplace_back(to_text(each));
    }
  }
  if (names == Names::kFormats) {
    for (const zonestore::signer::Format each : zonestore::signer::kFormats) {
      known.emplace_back(to_text(each));
    }
  }
  return known;
}

bool is_of_a_store(Names names) {
  constexpr std::array kOfAStore{Names::kInstitutions, Names::kZones, Names::kSigners, Names::kSecondaries};
  return std::find(kOfAStore.begin(), kOfAStore.end(), names) != kOfAStore.end();
}

void print(const Session& session, const Completion& completion, const std::vector<std::string>& candidates) {
  for (const std::string& each : candidates) {
    if (each.starts_with(completion.typed)) {
      session.words() << completion.before << each << '\n';
    }
  }
}

void print_from_store(const Session& session, const Completion& completion) {
  GlobalOptions globals;
  if (!completion.store.empty()) {
    globals.store = completion.store;
  }
  Session asking = session.with(globals);
  asking.limit_time();
  if (!asking.become_owner()) {
    return;
  }
  zonestore::Result<Store> store = asking.open_to_find();
  if (!store) {
    return;
  }
  for (const Names names : completion.names) {
    print(session, completion, names_in(*store, names, completion.typed));
  }
}

zonestore::Result<ExitCode> body(Session& session, const Options& options) {
  const Completion completion = completion_of(options.commands(), options.words);
  print(session, completion, completion.words);
  for (const Names names : completion.names) {
    print(session, completion, names_known(names));
  }
  if (completion.names.contains(Names::kFiles)) {
    session.words() << kShellsFiles << '\n';
  }
  session.words().flush();
  if (std::any_of(completion.names.begin(), completion.names.end(), is_of_a_store)) {
    print_from_store(session, completion);
  }
  return ExitCode::kDone;
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({.name = "complete",
                         .purpose = "print what may stand for the last of these words, one a line; for shells",
                         .example = "zonectl complete -- rotate mo",
                         .exits = {{ExitCode::kDone, "always"}},
                         .whom = For::kAdmins,
                         .needs_store = false,
                         .is_hidden = true},
                        arguments, body);
}

}  // namespace zonectl::complete
