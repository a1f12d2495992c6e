// Root becomes the owner of another's store before anything of it is open: in all ids and groups, without
// capabilities, for good. See store_place.h for whose a store is.
//
// Threads: one; before there are others, and before the child that looks. Errors: kPermission; the process then must
// not open the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "zonestore/base/error.h"

namespace zonectl {

// For a process of root's. The name of the user whom it has become; nullopt: it has stayed root.
[[nodiscard]] zonestore::Result<std::optional<std::string>> become_owner(const std::filesystem::path& store);

// From now on no program that this process starts has more rights than it has itself. For commands that run no
// signer's command: that one may need sudo.
void gain_no_rights();

}  // namespace zonectl
