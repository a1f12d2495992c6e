#include "zonestore/operations/zones/stored_content.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "zonestore/publish/publisher.h"

namespace zonestore {
namespace {

std::size_t faults_in(const Findings& findings) {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [](const Finding& each) { return each.kind != Finding::Kind::kWarning; }));
}

}  // namespace

StoredContent::StoredContent(db::Connection& connection, const PublishedZone& zone)
    : connection_(connection), zone_(zone), settings_(rows::read_zone_settings(connection, zone.id)) {}

std::vector<RecordType> StoredContent::types_at(const Name& owner) {
  std::vector<RecordType> types = rows::static_types_at(connection_, zone_, owner);
  if (owner == zone_.apex) {
    types.push_back(RecordType::kSoa);
    types.push_back(RecordType::kNs);
  }
  return types;
}

bool StoredContent::is_name_server(const Name& name) {
  const std::vector<Name>& own = settings_.name_servers;
  if (std::find(own.begin(), own.end(), name) != own.end()) {
    return true;
  }
  // By type: NS comes before MX and SRV.
  const auto first = rows::pointers_to(connection_, zone_, name, rows::Reach::kAt, 1);
  return !first.empty() && first.front().type == RecordType::kNs;
}

void StoredContent::judge(const Name& owner, Findings& findings) {
  std::vector<RecordSet> stored = rows::static_sets_at(connection_, zone_, owner);
  if (owner == zone_.apex) {
    stored.push_back(publish::name_server_set(zone_, settings_));
  }
  std::vector<const RecordSet*> sets;
  sets.reserve(stored.size());
  for (const RecordSet& set : stored) {
    sets.push_back(&set);
  }
  judge_name(*this, sets, findings);
}

void StoredContent::judge_below(const Name& owner, std::size_t most, Findings& findings) {
  std::optional<Name> last = owner;
  rows::for_each_static(connection_, zone_, owner, [&](const RecordSet& set) {
    if (set.owner != *last) {
      judge(set.owner, findings);
      last = set.owner;
    }
    return faults_in(findings) < most;
  });
}

std::vector<RecordSet> take_out_orphaned_glue(db::Connection& connection, ZoneChange& change,
                                              const PublishedZone& zone, const std::vector<Name>& names) {
  std::vector<RecordSet> taken;
  for (const Name& name : names) {
    if (!name.is_at_or_below(zone.apex)) {
      continue;
    }
    Findings findings;
    StoredContent(connection, zone).judge(name, findings);
    for (const Finding& finding : findings) {
      const bool is_address = finding.type == RecordType::kA || finding.type == RecordType::kAaaa;
      if (finding.guard != Guard::kBelowCut || !is_address) {
        continue;
      }
      if (std::optional<RecordSet> set = rows::find_static(connection, zone, name, finding.type)) {
        rows::remove_static(connection, change, zone, name, finding.type);
        taken.push_back(*std::move(set));
      }
    }
  }
  return taken;
}

void forget_known(Findings& findings, const Findings& known) {
  std::erase_if(findings, [&known](const Finding& each) {
    return each.kind == Finding::Kind::kDoubt &&
           std::any_of(known.begin(), known.end(), [&each](const Finding& other) {
             return other.owner == each.owner && other.type == each.type && other.message == each.message;
           });
  });
}

void throw_first_fault(const Findings& findings, std::vector<std::string>& warnings) {
  const std::size_t faults = faults_in(findings);
  for (const Finding& finding : findings) {
    if (finding.kind == Finding::Kind::kWarning) {
      warnings.push_back(finding.message);
      continue;
    }
    Error error{ErrorCode::kInvalid, finding.message, finding.hint, std::nullopt};
    if (faults > 1) {
      error.message += "; and " + std::to_string(faults - 1) + " more of the kind";
    }
    if (finding.guard) {
      error.code = ErrorCode::kRefused;
      error.refusal = Refusal{*finding.guard, std::nullopt};
    }
    throw db::Failure(std::move(error));
  }
}

}  // namespace zonestore
