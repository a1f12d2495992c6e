#include "zonestore/operations/backup/restore_merge.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/backup/restore_rows.h"
#include "zonestore/operations/backup/restore_serials.h"
#include "zonestore/operations/backup/restore_spf.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/slot_rows.h"

namespace zonestore {
namespace {

using dkim::SlotId;

// What the live store says of an institution.
struct LiveView {
  std::optional<SlotId> active;
  std::array<std::string, dkim::kSlots.size()> key_ids;  // by slot; empty: no key

  [[nodiscard]] bool has(SlotId slot, const rows::InstitutionRow& row) const {
    const std::optional<rows::SlotKey>& key = row.key(slot);
    return key && key_ids.at(rows::InstitutionRow::index_of(slot)) == key->key_id;
  }
};

LiveView read_live_slots(db::Connection& connection, rows::InstitutionId here) {
  LiveView view;
  db::Statement& rows = connection.cached(
      "SELECT s.slot, coalesce(s.key_id, ''), i.active_slot IS s.slot FROM temp.pair AS p "
      "JOIN live.institution AS i ON i.institution_id = p.there "
      "JOIN live.slot AS s ON s.institution_id = p.there WHERE p.here = ?1");
  rows.bind(1, static_cast<std::int64_t>(here));
  while (rows.step()) {
    const auto slot = static_cast<SlotId>(rows.integer(0));
    view.key_ids.at(rows::InstitutionRow::index_of(slot)) = rows.text(1);
    if (rows.integer(2) != 0) {
      view.active = slot;
    }
  }
  rows.reset();
  return view;
}

// One institution for which the restored store and the live one differ.
class InstitutionMerge {
 public:
  InstitutionMerge(ChangeScope& change, bool has_live, Restored& outcome)
      : change_(change), has_live_(has_live), outcome_(outcome) {}

  void run(const dkim::Code& code, const std::set<std::string>& gone) {
    row_ = rows::find_institution(change_.connection(), code).value();
    policy_ = rows::read_policy(change_.connection(), row_.id);
    live_ = has_live_ ? read_live_slots(change_.connection(), row_.id) : LiveView{};
    revoked_.clear();
    for (const SlotId slot : dkim::kSlots) {
      if (row_.key(slot) && gone.contains(row_.key(slot)->key_id)) {
        revoked_.push_back(slot);
        outcome_.revoked.push_back(code.text() + " " + dkim::to_text(slot));
      }
    }
    const std::optional<SlotId> signed_before = row_.facts.active;
    choose_active();
    drain_what_signed(signed_before);
    if (has_live_ && row_.facts.phase == dkim::Phase::kSigning) {
      row_.facts.last_swap.reset();  // a restore opens no way back, and none forward
    }
    rows::store_facts(change_.connection(), row_, change_.wall());
    revoke();
    rows::store_facts(change_.connection(), row_, change_.wall());
    change_.publish(row_);
  }

 private:
  [[nodiscard]] bool may_sign(SlotId slot) const {
    return row_.key(slot) && std::find(revoked_.begin(), revoked_.end(), slot) == revoked_.end();
  }
  // Everybody who asks for it gets this key already: because it signs now, or because nothing else is remembered.
  [[nodiscard]] bool is_safe(SlotId slot) const {
    return may_sign(slot) && ((live_.active == slot && live_.has(slot, row_)) ||
                              dkim::is_ripe(dkim::facts_of(row_.facts, slot), policy_, change_.now()));
  }
  void note(const std::string& what) { outcome_.notes.push_back({row_.code.text(), what}); }

  void choose_active() {
    if (!row_.facts.active) {
      return;
    }
    const SlotId wanted = *row_.facts.active;
    const SlotId spare = dkim::other(wanted);
    if (is_safe(wanted)) {
      tell_of_move(wanted);
    } else if (is_safe(spare)) {
      move_to(spare,
              (may_sign(wanted) ? "not ripe is the key in " : "revoked is the key in ") + dkim::to_text(wanted));
    } else if (may_sign(wanted)) {
      tell_unripe(wanted);
    } else if (may_sign(spare)) {
      move_to(spare, "revoked is the key in " + dkim::to_text(wanted));
      tell_unripe(spare);
    } else {
      row_.facts.active.reset();
      row_.facts.phase = dkim::Phase::kStarting;
      row_.facts.last_swap.reset();
      note("signing has stopped: both keys are revoked; make a fresh one: zonectl prepare " + row_.code.text());
    }
  }

  void tell_of_move(SlotId to) {
    if (live_.active && *live_.active != to) {
      note("signing is back at " + dkim::to_text(to) + ", as in the backup");
    }
  }

  void move_to(SlotId to, const std::string& why) {
    note("signing moved from " + dkim::to_text(*row_.facts.active) + " to " + dkim::to_text(to) + ": " + why);
    row_.facts.active = to;
    row_.facts.moved = change_.moment();
    slot_facts(to).drain.reset();
  }

  void tell_unripe(SlotId slot) {
    note(dkim::to_text(slot) + " signs, but until " +
         to_rfc3339(dkim::ripe_at(dkim::facts_of(row_.facts, slot), policy_, change_.now())) +
         " resolvers may still hold what it served before");
  }

  // Mail that was signed with a key that is still served is under way.
  void drain_what_signed(std::optional<SlotId> signed_before) {
    for (const SlotId slot : dkim::kSlots) {
      if (row_.facts.active == slot || !may_sign(slot)) {
        continue;
      }
      const bool signed_until_now = live_.active == slot && live_.has(slot, row_);
      if (signed_until_now || (signed_before == slot && !slot_facts(slot).drain)) {
        slot_facts(slot).drain = dkim::Drain{change_.moment(), dkim::drain_length(policy_)};
      }
    }
  }

  // Signing has moved away first: the schema keeps a key in the slot that signs.
  void revoke() {
    for (const SlotId slot : revoked_) {
      rows::withdraw_key(change_.connection(), row_.id, slot, change_.wall());
      row_.key(slot).reset();
      dkim::SlotFacts& facts = slot_facts(slot);
      facts.has_key = false;
      facts.revoked = true;
      facts.drain.reset();
      note(dkim::to_text(slot) + " stays revoked: its key was withdrawn after the backup");
    }
  }

  dkim::SlotFacts& slot_facts(SlotId slot) { return row_.facts.slots.at(rows::InstitutionRow::index_of(slot)); }

  ChangeScope& change_;
  bool has_live_;
  Restored& outcome_;
  rows::InstitutionRow row_{.id = {}, .code = *dkim::Code::parse("none"), .added = {}, .facts = {}, .keys = {}};
  dkim::LifecyclePolicy policy_;
  LiveView live_;
  std::vector<SlotId> revoked_;
};

void raise(std::optional<Serial>& highest, std::optional<Serial> serial) {
  if (serial && (!highest || is_before(*highest, *serial))) {
    highest = serial;
  }
}

// Zones that the restored store does not have: their last serials are kept, for the day that they come back.
void keep_serials_of_removed(db::Connection& connection, Restored& outcome) {
  db::Statement rows = connection.prepare(
      "SELECT apex, serial, true FROM live.zone WHERE apex NOT IN (SELECT apex FROM main.zone) "
      "UNION ALL SELECT apex, serial, false FROM live.removed_zone WHERE apex NOT IN (SELECT apex FROM main.zone)");
  std::vector<std::pair<Name, Serial>> removed;
  while (rows.step()) {
    removed.emplace_back(db::unwrap(Name::from_wire(rows.blob(0))),
                         Serial{static_cast<std::uint32_t>(rows.integer(1))});
    if (rows.integer(2) != 0) {
      outcome.warnings.push_back("the zone " + removed.back().first.to_text_no_dot() +
                                 " is not in the backup and is no longer served");
    }
  }
  rows.reset();
  for (const auto& [apex, serial] : removed) {
    std::optional<Serial> highest = serial_of_removed(connection, apex);
    raise(highest, serial);
    connection.cached("INSERT OR REPLACE INTO main.removed_zone (apex, serial) VALUES (?1, ?2)")
        .bind(1, apex.wire())
        .bind(2, std::int64_t{highest->value})
        .run();
  }
}

// Before the change is dated: trusted time goes on from the live store's last moment, whatever the backup's was.
void attach(db::Connection& connection, const std::filesystem::path& live) {
  connection.prepare("ATTACH ?1 AS live").bind(1, std::string_view(live.native())).run();
  connection.execute(
      "UPDATE main.store SET (last_wall_ms, last_boot_ms, last_boot_id, last_synchronised, last_trusted_ms, "
      "known_ms) "
      "= (SELECT last_wall_ms, last_boot_ms, last_boot_id, last_synchronised, last_trusted_ms, known_ms "
      "FROM live.store)");
}

void take_over_from_live(ChangeScope& change, const HasPrivateHalf& has_private_half, Restored& outcome) {
  db::Connection& connection = change.connection();
  set_trusted_time(connection, change.moment().trusted);
  std::set<std::string> leaving = take_over_unknown_institutions(connection, change.wall());
  make_tables(connection, true);
  keep_used_keys(connection, change.now(), has_private_half, leaving, outcome);
  for (const std::string& code : leaving) {
    outcome.notes.push_back({code, "is not in the backup, and no mail of it is under way: its records leave"});
  }
  find_touched(connection);
  take_over_contents(connection, change.moment());
  take_over_drains(connection, change.now());
  take_over_taken_signers(connection);
  for (const std::string& code : take_over_freezes(connection)) {
    if (code.empty()) {
      outcome.warnings.emplace_back("the store stays frozen: zonectl thaw --all lets it rotate again");
    } else {
      outcome.notes.push_back({code, "stays frozen: zonectl thaw " + code + " lets it rotate again"});
    }
  }
  take_over_negative_ttls(connection, change.moment());
  for (std::string& lost : take_over_propagation(connection, change.moment())) {
    outcome.warnings.push_back(std::move(lost));
  }
  take_over_evidence(connection);
  keep_serials_of_removed(connection, outcome);
}

void merge_institutions(ChangeScope& change, bool has_live, const std::set<std::string>& gone, Restored& outcome) {
  const std::set<std::string> codes =
      texts_of(change.connection(), "SELECT code FROM main.institution JOIN temp.touched USING (institution_id)");
  InstitutionMerge merge(change, has_live, outcome);
  for (const std::string& code : codes) {
    merge.run(db::unwrap(dkim::Code::parse(code)), gone);
  }
}

AuditNote audit_note(const Restored& outcome) {
  const auto as_value = [](const RestoreNote& note) -> AuditValue {
    return {{"code", note.code}, {"what", note.what}};
  };
  return {
      "restored from " + outcome.backup.directory.string() + ", as of " + to_rfc3339(outcome.backup.newest_change),
      {},
      {{"backup", outcome.backup.directory.string()},
       {"newest_change", to_rfc3339(outcome.backup.newest_change)},
       {"kept_in", outcome.kept ? AuditValue(outcome.kept->string()) : AuditValue(nullptr)},
       {"revoked", AuditValue::list_of(outcome.revoked, [](const std::string& what) { return what; })},
       {"notes", AuditValue::list_of(outcome.notes, as_value)}}};
}

}  // namespace

namespace {

std::map<std::string, Bytes> keys_of_backup(db::Connection& connection) {
  db::Statement rows = connection.prepare(
      "SELECT k.key_id, k.public_key FROM main.slot AS s JOIN main.dkim_key AS k USING (key_id) "
      "WHERE k.key_id NOT IN (SELECT key_id FROM temp.kept)");
  std::map<std::string, Bytes> keys;
  while (rows.step()) {
    const ByteView spki = rows.blob(1);
    keys.emplace(rows.text(0), Bytes(spki.begin(), spki.end()));
  }
  return keys;
}

}  // namespace

Merged merge_live_store(Store& staged, const ChangeContext& context, const std::optional<std::filesystem::path>& live,
                        const HasPrivateHalf& has_private_half, Restored& outcome) {
  db::Connection& connection = staged.impl().connection;
  if (live) {
    attach(connection, *live);
  }
  ChangeContext whole = context;
  whole.dry_run = false;  // what is staged is thrown away after a dry run
  ChangeScope change(staged, whole, "restore", "");
  forget_server_serials(connection);
  if (live) {
    take_over_from_live(change, has_private_half, outcome);
  } else {
    make_tables(connection, false);
    connection.execute(
        "INSERT OR IGNORE INTO temp.touched SELECT institution_id FROM main.slot "
        "WHERE key_id IN (SELECT key_id FROM temp.gone)");
    assume_unknown_contents(connection, change.moment());
  }
  Merged merged;
  merge_institutions(change, live.has_value(), texts_of(connection, "SELECT key_id FROM temp.gone"), outcome);
  remember_revoked(connection);
  outcome.signers = switch_signers_off(connection, live.has_value());
  note_unused_keys(connection, live.has_value());
  merge_spf(change, live, outcome);
  leave_gap_in_journal(connection, live.has_value());
  raise_serials(change, live.has_value(), outcome);
  if (live) {
    merged.unused_keys = texts_of(connection,
                                  "SELECT key_id FROM live.slot WHERE key_id IS NOT NULL EXCEPT "
                                  "SELECT key_id FROM main.slot WHERE key_id IS NOT NULL");
  }
  merged.used_keys = keys_of_backup(connection);
  change.finish(audit_note(outcome), outcome);
  outcome.dry_run = context.dry_run;
  return merged;
}

}  // namespace zonestore
