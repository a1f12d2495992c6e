// What a run of zonectl takes from the process that it runs in. Only main asks the system; tests hand in their own.
#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tools/zonectl/probe/address.h"
#include "tools/zonectl/session/rights.h"
#include "tools/zonectl/text/terminal.h"
#include "zonestore/base/error.h"
#include "zonestore/signer/command.h"
#include "zonestore/vault/vault.h"

namespace zonectl {

struct Environment {
  std::optional<std::string> zonestore;      // $ZONESTORE
  std::string login;                         // the person, for the audit: see caller.h
  zonestore::VaultKeySources key_sources{};  // $CREDENTIALS_DIRECTORY, $ZONESTORE_VAULT_KEY
  std::vector<probe::Address> resolvers{};   // those of the system
  Role role = Role::kAdmin;
  // Of a process of root's: makes it the store's owner before the store is opened (become_owner.h).
  std::function<zonestore::Result<std::optional<std::string>>(const std::filesystem::path& store)> become_owner{};
  zonestore::signer::RunsAs runs_as = zonestore::signer::RunsAs::of_process();  // whose signers' commands are
  // From then on the process ends by itself in a tenth of a second, silently: of a run that a shell waits for.
  std::function<void()> limit_time{};
  std::optional<std::filesystem::path> installed_key{};  // of the store in its default place, if no other is named
};

// The streams must outlive the run.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal{};
  Terminal err_terminal{};
  // Where a person answers a question; nullptr: nobody can be asked.
  std::istream* in = nullptr;
  // What comes by standard input where a command is told to read "-"; nullptr: nothing.
  std::istream* input = nullptr;
};

}  // namespace zonectl
