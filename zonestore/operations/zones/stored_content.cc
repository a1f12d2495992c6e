#include "zonestore/operations/zones/stored_content.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "zonestore/publish/publisher.h"

namespace zonestore {
namespace {

std::size_t faults_in(const Objections& objections) {
  return static_cast<std::size_t>(std::count_if(objections.begin(), objections.end(), [](const Objection& each) {
    return each.kind != Objection::Kind::kWarning;
  }));
}

}  // namespace

StoredContent::StoredContent(db::Connection& connection, const PublishedZone& zone)
    : connection_(connection), zone_(zone), settings_(rows::read_zone_settings(connection, zone.id)) {}

std::vector<RecordType> StoredContent::types_at(const Name& owner) {
  std::vector<RecordType> types = rows::static_types_at(connection_, zone_, owner);
  if (owner == zone_.apex) {  // where SOA and NS are settings, not static records
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

void StoredContent::judge(const Name& owner, Objections& objections) {
  std::vector<RecordSet> stored = rows::static_sets_at(connection_, zone_, owner);
  if (owner == zone_.apex) {
    stored.push_back(publish::name_server_set(zone_, settings_));
  }
  std::vector<const RecordSet*> sets;
  sets.reserve(stored.size());
  for (const RecordSet& set : stored) {
    sets.push_back(&set);
  }
  judge_name(*this, sets, objections);
}

void StoredContent::judge_below(const Name& owner, std::size_t most, Objections& objections) {
  std::optional<Name> last = owner;
  rows::for_each_static(connection_, zone_, owner, [&](const RecordSet& set) {
    if (set.owner != *last) {
      judge(set.owner, objections);
      last = set.owner;
    }
    return faults_in(objections) < most;
  });
}

std::vector<RecordSet> take_out_orphaned_glue(db::Connection& connection, ZoneChange& change,
                                              const PublishedZone& zone, const std::vector<Name>& names) {
  std::vector<RecordSet> taken;
  for (const Name& name : names) {
    if (!name.is_at_or_below(zone.apex)) {
      continue;
    }
    Objections objections;
    StoredContent(connection, zone).judge(name, objections);
    for (const Objection& objection : objections) {
      const bool is_address = objection.type == RecordType::kA || objection.type == RecordType::kAaaa;
      if (objection.guard != Guard::kBelowCut || !is_address) {
        continue;
      }
      if (std::optional<RecordSet> set = rows::find_static(connection, zone, name, objection.type)) {
        rows::remove_static(connection, change, zone, name, objection.type);
        taken.push_back(*std::move(set));
      }
    }
  }
  return taken;
}

void forget_known(Objections& objections, const Objections& known) {
  std::erase_if(objections, [&known](const Objection& each) {
    return each.kind == Objection::Kind::kDoubt &&
           // By the message, which names what the set leads to: with another target it is another doubt.
           std::any_of(known.begin(), known.end(), [&each](const Objection& other) {
             return other.owner == each.owner && other.type == each.type && other.message == each.message;
           });
  });
}

void throw_first_fault(const Objections& objections, std::vector<std::string>& warnings) {
  const std::size_t faults = faults_in(objections);
  for (const Objection& objection : objections) {
    if (objection.kind == Objection::Kind::kWarning) {
      warnings.push_back(objection.message);
      continue;
    }
    Error error{ErrorCode::kInvalid, objection.message, objection.hint, std::nullopt};
    if (faults > 1) {
      error.message += "; and " + std::to_string(faults - 1) + " more of the kind";
    }
    if (objection.guard) {
      error.code = ErrorCode::kRefused;
      error.refusal = Refusal{*objection.guard, std::nullopt};
    }
    throw db::Failure(std::move(error));
  }
}

}  // namespace zonestore
