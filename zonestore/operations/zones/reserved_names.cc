#include "zonestore/operations/zones/reserved_names.h"

#include <algorithm>
#include <string>

#include "zonestore/db/failure.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/spf/record.h"

namespace zonestore {
namespace {

// The first label of a name below `parent` by one, lower-cased; empty for other names.
std::string label_below(const Name& name, const Name& parent) {
  if (name.is_root() || name.parent() != parent || name == parent) {
    return {};
  }
  const Name lowered = name.lowered();
  const ByteView wire = lowered.wire();
  return {wire.begin() + 1, wire.begin() + 1 + wire[0]};
}

bool is_selector_label(const std::string& label) {
  return std::any_of(dkim::kSlots.begin(), dkim::kSlots.end(), [&label](dkim::SlotId slot) {
    const std::string prefix = dkim::to_text(slot) + "-";
    return label.starts_with(prefix) && dkim::Code::parse(label.substr(prefix.size()));
  });
}

bool is_include_label(const std::string& label) {
  for (unsigned number = 1; number <= spf::kMaxIncludes; ++number) {
    if (label == "_" + std::to_string(number)) {
      return true;
    }
  }
  return false;
}

bool leads_elsewhere(RecordType type) {
  return type == RecordType::kCname || type == RecordType::kDname || type == RecordType::kNs;
}

}  // namespace

ReservedNames::ReservedNames(Store::Impl& store) : ReservedNames(store.dkim_zone, store.spf_zone) {
  const std::optional<ZoneId> id = rows::read_catalog_zone(store.connection);
  for (const PublishedZone& zone : list_zones(store.connection)) {
    if (id && zone.id == *id) {
      catalog_ = zone.apex;
    }
  }
}

std::optional<Objection> ReservedNames::judge(const Name& apex, const RecordSet& set) const {
  if (catalog_ && apex == *catalog_) {
    return Objection{Objection::Kind::kFault,
                     Guard::kReserved,
                     set.owner,
                     set.type,
                     set.owner.to_text_no_dot() + " " + to_text(set.type) + ": the catalog lists the zones by itself",
                     "zonectl zone import and zone remove change which zones there are"};
  }
  const bool in_dkim_zone = apex == dkim_zone_;
  std::string why;
  if (in_dkim_zone) {
    why = why_in_dkim_zone(set);
  }
  if (why.empty() && apex == spf_zone_) {
    why = why_in_spf_zone(set);
  }
  if (why.empty()) {
    return std::nullopt;
  }
  return Objection{
      Objection::Kind::kFault,
      Guard::kReserved,
      set.owner,
      set.type,
      set.owner.to_text_no_dot() + " " + to_text(set.type) + ": " + why,
      in_dkim_zone ? "zonectl add, rotate and remove publish there" : "zonectl spf allow and deny publish there"};
}

std::optional<Objection> ReservedNames::judge_new_zone(const Name& apex) const {
  if (catalog_ && (apex.is_at_or_below(*catalog_) || catalog_->is_at_or_below(apex))) {
    return Objection{Objection::Kind::kFault,
                     Guard::kReserved,
                     apex,
                     RecordType::kSoa,
                     "a zone " + apex.to_text_no_dot() + " would lie " +
                         (apex.is_at_or_below(*catalog_) ? "in" : "above") + " the catalog " +
                         catalog_->to_text_no_dot() + ", which is for other servers alone",
                     "give it another name"};
  }
  bool hides_keys = false;
  bool hides_spf = false;
  // A zone at one of these names, or below one, is asked in the place of ours.
  for (Name name = apex; !name.is_root(); name = name.parent()) {
    hides_keys = hides_keys || name == db::unwrap(dkim_zone_.child("_domainkey"));
    hides_spf = hides_spf || is_include_label(label_below(name, spf_zone_));
  }
  if (!hides_keys && !hides_spf) {
    return std::nullopt;
  }
  return Objection{Objection::Kind::kFault,
                   Guard::kReserved,
                   apex,
                   RecordType::kSoa,
                   "a zone " + apex.to_text_no_dot() + " would hide " +
                       (hides_keys ? "the keys of institutions" : "a part of the SPF record"),
                   "names there are published by zonectl add and zonectl spf allow alone"};
}

std::string ReservedNames::why_in_dkim_zone(const RecordSet& set) const {
  const Name keys = db::unwrap(dkim_zone_.child("_domainkey"));
  if (is_selector_label(label_below(set.owner, keys))) {
    return "this name is kept for the key of an institution";
  }
  const bool is_above_keys = set.owner == keys || set.owner == dkim_zone_;
  if (is_above_keys && leads_elsewhere(set.type)) {
    return "it would lead the keys of all institutions elsewhere";
  }
  // A name that no institution has must be absent: a wildcard would answer there (RFC 4592).
  const std::string wildcard = "*";
  const bool covers_keys = label_below(set.owner, keys) == wildcard || label_below(set.owner, dkim_zone_) == wildcard;
  if (covers_keys && (set.type == RecordType::kTxt || set.type == RecordType::kCname)) {
    return "it would answer for institutions that are not there";
  }
  return {};
}

std::string ReservedNames::why_in_spf_zone(const RecordSet& set) const {
  if (set.owner == spf_zone_ && set.type == RecordType::kTxt) {
    return "the SPF record of all customers stands there, and must be the only one";
  }
  if (set.owner == spf_zone_ && leads_elsewhere(set.type)) {
    return "it would lead the SPF record elsewhere";
  }
  if (is_include_label(label_below(set.owner, spf_zone_))) {
    return "this name is kept for a part of the SPF record";
  }
  return {};
}

}  // namespace zonestore
