#include "zonestore/operations/zones/zone_import.h"

#include <algorithm>
#include <compare>
#include <iterator>
#include <string>
#include <utility>

#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/zones/draft_settings.h"
#include "zonestore/operations/zones/reserved_names.h"
#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/operations/zones/zone_view.h"
#include "zonestore/rows/secondary_rows.h"
#include "zonestore/rows/static_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/zone/draft_rules.h"

namespace zonestore {
namespace {

std::vector<RecordSet> stored_sets(db::Connection& connection, const PublishedZone& zone) {
  std::vector<RecordSet> sets;
  rows::for_each_static(connection, zone, zone.apex, [&sets](const RecordSet& set) {
    sets.push_back(set);
    return true;
  });
  return sets;
}

bool is_before(const RecordSet& left, const RecordSet& right) {
  const auto order = left.owner <=> right.owner;
  return std::is_lt(order) || (std::is_eq(order) && left.type < right.type);
}

// Serials of zones that a change touches come in no order that says which is which.
Serial serial_in(const std::vector<ZoneSerial>& zones, const Name& apex) {
  return std::find_if(zones.begin(), zones.end(), [&apex](const ZoneSerial& each) { return each.apex == apex; })
      ->serial;
}

// Walks both in canonical order and writes what differs.
class Replacement {
 public:
  Replacement(ChangeScope& change, const PublishedZone& zone, ZoneImported& counts)
      : connection_(change.connection()), published_(change.zone(zone)), zone_(zone), counts_(counts) {}

  void run(const std::vector<RecordSet>& before, const std::vector<FileRecordSet>& after) {
    auto old = before.begin();
    for (const FileRecordSet& each : after) {
      for (; old != before.end() && is_before(*old, each.set); ++old) {
        remove(*old);
      }
      if (old != before.end() && !is_before(each.set, *old)) {
        replace(*old, each.set);
        ++old;
      } else {
        put(each.set);
        ++counts_.added;
      }
    }
    for (; old != before.end(); ++old) {
      remove(*old);
    }
  }

  [[nodiscard]] const AuditedSets& gone() const { return gone_; }
  [[nodiscard]] const AuditedSets& altered() const { return come_; }

 private:
  void put(const RecordSet& set) { rows::put_static(connection_, published_, zone_, set); }
  void remove(const RecordSet& set) {
    rows::remove_static(connection_, published_, zone_, set.owner, set.type);
    gone_.add(set);
    ++counts_.removed;
  }
  void replace(const RecordSet& before, const RecordSet& after) {
    if (before.ttl == after.ttl && before.rdata == after.rdata) {
      ++counts_.unchanged;
      return;
    }
    put(after);
    gone_.add(before);
    come_.add(after);
    ++counts_.altered;
  }

  db::Connection& connection_;
  ZoneChange& published_;
  const PublishedZone& zone_;
  ZoneImported& counts_;
  AuditedSets gone_;  // also what was altered, as it was
  AuditedSets come_;  // what was altered, as it is
};

class Import {
 public:
  Import(ChangeScope& change, const ChangeContext& context, const ZoneImportOptions& options, ZoneDraft draft,
         ZoneFaults& faults)
      : change_(change), context_(context), options_(options), draft_(std::move(draft)), faults_(faults) {}

  ZoneImported run() {
    outcome_.apex = draft_.apex;
    outcome_.left_out = draft_.left_out;
    std::optional<PublishedZone> zone = find_zone(connection(), draft_.apex);
    outcome_.is_new = !zone;
    if (zone && zone->is_private) {
      throw db::Failure(Error{ErrorCode::kRefused,
                              zone->apex.to_text_no_dot() + " is the catalog, which lists the zones by itself",
                              "zonectl catalog show", Refusal{Guard::kReserved, std::nullopt}});
    }
    std::optional<rows::ZoneSettingsRow> settings;
    if (zone) {
      settings = rows::read_zone_settings(connection(), zone->id);
    }
    if (!outcome_.is_new && is_without_records()) {
      faults_.add({0, std::nullopt, "the file holds no record: the zone's static records would all go",
                   "zonectl record remove takes one out; zonectl zone remove takes out the zone"});
    }
    judge_soa();
    const Draft state = faults_.empty() ? Draft::kWhole : Draft::kWithGaps;
    const bool is_own = draft_.apex == change_.store().dkim_zone || draft_.apex == change_.store().spf_zone;
    settings = draft_settings(draft_, settings, is_own ? WhoseZone::kOurs : WhoseZone::kAnybodys, faults_);
    if (!draft_.name_servers && !outcome_.is_new) {
      draft_.name_servers = FileRecordSet{publish::name_server_set(*zone, *settings), 0};
    }
    judge_draft(draft_, state, faults_);
    take_out_reserved(zone);
    outcome_.warnings = faults_.warnings();
    if (!faults_.empty()) {
      outcome_.changed = false;
      outcome_.faults = faults_.first(kShownFaults);
      outcome_.fault_count = faults_.count();
      return std::move(outcome_);
    }
    if (!zone) {
      create_zone(connection(), draft_.apex);
      zone = find_zone(connection(), draft_.apex);
    }
    write(*zone, *settings);
    return std::move(outcome_);
  }

 private:
  db::Connection& connection() { return change_.connection(); }
  [[nodiscard]] bool is_without_records() const {
    return draft_.records.empty() && !draft_.soa && !draft_.name_servers && draft_.left_out == 0 && faults_.empty();
  }

  // Records without an SOA are hardly the whole zone that they would replace.
  void judge_soa() {
    if (outcome_.is_new) {
      return;
    }
    if (options_.keep_soa) {
      draft_.soa.reset();
    } else if (!draft_.soa && faults_.empty()) {
      faults_.add({0, std::nullopt,
                   "the file has no SOA: is it the whole zone " + draft_.apex.to_text_no_dot() +
                       ", whose other records would go?",
                   "write the SOA at its apex; or --keep-soa, for a file of all records but that"});
    }
  }

  // What the store publishes itself may stand in the file as it is published, and stays out.
  void take_out_reserved(const std::optional<PublishedZone>& zone) {
    const ReservedNames reserved(change_.store());
    if (std::optional<Objection> objection = zone ? std::nullopt : reserved.judge_new_zone(draft_.apex)) {
      faults_.add({draft_.soa ? draft_.soa->line : 0, objection->guard, std::move(objection->message),
                   std::move(objection->hint)});
    }
    std::erase_if(draft_.records, [&](const FileRecordSet& each) {
      std::optional<Objection> objection = reserved.judge(draft_.apex, each.set);
      if (!objection) {
        return false;
      }
      if (zone && find_record_set(connection(), *zone, each.set.owner, each.set.type) == each.set) {
        ++outcome_.own;
      } else {
        faults_.add({each.line, objection->guard, std::move(objection->message), std::move(objection->hint)});
      }
      return true;
    });
  }

  void write(const PublishedZone& zone, const rows::ZoneSettingsRow& settings) {
    const AuditValue before = outcome_.is_new ? AuditValue() : audit_value(zone_view(connection(), zone));
    rows::store_zone_settings(connection(), zone.id, settings, change_.moment());
    publish::publish_apex(connection(), change_.zone(zone), zone);
    Replacement replacement(change_, zone, outcome_);
    replacement.run(stored_sets(connection(), zone), draft_.records);
    check_name_servers_of_all(zone);
    raise_serial(zone);
    if (outcome_.is_new) {
      change_.publish_catalog();
    }
    finish(zone, before, replacement);
  }

  // NSD, Knot and BIND do not look from one zone into another.
  void judge_addresses(const std::vector<Name>& names, bool may_warn) {
    const auto checked = db::at_border<void>([&] { check_name_server_addresses(connection(), names); });
    if (!checked && may_warn && faults_.is_lenient()) {
      outcome_.warnings.push_back(checked.error().message);
    } else if (!checked) {
      throw db::Failure(checked.error());
    }
  }

  // This zone's own, wherever they lie, and those of any zone that lie in this one.
  void check_name_servers_of_all(const PublishedZone& zone) {
    const std::vector<Name> own = rows::read_zone_settings(connection(), zone.id).name_servers;
    std::vector<Name> elsewhere;
    std::copy_if(own.begin(), own.end(), std::back_inserter(elsewhere),
                 [&zone](const Name& name) { return !name.is_at_or_below(zone.apex); });
    judge_addresses(elsewhere, true);
    std::vector<Name> here;
    for (const Name& name : rows::read_all_name_servers(connection())) {
      if (name.is_at_or_below(zone.apex)) {
        here.push_back(name);
      }
    }
    judge_addresses(here, outcome_.is_new);  // of a zone that was there, it would be a loss
  }

  // To the file's serial if that is later, and past the last one that a removed zone of this name had.
  void raise_serial(const PublishedZone& zone) {
    if (outcome_.is_new) {
      if (const std::optional<Serial> last = serial_of_removed(connection(), zone.apex)) {
        floor_ = next_serial(*last, change_.wall());
      }
    }
    if (draft_.soa) {
      const Serial wanted{db::unwrap(parse_soa_rdata(draft_.soa->set.rdata.front())).serial};
      const std::optional<Serial> present = outcome_.is_new ? floor_ : zone.serial;
      floor_ = !present || zonestore::is_before(*present, wanted) ? wanted : floor_;
    }
    if (floor_) {
      change_.zone(zone).not_before(*floor_);
    }
  }

  void finish(const PublishedZone& zone, const AuditValue& before, const Replacement& replacement) {
    outcome_.zone = zone_view(connection(), zone);
    const AuditValue after = audit_value(*outcome_.zone);
    const bool same_records = outcome_.added + outcome_.altered + outcome_.removed == 0;
    if (!outcome_.is_new && same_records && before == after && !floor_) {
      outcome_.changed = false;
      outcome_.dry_run = context_.dry_run;
      return;
    }
    change_.finish({what(), replacement.gone().put_into(before, "records_gone_or_altered"),
                    replacement.altered().put_into(after_value(after), "records_altered")},
                   outcome_);
    outcome_.zone->serial = serial_in(outcome_.zones, zone.apex);
    outcome_.zone->record_sets = find_zone(connection(), zone.apex)->record_set_count;
  }

  [[nodiscard]] std::string what() const {
    return std::string(outcome_.is_new ? "zone made" : "records replaced") +
           " from a file: " + std::to_string(outcome_.added) + " record sets added, " +
           std::to_string(outcome_.altered) + " altered, " + std::to_string(outcome_.removed) + " removed";
  }

  [[nodiscard]] AuditValue after_value(AuditValue settings) const {
    return settings.set("added", outcome_.added)
        .set("altered", outcome_.altered)
        .set("removed", outcome_.removed)
        .set("unchanged", outcome_.unchanged);
  }

  ChangeScope& change_;
  const ChangeContext& context_;
  const ZoneImportOptions& options_;
  ZoneDraft draft_;
  ZoneFaults& faults_;
  ZoneImported outcome_;
  std::optional<Serial> floor_;
};

void warn_of_consumers(db::Connection& connection, const std::string& zone, Changed& outcome) {
  if (!rows::read_catalog_zone(connection)) {
    return;
  }
  for (const rows::SecondaryRow& secondary : rows::read_secondaries(connection)) {
    if (secondary.catalog && secondary.is_enabled()) {
      outcome.warnings.push_back(secondary.name + " follows the catalog: it deletes " + zone +
                                 " as soon as it hears");
    }
  }
}

}  // namespace

Result<ZoneImported> import_zone(Store& store, const ChangeContext& context, const ZoneImportOptions& options) {
  return db::at_border<ZoneImported>([&] {
    ZoneFaults faults(options.strictness);
    ZoneDraft draft = db::unwrap(read_zone_draft(options.file, options.apex, faults));
    const std::string subject = draft.apex.to_text_no_dot();
    ChangeScope change(store, context, "zone import", subject);
    return Import(change, context, options, std::move(draft), faults).run();
  });
}

Result<ZoneChecked> check_zone_file(const std::filesystem::path& file, const std::optional<Name>& apex,
                                    Strictness strictness) {
  return db::at_border<ZoneChecked>([&] {
    ZoneFaults faults(strictness);
    ZoneChecked checked;
    const ZoneDraft draft = db::unwrap(read_zone_draft(file, apex, faults));
    judge_draft(draft, faults.empty() ? Draft::kWhole : Draft::kWithGaps, faults);
    (void)draft_settings(draft, std::nullopt, WhoseZone::kAnybodys, faults);
    checked.warnings = faults.warnings();
    checked.apex = draft.apex;
    checked.record_sets = draft.records.size() + (draft.soa ? 1 : 0) + (draft.name_servers ? 1 : 0);
    checked.left_out = draft.left_out;
    checked.faults = faults.first(kShownFaults);
    checked.fault_count = faults.count();
    return checked;
  });
}

Result<Changed> remove_zone(Store& store, const ChangeContext& context, const Name& apex) {
  return db::at_border<Changed>([&] {
    ChangeScope change(store, context, "zone remove", apex.lowered().to_text_no_dot());
    db::Connection& connection = change.connection();
    const PublishedZone zone = change.store().published(apex);
    const std::string name = zone.apex.to_text_no_dot();
    if (zone.is_private) {
      throw db::Failure(Error{ErrorCode::kRefused, name + " is the catalog", "zonectl catalog unset takes it away",
                              Refusal{Guard::kInUse, std::nullopt}});
    }
    if (zone.apex == store.dkim_zone() || zone.apex == store.spf_zone()) {
      throw db::Failure(
          Error{ErrorCode::kRefused,
                name + " is the store's own " + (zone.apex == store.dkim_zone() ? "DKIM" : "SPF") + " zone",
                "its records go by zonectl record remove", Refusal{Guard::kInUse, std::nullopt}});
    }
    AuditedSets gone;
    rows::for_each_static(connection, zone, zone.apex, [&gone](const RecordSet& set) {
      gone.add(set);
      return true;
    });
    const AuditValue before = gone.put_into(audit_value(zone_view(connection, zone)), "records_gone");
    rows::delete_zone_settings(connection, zone.id);
    for (const Name& server : rows::read_all_name_servers(connection)) {
      if (has_address(connection, zone, server) && answers_for(connection, zone, server)) {
        throw db::Failure(Error{
            ErrorCode::kRefused,
            "the zone " + name + " has the address of " + server.to_text_no_dot() + ", a name server of another zone",
            "name another one with zonectl zone set", Refusal{Guard::kInUse, std::nullopt}});
      }
    }
    rows::delete_static(connection, zone.id);
    delete_zone(connection, zone);
    Changed outcome;
    change.publish_catalog();
    warn_of_consumers(connection, name, outcome);
    change.finish({"zone removed", before, {}}, outcome);
    return outcome;
  });
}

}  // namespace zonestore
