#include "zonestore/operations/views/figures.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <system_error>

#include "zonestore/operations/views/spf_view.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

using exposition::Exposition;
using exposition::Family;
using exposition::Kind;

// The moment that a statement gives; nullopt: it has no row, or no moment in it.
std::optional<WallTime> moment_of(db::Statement& statement) {
  std::optional<WallTime> moment;
  if (statement.step() && !statement.is_null(0)) {
    moment = rows::wall_column(statement, 0);
  }
  statement.reset();
  return moment;
}

std::uint64_t number_of(db::Statement& statement) {
  const std::uint64_t number = statement.step() ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
  statement.reset();
  return number;
}

constexpr const char* kActiveKeys =
    " FROM institution JOIN slot ON slot.institution_id = institution.institution_id AND slot.slot = active_slot"
    " JOIN dkim_key USING (key_id)";

void read_keys(StoreFigures& figures, db::Connection& connection) {
  db::Statement& kinds = connection.cached(
      "SELECT algorithm, count(*) FROM dkim_key WHERE withdrawn_ms IS NULL GROUP BY algorithm ORDER BY algorithm");
  while (kinds.step()) {
    figures.keys.emplace_back(kinds.text(0), static_cast<std::uint64_t>(kinds.integer(1)));
  }
  kinds.reset();
  const std::string active = kActiveKeys;
  const std::uint64_t count = number_of(connection.cached("SELECT count(*)" + active));
  figures.active_key_oldest = moment_of(connection.cached("SELECT min(published_ms)" + active));
  figures.active_key_median =
      moment_of(connection.cached("SELECT published_ms" + active + " ORDER BY published_ms LIMIT 1 OFFSET ?1")
                    .bind(1, static_cast<std::int64_t>(count / 2)));
}

void read_files(StoreFigures& figures, const std::filesystem::path& dir) {
  for (const char* const file : {"zone.db", "vault/vault.db"}) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(dir / file, error);
    if (!error) {
      figures.file_bytes.emplace_back(std::filesystem::path(file).filename().string(), bytes);
    }
  }
}

double unix_seconds(WallTime when) {
  constexpr double kSecond = 1000;
  return static_cast<double>(when.time_since_epoch().count()) / kSecond;
}

// A moment that there is none of has no sample: 0 would be 1970.
void add_moment(Exposition& out, std::string_view name, std::string_view help, const std::optional<WallTime>& when) {
  Family& family = out.family(name, help, Kind::kGauge);
  if (when) {
    family.add(unix_seconds(*when));
  }
}

void add_number(Exposition& out, std::string_view name, std::string_view help, std::uint64_t number) {
  out.family(name, help, Kind::kGauge).add(number);
}

void expose_institutions(const StoreStatus& status, Exposition& out) {
  out.family("zonestore_institutions", "Institutions by what they do", Kind::kGauge)
      .add(status.starting, {{"phase", "starting"}})
      .add(status.signing, {{"phase", "signing"}})
      .add(status.departing, {{"phase", "departing"}});
  Family& slots = out.family("zonestore_slots", "Selector slots by state", Kind::kGauge);
  for (std::size_t state = 0; state < status.slots.size(); ++state) {
    std::string word(dkim::to_text(static_cast<dkim::SlotState>(state)));
    std::ranges::transform(word, word.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    slots.add(status.slots[state], {{"state", word}});
  }
  // All that there can be, so that an alert sees a 0 and not nothing.
  std::map<std::string, std::uint64_t> attention{{"not-signing", 0}, {"no-standby", 0}, {"overdue", 0}};
  for (const Attention& each : status.attention) {
    attention[each.what] += each.count;
  }
  Family& shown = out.family("zonestore_attention", "Institutions that somebody must look at, and why", Kind::kGauge);
  for (const auto& [what, count] : attention) {
    shown.add(count, {{"what", what}});
  }
  add_number(out, "zonestore_evidence_against", "Institutions of which check saw something wrong",
             status.evidence_against);
  add_number(out, "zonestore_frozen", "Institutions that are frozen by themselves", status.frozen);
  add_number(out, "zonestore_rotations_due", "Institutions of which maintain has something to do",
             status.maintain_due);
}

void expose_keys(const StoreFigures& figures, Exposition& out) {
  Family& keys = out.family("zonestore_keys", "Published keys by algorithm", Kind::kGauge);
  for (const auto& [algorithm, count] : figures.keys) {
    keys.add(count, {{"algorithm", algorithm}});
  }
  add_moment(out, "zonestore_active_key_oldest_timestamp_seconds", "When the oldest key that signs was published",
             figures.active_key_oldest);
  add_moment(out, "zonestore_active_key_median_timestamp_seconds",
             "When the key was published that half of those that sign are older than", figures.active_key_median);
}

void expose_zones(const StoreStatus& status, Exposition& out) {
  Family& serials =
      out.family("zonestore_zone_serial",
                 "The serial when this was written: dnsd is late where it serves a lower one", Kind::kGauge);
  for (const ZoneNow& zone : status.zones) {
    serials.add(std::uint64_t{zone.serial.value}, {{"zone", zone.apex.to_text_no_dot()}});
  }
  Family& servers =
      out.family("zonestore_server_serial", "The serial that a secondary was last seen to serve", Kind::kGauge);
  for (const SecondaryNow& each : status.secondaries) {
    if (each.seen.serial) {
      servers.add(std::uint64_t{each.seen.serial->value},
                  {{"zone", each.seen.zone.to_text_no_dot()}, {"server", each.name}});
    }
  }
}

void expose_signers(const StoreStatus& status, Exposition& out) {
  Family& open =
      out.family("zonestore_signer_open", "Institutions whose change a signer has not followed yet", Kind::kGauge);
  Family& failed = out.family("zonestore_signer_attempts_failed", "Attempts that have failed since", Kind::kGauge);
  for (const SignerView& signer : status.signers) {
    open.add(signer.open, {{"signer", signer.name}});
    failed.add(signer.attempts, {{"signer", signer.name}});
  }
}

void expose_upkeep(const StoreFigures& figures, Exposition& out) {
  const StoreStatus& status = figures.status;
  add_moment(out, "zonestore_maintain_timestamp_seconds", "When maintain last ran to its end", status.maintained);
  std::optional<WallTime> backup;
  for (const LastLook& look : status.looks) {
    if (look.command == "backup" && (!backup || *backup < look.at)) {
      backup = look.at;
    }
  }
  add_moment(out, "zonestore_backup_timestamp_seconds", "When the last backup was made", backup);
  add_moment(out, "zonestore_evidence_oldest_timestamp_seconds", "When what check looks at least often was seen",
             figures.evidence_oldest);
  add_number(out, "zonestore_audit_rows", "Changes that the audit knows", figures.audit_rows);
  Family& bytes = out.family("zonestore_bytes", "Bytes of the store's files", Kind::kGauge);
  for (const auto& [file, size] : figures.file_bytes) {
    bytes.add(size, {{"file", file}});
  }
  out.family("zonestore_written_timestamp_seconds", "When these figures were read from the store", Kind::kGauge)
      .add(unix_seconds(status.as_of));
}

}  // namespace

Result<StoreFigures> store_figures(Store& store) {
  Result<StoreStatus> status = store_status(store);
  if (!status) {
    return tl::unexpected(status.error());
  }
  return db::at_border<StoreFigures>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    StoreFigures figures;
    figures.status = std::move(*status);
    read_keys(figures, impl.connection);
    figures.evidence_oldest = moment_of(impl.connection.cached("SELECT min(seen_wall_ms) FROM evidence"));
    figures.audit_rows = number_of(impl.connection.cached("SELECT audit_count FROM store"));
    const SpfView spf = spf_view(impl, impl.now());
    for (const SpfRecordView& record : spf.records) {
      figures.spf_bytes = std::max<std::uint64_t>(figures.spf_bytes, record.text.size());
    }
    figures.spf_lookups = spf.lookups;
    read_files(figures, impl.dir);
    return figures;
  });
}

void expose(const StoreFigures& figures, Exposition& out) {
  expose_institutions(figures.status, out);
  expose_keys(figures, out);
  expose_zones(figures.status, out);
  expose_signers(figures.status, out);
  add_number(out, "zonestore_spf_bytes", "Length of the longest SPF record that is served", figures.spf_bytes);
  add_number(out, "zonestore_spf_lookups", "DNS look-ups that including our SPF record costs, of 10",
             figures.spf_lookups);
  expose_upkeep(figures, out);
}

}  // namespace zonestore
