#include "zonestore/publish/publisher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/static_rows.h"

namespace zonestore::publish {
namespace {

std::int64_t id_of(rows::InstitutionId id) {
  return static_cast<std::int64_t>(id);
}
std::int64_t number_of(dkim::SlotId slot) {
  return static_cast<std::int64_t>(slot);
}

// A selector's content as the history table names it.
struct Content {
  std::string kind;    // "absent", "key", "revoked"
  std::string key_id;  // of a key
  Ttl ttl{};
};

struct CurrentContent {
  std::int64_t sequence = 0;
  std::string kind;
  std::string key_id;
};

std::optional<CurrentContent> current_content(db::Connection& connection, rows::InstitutionId id, dkim::SlotId slot) {
  db::Statement& row = connection.cached(
      "SELECT sequence, kind, coalesce(key_id, '') FROM selector_content "
      "WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NULL");
  row.bind(1, id_of(id)).bind(2, number_of(slot));
  std::optional<CurrentContent> current;
  if (row.step()) {
    current = CurrentContent{row.integer(0), row.text(1), row.text(2)};
  }
  row.reset();
  return current;
}

// When a content ended, and the slack of that time.
struct Ended {
  Moment moment;
  Seconds slack{0};
};

void insert_content(db::Connection& connection, rows::InstitutionId id, dkim::SlotId slot, const Content& content,
                    const Ended* ended) {
  db::Statement& insert = connection.cached(
      "INSERT INTO selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, "
      "ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) VALUES (?1, ?2, "
      "(SELECT coalesce(max(sequence), 0) + 1 FROM selector_content WHERE institution_id = ?1 AND slot = ?2), "
      "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  insert.bind(1, id_of(id)).bind(2, number_of(slot)).bind(3, std::string_view(content.kind));
  if (content.key_id.empty()) {
    insert.bind_null(4);
  } else {
    insert.bind(4, std::string_view(content.key_id));
  }
  insert.bind(5, std::int64_t{zonestore::seconds(content.ttl)});
  if (ended != nullptr) {
    rows::bind_moment(insert, 6, ended->moment);
    insert.bind(11, ended->slack.count());
  } else {
    rows::bind_no_moment(insert, 6);
    insert.bind_null(11);
  }
  insert.run();
}

// A slack that is there already is that of a life that has just ended (end_life): the wait begins with the longer
// one.
void end_content(db::Connection& connection, rows::InstitutionId id, dkim::SlotId slot, std::int64_t sequence,
                 const Ended& ended) {
  db::Statement& update = connection.cached(
      "UPDATE selector_content SET ended_wall_ms = ?4, ended_boot_ms = ?5, ended_boot_id = ?6, "
      "ended_synchronised = ?7, ended_trusted_ms = ?8, slack_s = max(coalesce(slack_s, 0), ?9) "
      "WHERE institution_id = ?1 AND slot = ?2 AND sequence = ?3");
  update.bind(1, id_of(id)).bind(2, number_of(slot)).bind(3, sequence);
  rows::bind_moment(update, 4, ended.moment);
  update.bind(9, ended.slack.count());
  update.run();
}

void raise_largest_ttl(db::Connection& connection, rows::InstitutionId id, dkim::SlotId slot, std::int64_t sequence,
                       Ttl ttl) {
  db::Statement& update = connection.cached(
      "UPDATE selector_content SET largest_ttl = max(largest_ttl, ?4) "
      "WHERE institution_id = ?1 AND slot = ?2 AND sequence = ?3");
  update.bind(1, id_of(id)).bind(2, number_of(slot)).bind(3, sequence).bind(4, std::int64_t{zonestore::seconds(ttl)});
  update.run();
}

// Keeps the history of what the selector's name has served: ripening is measured against it.
void record_content(db::Connection& connection, const PublishedZone& dkim_zone, rows::InstitutionId id,
                    dkim::SlotId slot, const Content& content, const Ended& now) {
  const std::optional<CurrentContent> current = current_content(connection, id, slot);
  if (current && current->kind == content.kind && current->key_id == content.key_id) {
    raise_largest_ttl(connection, id, slot, current->sequence, content.ttl);
    return;
  }
  if (current) {
    end_content(connection, id, slot, current->sequence, now);
  } else {
    for (const dkim::EarlierContent& absence : rows::absence_until(connection, dkim_zone.id, now.moment)) {
      const Ended ended{absence.ended, now.slack};
      insert_content(connection, id, slot, {"absent", "", absence.largest_ttl}, &ended);
    }
  }
  insert_content(connection, id, slot, content, nullptr);
}

// The rules keep these names free; a store that was changed by other hands must not lose a record to a key unseen.
void check_is_free(db::Connection& connection, const PublishedZone& dkim_zone, const Name& selector) {
  const std::vector<RecordType> types = rows::static_types_at(connection, dkim_zone, selector);
  if (types.empty()) {
    return;
  }
  const std::string type = zonestore::to_text(types.front());
  throw db::Failure(Error{
      ErrorCode::kRefused,
      "a static record stands where a key is published: " + selector.to_text_no_dot() + " " + type,
      "zonectl record remove " + dkim_zone.apex.to_text_no_dot() + " " + selector.to_text_no_dot() + ". " + type,
      Refusal{Guard::kReserved, std::nullopt}});
}

}  // namespace

RecordSet selector_record_set(const dkim::Code& code, dkim::SlotId slot, const Name& dkim_zone, ByteView public_spki,
                              Ttl ttl) {
  return RecordSet{db::unwrap(dkim::selector_name(code, slot, dkim_zone)),
                   RecordType::kTxt,
                   ttl,
                   {txt_rdata(db::unwrap(dkim::record_text(public_spki)))}};
}

void publish_institution(db::Connection& connection, ZoneChange& change, const PublishedZone& dkim_zone,
                         const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                         const Moment& now) {
  const Ttl negative_ttl = rows::read_zone_settings(connection, dkim_zone.id).negative_ttl();
  const Ended ended{now, policy.slack};
  for (const dkim::SlotId slot : dkim::kSlots) {
    check_is_free(connection, dkim_zone, db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)));
    const Ttl ttl = dkim::ttl_of(institution.facts, slot, policy);
    const std::optional<rows::SlotKey>& key = institution.key(slot);
    if (key) {
      change.put(selector_record_set(institution.code, slot, dkim_zone.apex, key->public_spki, ttl));
      record_content(connection, dkim_zone, institution.id, slot, {"key", key->key_id, ttl}, ended);
    } else if (dkim::facts_of(institution.facts, slot).revoked) {
      change.put(RecordSet{db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)),
                           RecordType::kTxt,
                           ttl,
                           {txt_rdata(dkim::kRevokedText)}});
      record_content(connection, dkim_zone, institution.id, slot, {"revoked", "", ttl}, ended);
    } else {
      change.remove(db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)), RecordType::kTxt);
      record_content(connection, dkim_zone, institution.id, slot, {"absent", "", negative_ttl}, ended);
    }
  }
}

void publish_apex(db::Connection& connection, ZoneChange& change, const PublishedZone& zone) {
  const rows::ZoneSettingsRow settings = rows::read_zone_settings(connection, zone.id);
  SoaData soa{settings.primary(), settings.mailbox, zone.serial.value, settings.refresh,
              settings.retry,     settings.expire,  settings.minimum};
  change.put(RecordSet{zone.apex, RecordType::kSoa, Ttl{settings.soa_ttl}, {soa_rdata(soa)}});
  change.put(name_server_set(zone, settings));
}

RecordSet name_server_set(const PublishedZone& zone, const rows::ZoneSettingsRow& settings) {
  RecordSet name_servers{zone.apex, RecordType::kNs, Ttl{settings.ns_ttl}, {}};
  for (const Name& name : settings.name_servers) {
    const ByteView wire = name.wire();
    name_servers.rdata.emplace_back(wire.begin(), wire.end());
  }
  return name_servers;
}

}  // namespace zonestore::publish
