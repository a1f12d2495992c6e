#include "zonestore/operations/evidence.h"

#include <algorithm>
#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/evidence_rules.h"
#include "zonestore/operations/zone_view.h"
#include "zonestore/publish/kept_time.h"
#include "zonestore/publish/moment_columns.h"
#include "zonestore/spf/record.h"

namespace zonestore {
namespace {

ByteView domain_column(const std::optional<Name>& domain) {
  return domain ? domain->wire() : ByteView();
}

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

ExpectedZone expected_zone(Store::Impl& store, const Name& apex, WallTime as_of) {
  const PublishedZone zone = store.published(apex);
  const ZoneView view = zone_view(store.connection, zone);
  return {view.apex, view.serial, view.name_servers, {}, as_of};
}

ExpectedSlot expected_slot(Store::Impl& store, const PublishedZone& zone, const publish::InstitutionRow& row,
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

void write_evidence(db::Connection& connection, publish::InstitutionId institution, const Evidence& evidence,
                    WallTime seen) {
  db::Statement& insert = connection.cached(
      "INSERT INTO evidence (institution_id, domain, subject, verdict, detail, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, "
      "?6) ON CONFLICT DO UPDATE SET verdict = excluded.verdict, detail = excluded.detail, seen_ms = "
      "excluded.seen_ms "
      "WHERE ?7 = 1 OR verdict IN ('unreachable', 'lame-server') OR seen_ms < ?8");
  insert.bind(1, static_cast<std::int64_t>(institution)).bind(2, domain_column(evidence.domain));
  insert.bind(3, std::string_view(evidence.subject)).bind(4, to_text(evidence.verdict));
  insert.bind(5, std::string_view(evidence.detail)).bind(6, publish::to_column(seen));
  insert.bind(7, std::int64_t{is_settled(evidence.verdict) ? 1 : 0});
  insert.bind(8, publish::to_column(seen - kEvidenceIsFresh));
  insert.run();
}

void forget_other_domains(db::Connection& connection, publish::InstitutionId institution) {
  db::Statement& forget = connection.cached(
      "DELETE FROM evidence WHERE institution_id = ?1 AND domain <> x'' AND domain NOT IN "
      "(SELECT name FROM domain WHERE institution_id = ?1)");
  forget.bind(1, static_cast<std::int64_t>(institution));
  forget.run();
}

void write_server_evidence(Store::Impl& store, const ServerEvidence& evidence, WallTime seen) {
  db::Statement& insert = store.connection.cached(
      "INSERT INTO server_evidence (zone_id, server, verdict, serial, detail, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, "
      "?6) "
      "ON CONFLICT DO UPDATE SET verdict = excluded.verdict, serial = excluded.serial, detail = excluded.detail, "
      "seen_ms = excluded.seen_ms WHERE ?7 = 1 OR verdict IN ('unreachable', 'lame-server') OR seen_ms < ?8");
  insert.bind(1, static_cast<std::int64_t>(store.published(evidence.zone).id));
  insert.bind(2, std::string_view(evidence.server)).bind(3, to_text(evidence.verdict));
  insert.bind_null(4);
  if (evidence.serial) {
    insert.bind(4, std::int64_t{evidence.serial->value});
  }
  insert.bind(5, std::string_view(evidence.detail)).bind(6, publish::to_column(seen));
  insert.bind(7, std::int64_t{is_settled(evidence.verdict) ? 1 : 0});
  insert.bind(8, publish::to_column(seen - kEvidenceIsFresh));
  insert.run();
}

}  // namespace

Result<std::vector<ExpectedZone>> zones_to_check(Store& store) {
  return db::at_border<std::vector<ExpectedZone>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const WallTime as_of = impl.now().moment.wall;
    std::vector<ExpectedZone> zones{expected_zone(impl, impl.dkim_zone, as_of)};
    if (!(impl.spf_zone == impl.dkim_zone)) {
      zones.push_back(expected_zone(impl, impl.spf_zone, as_of));
    }
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
    const publish::InstitutionRow row = require_institution(impl.connection, code);
    const PublishedZone zone = impl.published(impl.dkim_zone);
    CheckSubject subject{code, impl.now().moment.wall, {}, *std::move(domains)};
    for (const dkim::SlotId slot : dkim::kSlots) {
      subject.slots.push_back(expected_slot(impl, zone, row, slot));
    }
    return subject;
  });
}

Result<std::vector<dkim::Code>> codes_to_check(Store& store, const std::string& after, std::size_t limit) {
  return db::at_border<std::vector<dkim::Code>>(
      [&] { return publish::codes_after(store.impl().connection, after, false, limit); });
}

Result<std::uint64_t> count_to_check(Store& store) {
  return db::at_border<std::uint64_t>([&] {
    return static_cast<std::uint64_t>(
        store.impl().connection.integer("SELECT count(*) FROM institution WHERE phase <> 'departed'"));
  });
}

Result<void> prove_key(Store& store, const std::string& key_id, ByteView txt_rdata) {
  return db::at_border<void>([&]() -> Result<void> {
    const Result<dkim::PrivateKey> key = store.impl().vault().get(key_id);
    if (key) {
      return dkim::probe(*key, txt_rdata);
    }
    if (key.error().code == ErrorCode::kNotFound) {
      return refuse(Guard::kKeyMismatch, "the vault has no private key " + key_id, "restore the vault from a backup");
    }
    return tl::unexpected(key.error());
  });
}

Result<void> record_evidence(Store& store, const dkim::Code& code, const std::vector<Evidence>& evidence,
                             WallTime seen) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    const std::optional<publish::InstitutionRow> row = publish::find_institution(connection, code);
    if (!row) {
      return;
    }
    for (const Evidence& each : evidence) {
      write_evidence(connection, row->id, each, seen);
    }
    forget_other_domains(connection, row->id);
    (void)publish::keep_moment(connection, *store.impl().clock);
    writing.commit();
  });
}

namespace {

// Servers that are no longer asked have no say: one that was taken out may have lagged when it was last seen.
void forget_other_servers(Store::Impl& store, const std::vector<ServerEvidence>& evidence, const Name& apex) {
  const auto id = static_cast<std::int64_t>(store.published(apex).id);
  db::Statement rows = store.connection.prepare("SELECT server FROM server_evidence WHERE zone_id = ?1");
  rows.bind(1, id);
  std::vector<std::string> gone;
  while (rows.step()) {
    const std::string server = rows.text(0);
    if (std::none_of(evidence.begin(), evidence.end(),
                     [&](const ServerEvidence& each) { return each.zone == apex && each.server == server; })) {
      gone.push_back(server);
    }
  }
  rows.reset();
  for (const std::string& server : gone) {
    db::Statement& forget = store.connection.cached("DELETE FROM server_evidence WHERE zone_id = ?1 AND server = ?2");
    forget.bind(1, id).bind(2, std::string_view(server));
    forget.run();
  }
}

}  // namespace

Result<void> record_server_evidence(Store& store, const std::vector<ServerEvidence>& evidence, WallTime seen) {
  return db::at_border<void>([&] {
    db::Transaction writing(store.impl().connection, db::Transaction::Kind::kWrite);
    for (const ServerEvidence& each : evidence) {
      write_server_evidence(store.impl(), each, seen);
    }
    for (const ServerEvidence& each : evidence) {
      forget_other_servers(store.impl(), evidence, each.zone);
    }
    (void)publish::keep_moment(store.impl().connection, *store.impl().clock);
    writing.commit();
  });
}

Result<std::vector<ServerEvidenceView>> server_evidence(Store& store) {
  return db::at_border<std::vector<ServerEvidenceView>>([&] {
    db::Statement rows = store.impl().connection.prepare(
        "SELECT z.apex, e.server, e.verdict, e.serial, e.detail, e.seen_ms FROM server_evidence AS e JOIN zone AS z "
        "USING (zone_id) ORDER BY z.apex, e.server");
    std::vector<ServerEvidenceView> views;
    while (rows.step()) {
      ServerEvidenceView view;
      view.zone = db::unwrap(Name::from_wire(rows.blob(0)));
      view.server = rows.text(1);
      view.verdict = parse_verdict(rows.text(2)).value_or(Verdict::kUnreachable);
      if (!rows.is_null(3)) {
        view.serial = Serial{static_cast<std::uint32_t>(rows.integer(3))};
      }
      view.detail = rows.text(4);
      view.seen = publish::wall_column(rows, 5);
      views.push_back(std::move(view));
    }
    return views;
  });
}

}  // namespace zonestore
