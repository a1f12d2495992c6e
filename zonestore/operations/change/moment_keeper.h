// A command that is refused, or finds nothing to do, before it has a transaction of its own keeps its moment too:
// trusted time goes on from there (base/moment.h).
//
// For the sources of zonestore/operations only.
#pragma once

#include "zonestore/operations/change/context.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {

// Keeps the moment alone: no serial, no audit row. Throws db::Failure.
void observe_time(Store::Impl& store);

// At the end of its scope, unless a change has kept one meanwhile or it is a dry run. That it cannot be written does
// not matter: what the command says stands.
class MomentKeeper {
 public:
  MomentKeeper(Store::Impl& store, const ChangeContext& context);
  ~MomentKeeper();
  MomentKeeper(const MomentKeeper&) = delete;
  MomentKeeper& operator=(const MomentKeeper&) = delete;
  MomentKeeper(MomentKeeper&&) = delete;
  MomentKeeper& operator=(MomentKeeper&&) = delete;

 private:
  Store::Impl& store_;
  std::uint64_t kept_before_;
  bool dry_run_;
};

}  // namespace zonestore
