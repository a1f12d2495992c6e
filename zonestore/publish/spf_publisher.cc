#include "zonestore/publish/spf_publisher.h"

#include <algorithm>

#include "zonestore/rows/spf_rows.h"

namespace zonestore::publish {
namespace {

void store_homes(db::Connection& connection, const spf::WantedTerms& settled) {
  for (rows::SpfTermRow& row : rows::read_spf_terms(connection)) {
    const auto term = std::find_if(settled.begin(), settled.end(),
                                   [&row](const spf::WantedTerm& each) { return each.text == row.term; });
    if (term == settled.end()) {
      rows::delete_spf_term(connection, row.term);  // its drain has ended
    } else if (term->home != row.home) {
      row.home = term->home;
      rows::store_spf_term(connection, row);
    }
  }
}

void store_change(db::Connection& connection, const PublishedZone& zone, const spf::RecordShape& shape,
                  const spf::Bodies& before, const spf::Bodies& after, const Now& now) {
  rows::forget_spf_versions(connection, zone, now);
  for (unsigned number = 0; number < spf::kRecords; ++number) {
    const std::optional<spf::Body>& body = after.at(number);
    if (body == before.at(number)) {
      continue;
    }
    rows::end_spf_version(connection, zone, number, now);
    if (body) {
      rows::insert_spf_version(connection, {number, shape.text(*body), rows::kSpfTtl, std::nullopt});
    }
  }
}

}  // namespace

std::string publish_spf(db::Connection& connection, ZoneChange& change, const PublishedZone& spf_zone,
                        const Now& now) {
  const rows::SpfState state = rows::read_spf_state(connection, spf_zone, now);
  const spf::RecordShape& shape = state.rules.shape;
  const spf::Bodies before = state.served.bodies();
  const spf::WantedTerms settled = spf::settled(shape, before, state.wanted);
  const spf::Bodies after = spf::next_bodies(state.rules, state.served, settled);
  store_homes(connection, settled);
  store_change(connection, spf_zone, shape, before, after, now);
  for (unsigned number = 0; number < spf::kRecords && shape.has(number); ++number) {
    const std::optional<spf::Body>& body = after.at(number);
    if (body) {
      change.put(RecordSet{shape.owner(number), RecordType::kTxt, rows::kSpfTtl, {txt_rdata(shape.text(*body))}});
    } else {
      change.remove(shape.owner(number), RecordType::kTxt);
    }
  }
  return spf::difference(shape, before, after);
}

}  // namespace zonestore::publish
