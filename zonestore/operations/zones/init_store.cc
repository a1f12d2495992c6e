#include "zonestore/operations/zones/init_store.h"

#include "zonestore/crypto/key_pair.h"
#include "zonestore/crypto/random_hex.h"
#include "zonestore/db/schema.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/change/clock_report.h"
#include "zonestore/operations/change/store_files.h"
#include "zonestore/operations/zones/reserved_names.h"
#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/publish/spf_publisher.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

// A writer died in the middle of a commit: only SQLite can tell what the file will be after the rollback.
bool has_journal(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size_bytes = std::filesystem::file_size(file.string() + "-journal", error);
  return !error && size_bytes > 0;
}

// True if there is something at the path that is not an unfinished store. Garbage is an error, never overwritten.
bool has_file(const std::filesystem::path& file) {
  if (has_journal(file)) {
    return true;
  }
  const Result<void> found = db::at_border<void>([&]() -> Result<void> {
    db::check_file(file, db::zone_schema());
    return {};
  });
  if (found) {
    return true;
  }
  if (found.error().code == ErrorCode::kMissing || found.error().code == ErrorCode::kEmpty) {
    return false;
  }
  throw db::Failure(found.error());
}

Error already_there(const std::filesystem::path& dir) {
  return Error{ErrorCode::kRefused, "there is a store in " + dir.string() + " already",
               "zonectl --store " + dir.string() + " status looks at it; zonectl zone set changes its settings",
               Refusal{Guard::kExists, std::nullopt}};
}

bool is_set_up(db::Connection& connection) {
  return connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'store'") != 0 &&
         connection.integer("SELECT count(*) FROM store") != 0;
}

// An earlier init that was interrupted between the store and its vault: no key was ever made.
bool lacks_only_its_vault(db::Connection& connection, const std::filesystem::path& dir) {
  return !std::filesystem::exists(dir / "vault" / "vault.db") &&
         connection.integer("SELECT count(*) FROM dkim_key") == 0;
}

rows::ZoneSettingsRow settings_of(const InitOptions& options) {
  rows::ZoneSettingsRow settings;
  settings.name_servers = options.name_servers;
  settings.mailbox = options.mailbox;
  settings.minimum = options.minimum;
  return settings;
}

// Both zones, their settings and first content, in the caller's transaction.
std::string fill(db::Connection& connection, const InitOptions& options, const ChangeContext& context,
                 const Clock& clock, Changed& outcome) {
  KeptTime kept;
  const Moment now = trust(kept, clock.now());  // trusted time begins here
  std::string store_id = crypto::random_hex(32);
  const ZoneId dkim_id = create_zone(connection, options.dkim_zone);
  const ZoneId spf_id = create_zone(connection, options.spf_zone);
  rows::insert_store(connection, {store_id, dkim_id, spf_id, options.customer_selectors}, now.wall);
  outcome.clock = report_clock_of(kept, now).notes;
  keep(kept, now);
  rows::store_kept_time(connection, kept);
  for (const Name* apex : {&options.dkim_zone, &options.spf_zone}) {
    const PublishedZone zone = *find_zone(connection, *apex);
    rows::store_zone_settings(connection, zone.id, settings_of(options), now);
    ZoneChange change(connection, zone.id);
    publish::publish_apex(connection, change, zone);
    if (zone.id == spf_id) {
      publish::publish_spf(connection, change, zone, Now{now});
    }
    const ZoneChange::Outcome published = change.commit(now.wall);
    outcome.zones.push_back({zone.apex, published.serial, published.changed});
  }
  const std::string zones = options.dkim_zone.to_text_no_dot() + " and " + options.spf_zone.to_text_no_dot();
  const std::string selectors = "; customers' selectors begin with " + options.customer_selectors.word();
  write_audit(connection, context, "init", "", {"store made with the zones " + zones + selectors}, now.wall);
  return store_id;
}

void check_options(const InitOptions& options) {
  if (options.dkim_zone == options.spf_zone) {
    throw db::Failure(Error{ErrorCode::kInvalid,
                            "the DKIM zone and the SPF zone are both " + options.dkim_zone.to_text_no_dot(),
                            "give two names with --dkim-zone and --spf-zone", std::nullopt});
  }
  const ReservedNames reserved(options.dkim_zone, options.spf_zone);
  for (const Name* zone : {&options.dkim_zone, &options.spf_zone}) {
    if (const std::optional<Objection> objection = reserved.judge_new_zone(*zone)) {
      throw db::Failure(Error{ErrorCode::kInvalid, objection->message,
                              "give another name with --dkim-zone or --spf-zone", std::nullopt});
    }
  }
  check_zone_settings(settings_of(options));
  for (const Name& server : options.name_servers) {
    for (const Name* zone : {&options.dkim_zone, &options.spf_zone}) {
      if (server.is_at_or_below(*zone)) {
        throw db::Failure(Error{ErrorCode::kInvalid,
                                "the name server " + server.to_text_no_dot() + " lies in the zone " +
                                    zone->to_text_no_dot() + ", which has no address for it yet",
                                "name one outside of it, such as ns1.secutix.com; once the store is made, "
                                "zonectl record add and zonectl zone set can bring this one in",
                                std::nullopt});
      }
    }
  }
}

std::string make_store(db::Connection& connection, const std::filesystem::path& dir, const InitOptions& options,
                       const ChangeContext& context, const Clock& clock, Changed& outcome) {
  db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
  if (is_set_up(connection)) {
    if (!lacks_only_its_vault(connection, dir)) {
      throw db::Failure(already_there(dir));
    }
    outcome.warnings.emplace_back("an earlier init was interrupted: its settings stay, its vault is made now");
    return rows::read_store_id(connection);
  }
  db::apply_steps(connection, db::zone_schema());
  std::string store_id = fill(connection, options, context, clock, outcome);
  transaction.commit();
  return store_id;
}

}  // namespace

Result<Changed> init_store(const std::filesystem::path& dir, const InitOptions& options, const ChangeContext& context,
                           const Clock& clock, const VaultKeySources& key_sources) {
  return db::at_border<Changed>([&] {
    check_options(options);
    const std::filesystem::path file = zone_file_of(dir);
    const bool there = has_file(file);
    Changed outcome;
    outcome.dry_run = context.dry_run;
    if (context.dry_run) {
      if (there) {
        throw db::Failure(already_there(dir));
      }
      return outcome;
    }
    make_store_directory(dir, std::nullopt);
    db::Connection connection = open_new_zone_db(dir);
    const std::string store_id = make_store(connection, dir, options, context, clock, outcome);
    give_journal_to_group(dir);
    db::unwrap(Vault::create(dir, store_id, clock.now().wall, key_sources));
    return outcome;
  });
}

}  // namespace zonestore
