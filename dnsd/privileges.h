// Becoming an ordinary user once the low ports are bound, and giving up what could undo it.
//
// Precondition of all: no other thread runs yet. Errors: what the operator should change.
#pragma once

#include <string>

#include <sys/types.h>

#include "dnsd/util/result.h"

namespace dnsd {

struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

// Errors: no such user, or one that is root under another name; without the name, which may come from a file.
[[nodiscard]] util::Result<Account> find_account(const std::string& name);

// Takes this account's user, group and groups, for good: real, effective and saved. No effect if we are that
// user already. Errors: we are neither root nor that user.
[[nodiscard]] util::Result<void> become(const Account& account);

// From now on no program that is started gains rights (no_new_privs), and every capability is gone, that for
// low ports included. For a user other than root.
[[nodiscard]] util::Result<void> renounce_capabilities();

// Who has a TSIG key can have the zones, and who has a cookie secret can forge cookies: nothing that dies leaves
// memory of this process on a disk, and no other process of its user may look into it. Once the process is who it
// will be: a change of user sets it anew.
void keep_memory_private();

// Lets this process open as many files as the hard limit allows. Gives the limit that holds then.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace dnsd
