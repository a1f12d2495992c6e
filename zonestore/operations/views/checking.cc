#include "zonestore/operations/views/checking.h"

#include <algorithm>
#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/views/evidence_keeper.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/zones/zone_view.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/rows/target_rows.h"
#include "zonestore/spf/record.h"

namespace zonestore {
namespace {

// All that are served, also those that the apex includes no longer, or not yet.
std::vector<RecordSet> spf_record_sets(db::Connection& connection, const PublishedZone& zone) {
  const spf::RecordShape shape(zone.apex);
  std::vector<RecordSet> sets;
  for (unsigned number = 0; number < spf::kRecords && shape.has(number); ++number) {
    if (std::optional<RecordSet> set = find_record_set(connection, zone, shape.owner(number), RecordType::kTxt)) {
      sets.push_back(*std::move(set));
    }
  }
  return sets;
}

ExpectedZone expected_zone(Store::Impl& store, const Name& apex, const Moment& as_of) {
  const PublishedZone zone = store.published(apex);
  const ZoneView view = zone_view(store.connection, zone);
  return {view.apex, view.serial, view.name_servers, {}, as_of};
}

ExpectedSlot expected_slot(Store::Impl& store, const PublishedZone& zone, const rows::InstitutionRow& row,
                           dkim::SlotId slot) {
  ExpectedSlot expected;
  expected.slot = slot;
  expected.owner = db::unwrap(dkim::selector_name(row.code, slot, zone.apex));
  if (const std::optional<RecordSet> served =
          find_record_set(store.connection, zone, expected.owner, RecordType::kTxt)) {
    expected.ttl = served->ttl;
    expected.rdata = served->rdata.front();
  }
  if (row.key(slot)) {
    expected.key_id = row.key(slot)->key_id;
  }
  return expected;
}

}  // namespace

Result<std::vector<ExpectedZone>> zones_to_check(Store& store) {
  return db::at_border<std::vector<ExpectedZone>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Moment as_of = impl.now().moment;
    std::vector<ExpectedZone> zones{expected_zone(impl, impl.dkim_zone, as_of)};
    if (!(impl.spf_zone == impl.dkim_zone)) {
      zones.push_back(expected_zone(impl, impl.spf_zone, as_of));
    }
    // The SPF zone is the last of them, or the only one.
    zones.back().record_sets = spf_record_sets(impl.connection, impl.published(impl.spf_zone));
    return zones;
  });
}

Result<CheckSubject> subject_to_check(Store& store, const dkim::Code& code) {
  Result<std::vector<DomainInstructions>> domains = instructions(store, code);
  if (!domains) {
    return tl::unexpected(domains.error());
  }
  return db::at_border<CheckSubject>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row = require_institution(impl.connection, code);
    const PublishedZone zone = impl.published(impl.dkim_zone);
    CheckSubject subject{code, impl.now().moment, {}, *std::move(domains)};
    subject.selectors = impl.customer_selectors;
    for (const dkim::SlotId slot : dkim::kSlots) {
      subject.slots.push_back(expected_slot(impl, zone, row, slot));
    }
    subject.known = rows::read_evidence(impl.connection, row.id);
    return subject;
  });
}

Result<std::optional<RotationSubject>> subject_of_rotation(Store& store, const dkim::Code& code,
                                                           const RotationWish& wish) {
  using Wanted = std::optional<RotationSubject>;
  Result<Wanted> wanted = db::at_border<Wanted>([&]() -> Result<Wanted> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row = require_institution(impl.connection, code);
    const Now now = impl.now();
    const Result<dkim::SlotId> to = dkim::may_rotate(row.facts, rows::read_policy(impl.connection, row.id), now,
                                                     {code.text(), wish.override_guard, wish.expect});
    if (!to) {  // the refusal is rotate's to tell
      return Wanted();
    }
    return Wanted(RotationSubject{{code, {}, {}, {}}, *to, expected_zone(impl, impl.dkim_zone, now.moment)});
  });
  if (!wanted || !*wanted) {
    return wanted;
  }
  Result<CheckSubject> subject = subject_to_check(store, code);
  if (!subject) {
    return tl::unexpected(subject.error());
  }
  (*wanted)->subject = *std::move(subject);
  return wanted;
}

Result<std::vector<dkim::Code>> codes_to_check(Store& store, const std::string& after, std::size_t limit) {
  return db::at_border<std::vector<dkim::Code>>(
      [&] { return rows::codes_after(store.impl().connection, after, false, limit); });
}

Result<std::uint64_t> count_to_check(Store& store) {
  return db::at_border<std::uint64_t>([&] { return rows::count_not_departed(store.impl().connection); });
}

Result<void> prove_key(Store& store, const std::string& key_id, ByteView txt_rdata) {
  return db::at_border<void>([&]() -> Result<void> {
    const Result<crypto::PrivateKey> key = store.impl().vault().get(key_id);
    if (key) {
      return dkim::prove_pair(*key, txt_rdata);
    }
    if (key.error().code == ErrorCode::kNotFound) {
      return refuse(Guard::kKeyMismatch, "the vault has no private key " + key_id, "restore the vault from a backup");
    }
    return tl::unexpected(key.error());
  });
}

Result<void> record_evidence(Store& store, const std::vector<std::pair<dkim::Code, Look>>& looks) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    const std::vector<Name> named = own_servers(connection).named;
    for (const auto& [code, look] : looks) {
      if (const std::optional<rows::InstitutionRow> row = rows::find_institution(connection, code)) {
        keep_evidence(connection, row->id, look, named);
      }
    }
    (void)rows::keep_moment(connection, *store.impl().clock);
    writing.commit();
  });
}

Result<std::vector<ServerEvidence>> record_server_evidence(Store& store, const std::vector<ServerEvidence>& evidence,
                                                           const Moment& seen) {
  return db::at_border<std::vector<ServerEvidence>>([&] {
    db::Transaction writing(store.impl().connection, db::Transaction::Kind::kWrite);
    const Now now = rows::keep_moment(store.impl().connection, *store.impl().clock);
    std::vector<std::pair<Name, std::vector<ServerEvidence>>> zones;
    for (const ServerEvidence& each : evidence) {
      if (zones.empty() || !(zones.back().first == each.zone)) {
        zones.emplace_back(each.zone, std::vector<ServerEvidence>{});
      }
      zones.back().second.push_back(each);
    }
    std::vector<ServerEvidence> kept;
    for (auto& [apex, of_zone] : zones) {
      keep_server_evidence(store.impl().connection, store.impl().published(apex), of_zone, seen, now.moment);
      kept.insert(kept.end(), of_zone.begin(), of_zone.end());
    }
    writing.commit();
    return kept;
  });
}

Result<std::vector<ServerEvidenceView>> server_evidence(Store& store) {
  return db::at_border<std::vector<ServerEvidenceView>>(
      [&] { return rows::read_server_evidence(store.impl().connection); });
}

}  // namespace zonestore
