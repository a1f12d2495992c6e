// The flags of the commands that look: whom to ask.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "tools/zonectl/session/arguments.h"

namespace zonectl::look {

struct Flags {
  std::vector<probe::Address> servers;
  std::vector<probe::Address> resolvers;
  std::optional<std::uint32_t> timeout;  // in seconds
};

// Of a rotation.
struct Looking {
  bool no_look = false;
  Flags flags;
};

// --server and --resolver.
void declare(Arguments& arguments, Flags& flags);
// With the resolvers of the system where none are named.
[[nodiscard]] Means means_of(const Session& session, const Flags& flags);

// The child, before anything of the store is open. nullptr: nobody looks, in a dry run or as it was asked for.
[[nodiscard]] std::unique_ptr<Lookout> lookout_of(const Session& session, const Looking& looking, bool dry_run);

}  // namespace zonectl::look
