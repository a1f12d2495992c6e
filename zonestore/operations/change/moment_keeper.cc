#include "zonestore/operations/change/moment_keeper.h"

#include "zonestore/rows/store_row.h"

namespace zonestore {

void observe_time(Store::Impl& store) {
  db::Transaction writing(store.connection, db::Transaction::Kind::kWrite);
  (void)rows::keep_moment(store.connection, *store.clock);
  writing.commit();
  ++store.moments_kept;
}

MomentKeeper::MomentKeeper(Store::Impl& store, const ChangeContext& context)
    : store_(store), kept_before_(store.moments_kept), dry_run_(context.dry_run) {}

MomentKeeper::~MomentKeeper() {
  if (dry_run_ || store_.moments_kept != kept_before_) {
    return;
  }
  const Result<void> ignored = db::at_border<void>([&]() -> Result<void> {
    observe_time(store_);
    return {};
  });
  (void)ignored;
}

}  // namespace zonestore
