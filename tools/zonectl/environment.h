// What a run of zonectl takes from the process that it runs in. Only main asks the system; tests hand in their own.
#pragma once

#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tools/zonectl/output/terminal.h"
#include "tools/zonectl/probe/address.h"
#include "zonestore/vault/vault.h"

namespace zonectl {

struct Environment {
  std::optional<std::string> zonestore;      // $ZONESTORE
  std::optional<std::string> sudo_user;      // $SUDO_USER
  std::string user;                          // the effective user's name
  zonestore::VaultKeySources key_sources{};  // $CREDENTIALS_DIRECTORY, $ZONESTORE_VAULT_KEY
  std::vector<probe::Address> resolvers{};   // those of the system

  // The person at the terminal: who called sudo, else the user.
  [[nodiscard]] const std::string& login() const { return sudo_user && !sudo_user->empty() ? *sudo_user : user; }
};

// The streams must outlive the run.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal{};
  Terminal err_terminal{};
  // Where a person answers a question; nullptr: nobody can be asked.
  std::istream* in = nullptr;
};

}  // namespace zonectl
