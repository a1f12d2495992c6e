#include "zonestore/operations/backup/restore_spf.h"

#include <algorithm>
#include <utility>

#include "zonestore/publish/spf_publisher.h"
#include "zonestore/rows/spf_rows.h"

namespace zonestore {
namespace {

using rows::SpfTermRow;
using rows::SpfVersionEnd;
using rows::SpfVersionRow;

struct LiveSpf {
  std::vector<SpfTermRow> terms;
  std::vector<SpfVersionRow> versions;
};

std::optional<LiveSpf> read_live_spf(const std::filesystem::path& file, const Name& apex) {
  db::Connection live = db::Connection::open(file, db::Access::kReadOnly);
  const std::optional<PublishedZone> zone = find_zone(live, apex);
  if (!zone) {
    return std::nullopt;
  }
  return LiveSpf{rows::read_spf_terms(live), rows::read_spf_versions(live, *zone)};
}

const SpfTermRow* find(const std::vector<SpfTermRow>& terms, const std::string& text) {
  const auto found =
      std::find_if(terms.begin(), terms.end(), [&text](const SpfTermRow& each) { return each.term == text; });
  return found == terms.end() ? nullptr : &*found;
}

// A term that both have stays where it stands; others find their place anew. What the backup's trusted time says of a
// drain means nothing in the live store's.
void take_over_homes(db::Connection& connection, const LiveSpf& live, const Moment& now) {
  for (SpfTermRow& row : rows::read_spf_terms(connection)) {
    const SpfTermRow* known = find(live.terms, row.term);
    row.home = known == nullptr ? std::nullopt : known->home;
    if (row.leave) {
      row.leave->began.trusted = now.trusted;
    }
    rows::store_spf_term(connection, row);
  }
}

void tell_of_terms(db::Connection& connection, const LiveSpf& live, Restored& outcome) {
  const std::vector<SpfTermRow> restored = rows::read_spf_terms(connection);
  for (const SpfTermRow& row : live.terms) {
    if (find(restored, row.term) == nullptr) {
      outcome.warnings.push_back("SPF: " + row.term +
                                 " is not in the backup and is no longer allowed: zonectl spf allow " + row.term +
                                 " lets it send again");
    }
  }
  for (const SpfTermRow& row : restored) {
    if (find(live.terms, row.term) == nullptr) {
      outcome.warnings.push_back("SPF: " + row.term + " is allowed again, as in the backup");
    }
  }
}

// Whatever was served until now: for as long as it may be held, each name stays there, and nobody's term moves.
void assume_unknown_versions(db::Connection& connection, const PublishedZone& zone, const Moment& now) {
  const spf::RecordShape shape(zone.apex);
  std::vector<SpfVersionRow> versions = rows::read_spf_versions(connection, zone);
  const SpfVersionEnd end{now, rows::spf_waits(connection, zone, now).record};
  spf::Body all_included;
  for (unsigned number = 1; number < spf::kRecords && shape.has(number); ++number) {
    all_included.includes.push_back(number);
    versions.push_back({number, shape.text({}), rows::kSpfTtl, end});
  }
  versions.push_back({0, shape.text(all_included), rows::kSpfTtl, end});
  rows::replace_spf_versions(connection, versions);
}

}  // namespace

void merge_spf(ChangeScope& change, const std::optional<std::filesystem::path>& live, Restored& outcome) {
  db::Connection& connection = change.connection();
  const PublishedZone zone = change.store().published(change.store().spf_zone);
  const std::optional<LiveSpf> known = live ? read_live_spf(*live, zone.apex) : std::nullopt;
  if (known) {
    rows::replace_spf_versions(connection, known->versions);
    take_over_homes(connection, *known, change.moment());
    tell_of_terms(connection, *known, outcome);
  } else {
    assume_unknown_versions(connection, zone, change.moment());
  }
  publish::publish_spf(connection, change.zone(zone), zone, change.now());
}

}  // namespace zonestore
