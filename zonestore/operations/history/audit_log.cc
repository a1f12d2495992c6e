#include "zonestore/operations/history/audit_log.h"

#include "zonestore/operations/change/store_impl.h"

namespace zonestore {

Result<void> read_log(Store& store, const LogFilter& filter, const std::function<bool(const AuditEntry&)>& visitor) {
  return db::at_border<void>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    rows::read_audit(store.impl().connection, filter, visitor);
  });
}

}  // namespace zonestore
