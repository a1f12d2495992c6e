#include "zonestore/rows/spf_rows.h"

#include <algorithm>
#include <utility>

#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore::rows {
namespace {

Milliseconds still_to_pass(const Moment& then, Milliseconds wait, const Now& now) {
  return std::max(wait - elapsed(then, now), Milliseconds{0});
}

void bind_term(db::Statement& statement, const SpfTermRow& term) {
  statement.bind(1, std::string_view(term.term));
  if (term.home) {
    statement.bind(2, std::int64_t{*term.home});
  } else {
    statement.bind_null(2);
  }
  if (term.leave) {
    statement.bind(3, std::int64_t{term.leave->lasts.count()});
    bind_moment(statement, 4, term.leave->began);
  } else {
    statement.bind_null(3);
    bind_no_moment(statement, 4);
  }
}

// The layout that a store of before publishes.
std::vector<SpfVersionRow> published_versions(db::Connection& connection, const PublishedZone& zone) {
  const spf::RecordShape shape(zone.apex);
  std::vector<SpfVersionRow> versions;
  for (unsigned number = 0; number < spf::kRecords && shape.has(number); ++number) {
    const auto set = find_record_set(connection, zone, shape.owner(number), RecordType::kTxt);
    if (set && !set->rdata.empty()) {
      versions.push_back({number, db::unwrap(txt_joined(set->rdata.front())), set->ttl, std::nullopt});
    }
  }
  return versions;
}

// What comes on top of a TTL: slack, and the time that servers take to follow.
Milliseconds held_beyond(db::Connection& connection, const PublishedZone& zone, const Moment& now) {
  return read_policy(connection, kWholeStore).slack + follows_within(connection, zone.id, now);
}

Seconds seconds_of(Ttl ttl) {
  return Seconds(seconds(ttl));
}

// How long from now on a version that has ended may be held anywhere.
Milliseconds still_held(const SpfVersionEnd& ended, ServerWaits& servers, const Now& now) {
  Milliseconds left = still_to_pass(ended.at, ended.held_for, now);
  if (ended.by_servers) {
    for (const dkim::ServerWait& wait : servers.waits_of(ended.at, ended.serial)) {
      left = std::max(left, dkim::still_to_pass(wait, ended.held_for, now));
    }
  }
  return left;
}

// Absence of a name until now, with each negative TTL that it may be remembered with.
std::vector<SpfVersionRow> absences(db::Connection& connection, const PublishedZone& zone, unsigned record,
                                    const Now& now) {
  std::vector<SpfVersionRow> versions;
  const Milliseconds beyond = held_beyond(connection, zone, now.moment);
  for (const dkim::EarlierContent& absence : absence_until(connection, zone.id, now.moment)) {
    const Milliseconds held_for = seconds_of(absence.largest_ttl) + beyond;
    if (still_to_pass(absence.ended, held_for, now) > Milliseconds{0}) {
      versions.push_back({record, std::nullopt, absence.largest_ttl, SpfVersionEnd{absence.ended, held_for}});
    }
  }
  return versions;
}

spf::ServedZone served_zone(db::Connection& connection, const PublishedZone& zone, const spf::RecordShape& shape,
                            const Now& now) {
  const Milliseconds beyond = held_beyond(connection, zone, now.moment);
  ServerWaits servers(connection, zone.id);
  spf::ServedZone served;
  for (const SpfVersionRow& version : read_spf_versions(connection, zone)) {
    spf::Served& name = served.names.at(version.record);
    const auto body = version.text ? std::optional(shape.body(*version.text)) : std::nullopt;
    if (!version.ended) {
      name.body = body;
      name.held_for = seconds_of(version.largest_ttl) + beyond;
    } else if (const auto left = still_held(*version.ended, servers, now); left > Milliseconds{0}) {
      name.earlier.push_back({body, left});
    }
  }
  for (unsigned number = 0; number < spf::kRecords; ++number) {
    spf::Served& name = served.names.at(number);
    if (!name.body) {
      for (const SpfVersionRow& absence : absences(connection, zone, number, now)) {
        name.held_for = std::max(name.held_for, still_to_pass(absence.ended->at, absence.ended->held_for, now));
      }
    }
  }
  return served;
}

// One text that was served again and again is held until the last of them is forgotten. Of what waits for servers
// only a later one counts: who has that one's end has the end of all before it, whatever is seen until then.
bool is_outlived(const std::vector<SpfVersionRow>& versions, std::size_t index, ServerWaits& servers,
                 const Now& now) {
  const SpfVersionRow& version = versions[index];
  for (std::size_t other = 0; version.ended && other < versions.size(); ++other) {
    const SpfVersionRow& same = versions[other];
    if (other == index || !same.ended || same.record != version.record || same.text != version.text ||
        (version.ended->by_servers && other < index)) {
      continue;
    }
    const Milliseconds mine = still_held(*version.ended, servers, now);
    const Milliseconds others = still_held(*same.ended, servers, now);
    if (others > mine || (others == mine && other > index)) {
      return true;
    }
  }
  return false;
}

// Terms of a store that has no homes yet are at home where they are published, the lowest first.
void begin_where_it_stands(const spf::ServedZone& served, spf::WantedTerms& wanted) {
  for (spf::WantedTerm& term : wanted) {
    for (unsigned number = 0; number < spf::kRecords && !term.home; ++number) {
      const std::optional<spf::Body>& body = served.names.at(number).body;
      if (body && body->has(term.text)) {
        term.home = number;
      }
    }
  }
}

}  // namespace

std::vector<SpfTermRow> read_spf_terms(db::Connection& connection) {
  db::Statement& rows = connection.cached(
      "SELECT term, home, leave_for_ms, leave_wall_ms, leave_boot_ms, leave_boot_id, leave_synchronised, "
      "leave_trusted_ms FROM spf_term ORDER BY position");
  std::vector<SpfTermRow> terms;
  while (rows.step()) {
    SpfTermRow term;
    term.term = rows.text(0);
    if (!rows.is_null(1)) {
      term.home = static_cast<unsigned>(rows.integer(1));
    }
    if (!rows.is_null(2)) {
      term.leave = SpfLeave{moment_columns(rows, 3), Milliseconds(rows.integer(2))};
    }
    terms.push_back(std::move(term));
  }
  rows.reset();
  return terms;
}

void insert_spf_term(db::Connection& connection, const SpfTermRow& term, WallTime now) {
  db::Statement& insert = connection.cached("INSERT INTO spf_term (term, added_ms) VALUES (?1, ?2)");
  insert.bind(1, std::string_view(term.term)).bind(2, to_column(now));
  insert.run();
  store_spf_term(connection, term);
}

void store_spf_term(db::Connection& connection, const SpfTermRow& term) {
  db::Statement& update = connection.cached(
      "UPDATE spf_term SET home = ?2, leave_for_ms = ?3, leave_wall_ms = ?4, leave_boot_ms = ?5, leave_boot_id = ?6, "
      "leave_synchronised = ?7, leave_trusted_ms = ?8 WHERE term = ?1");
  bind_term(update, term);
  update.run();
}

void delete_spf_term(db::Connection& connection, const std::string& term) {
  connection.cached("DELETE FROM spf_term WHERE term = ?1").bind(1, std::string_view(term)).run();
}

std::vector<SpfVersionRow> read_spf_versions(db::Connection& connection, const PublishedZone& spf_zone) {
  db::Statement& rows = connection.cached(
      "SELECT record, text, largest_ttl, held_for_ms, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms, ended_serial FROM spf_version ORDER BY version_id");
  std::vector<SpfVersionRow> versions;
  while (rows.step()) {
    SpfVersionRow version;
    version.record = static_cast<unsigned>(rows.integer(0));
    if (!rows.is_null(1)) {
      version.text = rows.text(1);
    }
    version.largest_ttl = Ttl{static_cast<std::uint32_t>(rows.integer(2))};
    if (!rows.is_null(3)) {
      constexpr int kSerial = 4 + kMomentColumns;
      version.ended = SpfVersionEnd{moment_columns(rows, 4), Milliseconds(rows.integer(3)), !rows.is_null(kSerial),
                                    ended_serial_column(rows, kSerial)};
    }
    versions.push_back(std::move(version));
  }
  rows.reset();
  return versions.empty() ? published_versions(connection, spf_zone) : versions;
}

void insert_spf_version(db::Connection& connection, const SpfVersionRow& version) {
  db::Statement& insert = connection.cached(
      "INSERT INTO spf_version (record, text, largest_ttl, held_for_ms, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms, ended_serial) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  insert.bind(1, std::int64_t{version.record});
  if (version.text) {
    insert.bind(2, std::string_view(*version.text));
  } else {
    insert.bind_null(2);
  }
  insert.bind(3, std::int64_t{seconds(version.largest_ttl)});
  if (version.ended) {
    insert.bind(4, std::int64_t{version.ended->held_for.count()});
    bind_moment(insert, 5, version.ended->at);
  } else {
    insert.bind_null(4);
    bind_no_moment(insert, 5);
  }
  if (version.ended && version.ended->by_servers) {
    insert.bind(10, version.ended->serial ? std::int64_t{version.ended->serial->value} : kSerialNotYetKnown);
  } else {
    insert.bind_null(10);
  }
  insert.run();
}

void end_spf_version(db::Connection& connection, const PublishedZone& zone, unsigned record, const Now& now) {
  const Milliseconds slack = read_policy(connection, kWholeStore).slack;
  std::vector<SpfVersionRow> ended;
  for (const SpfVersionRow& version : read_spf_versions(connection, zone)) {
    if (version.record == record && !version.ended) {
      ended.push_back(version);
      ended.back().ended = SpfVersionEnd{now.moment, seconds_of(version.largest_ttl) + slack, true};
    }
  }
  if (ended.empty()) {
    ended = absences(connection, zone, record, now);
    for (SpfVersionRow& absence : ended) {
      if (absence.ended->at ==
          now.moment) {  // the others ended with another negative TTL, and are waited for by time
        absence.ended->held_for = seconds_of(absence.largest_ttl) + slack;
        absence.ended->by_servers = true;
      }
    }
  }
  connection.cached("DELETE FROM spf_version WHERE record = ?1 AND ended_wall_ms IS NULL")
      .bind(1, std::int64_t{record})
      .run();
  for (const SpfVersionRow& version : ended) {
    insert_spf_version(connection, version);
  }
}

void forget_spf_versions(db::Connection& connection, const PublishedZone& zone, const Now& now) {
  const std::vector<SpfVersionRow> all = read_spf_versions(connection, zone);
  ServerWaits servers(connection, zone.id);
  std::vector<SpfVersionRow> held;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const bool is_forgotten = all[index].ended && still_held(*all[index].ended, servers, now) == Milliseconds{0};
    if (!is_forgotten && !is_outlived(all, index, servers, now)) {
      held.push_back(all[index]);
    }
  }
  for (SpfVersionRow& version : held) {
    if (!version.ended) {
      version.largest_ttl = std::max(version.largest_ttl, kSpfTtl);
    }
  }
  replace_spf_versions(connection, held);
}

void replace_spf_versions(db::Connection& connection, const std::vector<SpfVersionRow>& versions) {
  connection.cached("DELETE FROM spf_version").run();
  for (const SpfVersionRow& version : versions) {
    insert_spf_version(connection, version);
  }
}

void store_ended_spf_serial(db::Connection& connection, Serial serial) {
  db::Statement& store = connection.cached("UPDATE spf_version SET ended_serial = ?1 WHERE ended_serial = -1");
  store.bind(1, std::int64_t{serial.value}).run();  // a few rows in all
}

spf::Waits spf_waits(db::Connection& connection, const PublishedZone& spf_zone, const Moment& now) {
  const Milliseconds beyond = held_beyond(connection, spf_zone, now);
  return {seconds_of(kSpfTtl) + beyond,
          seconds_of(read_zone_settings(connection, spf_zone.id).negative_ttl()) + beyond};
}

SpfState read_spf_state(db::Connection& connection, const PublishedZone& spf_zone, const Now& now) {
  SpfState state{{spf::RecordShape(spf_zone.apex), spf_waits(connection, spf_zone, now.moment)}, {}, {}};
  state.served = served_zone(connection, spf_zone, state.rules.shape, now);
  for (const SpfTermRow& row : read_spf_terms(connection)) {
    state.wanted.push_back({row.term, row.home, std::nullopt});
    if (row.leave) {
      state.wanted.back().leaves_in = still_to_pass(row.leave->began, row.leave->lasts, now);
    }
  }
  begin_where_it_stands(state.served, state.wanted);
  return state;
}

}  // namespace zonestore::rows
