#include "zonestore/operations/rotation/exposure.h"

#include <algorithm>

#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

// Of servers that follow: those of whom nobody knows that they have.
void tell_servers(const std::vector<dkim::ServerWait>& waits, Ttl ttl, const Now& now, Revoked& revoked) {
  for (const dkim::ServerWait& wait : waits) {
    revoked.exposed_until = std::max(revoked.exposed_until, dkim::over_at(wait, Seconds{seconds(ttl)}, now));
    if (wait.by_sight.empty()) {
      revoked.may_still_answer.push_back(wait.server);
    }
  }
}

}  // namespace

Milliseconds longest_exposure(db::Connection& connection, rows::InstitutionId institution, dkim::SlotId slot, Ttl ttl,
                              const Moment& now) {
  const Ttl remembered = rows::largest_ttl_served(connection, institution, slot).value_or(ttl);
  return Seconds{seconds(remembered)} + rows::follows_within(connection, rows::read_dkim_zone(connection), now);
}

Result<void> see_exposure(Store& store, Revoked& revoked) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row =
        require_institution(connection, db::unwrap(dkim::Code::parse(revoked.institution.code)));
    const std::vector<dkim::EarlierContent> earlier = rows::earlier_contents(connection, row.id, revoked.slot);
    if (earlier.empty()) {
      return;  // it left meanwhile
    }
    const Now now = store.impl().now();
    const dkim::EarlierContent& key = earlier.back();
    revoked.exposed_until = reaches(key.ended, Seconds{seconds(key.largest_ttl)}, now);
    revoked.may_still_answer.clear();
    tell_servers(key.servers, key.largest_ttl, now, revoked);
    revoked.until_expire = Seconds{rows::read_zone_settings(connection, rows::read_dkim_zone(connection)).expire};
  });
}

}  // namespace zonestore
