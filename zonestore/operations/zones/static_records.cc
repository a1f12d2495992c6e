#include "zonestore/operations/zones/static_records.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/zones/reserved_names.h"
#include "zonestore/operations/zones/stored_content.h"
#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

constexpr std::size_t kMostFaults = 20;  // after that the count does not matter
constexpr std::size_t kAddressBytes4 = 4;
constexpr std::size_t kAddressBytes6 = 16;

[[noreturn]] void throw_error(ErrorCode code, std::string message, std::string hint) {
  throw db::Failure(Error{code, std::move(message), std::move(hint), std::nullopt});
}

bool is_same(RecordType type, const Bytes& left, const Bytes& right) {
  return folded_rdata(type, left) == folded_rdata(type, right);
}

bool holds(const RecordSet& set, const Bytes& rdata) {
  return std::any_of(set.rdata.begin(), set.rdata.end(),
                     [&](const Bytes& each) { return is_same(set.type, each, rdata); });
}

std::string set_text(const Name& owner, RecordType type) {
  return owner.to_text_no_dot() + " " + to_text(type);
}

AuditValue audited_set(const std::optional<RecordSet>& set) {
  return set ? audit_value(*set) : AuditValue{{"records", AuditValue::list()}};
}

AuditValue with_glue(AuditValue value, const std::string& field, const std::vector<RecordSet>& glue) {
  AuditedSets sets;
  for (const RecordSet& set : glue) {
    sets.add(set);
  }
  return sets.put_into(std::move(value), field);
}

std::vector<Name> targets_of(const std::optional<RecordSet>& set) {
  std::vector<Name> targets;
  for (const Bytes& rdata : set ? set->rdata : std::vector<Bytes>()) {
    if (std::optional<Name> target = target_of(set->type, rdata)) {
      targets.push_back(*std::move(target));
    }
  }
  return targets;
}

// One set of one zone on its way from before to after, in the caller's change.
class SetChange {
 public:
  SetChange(ChangeScope& change, const Name& apex, const Name& owner, RecordType type)
      : change_(change), zone_(change.store().published(apex)), owner_(owner), type_(type) {
    if (!owner.is_at_or_below(zone_.apex)) {
      throw_error(ErrorCode::kInvalid, owner.to_text_no_dot() + " is outside the zone " + zone_.apex.to_text_no_dot(),
                  "a name without a dot at its end lies in the zone");
    }
    outcome_.before = rows::find_static(connection(), zone_, owner, type);
    note_known();
  }

  [[nodiscard]] RecordsChanged& outcome() { return outcome_; }
  [[nodiscard]] const PublishedZone& zone() const { return zone_; }

  void put(const RecordSet& wanted) {
    judge_alone(wanted);
    write(wanted);
    outcome_.after = wanted;
  }

  void remove() {
    rows::remove_static(connection(), change_.zone(zone_), zone_, owner_, type_);
    outcome_.after = std::nullopt;
  }

  // An address of the name server that comes with its NS record.
  void put_glue(const Name& server, const Bytes& address) {
    const RecordType type = address.size() == kAddressBytes4 ? RecordType::kA : RecordType::kAaaa;
    RecordSet set = rows::find_static(connection(), zone_, server, type)
                        .value_or(RecordSet{server, type, outcome_.after->ttl, {}});
    if (holds(set, address)) {
      return;
    }
    set.rdata.push_back(address);
    put_in_canonical_order(set.rdata);
    judge_alone(set);
    write(set);
    std::erase_if(outcome_.glue_added, [type](const RecordSet& each) { return each.type == type; });
    outcome_.glue_added.push_back(std::move(set));
  }

  void drop_orphaned_glue() {
    if (type_ != RecordType::kNs || !outcome_.before) {
      return;
    }
    outcome_.glue_removed =
        take_out_orphaned_glue(connection(), change_.zone(zone_), zone_, targets_of(outcome_.before));
  }

  // The doubts that are there already.
  void note_known() {
    StoredContent content(connection(), zone_);
    content.judge(owner_, known_);
    if (outcome_.before) {
      judge_set(*outcome_.before, zone_.apex, known_);
    }
    if (type_ == RecordType::kNs || type_ == RecordType::kDname) {
      content.judge_below(owner_, kMostFaults, known_);
    }
    judge_pointers(content, known_);
  }

  // Every name whose judgement the change can alter: this one, what lies below a cut or DNAME that is new, who leads
  // to an alias that is new or to an address that is gone.
  void judge_around() {
    StoredContent content(connection(), zone_);
    Objections objections;
    content.judge(owner_, objections);
    for (const RecordSet& glue : outcome_.glue_added) {
      content.judge(glue.owner, objections);
    }
    const bool is_new = !outcome_.before;
    const bool is_gone = !outcome_.after;
    const bool is_alias = type_ == RecordType::kCname || type_ == RecordType::kDname;
    if (is_new && (type_ == RecordType::kNs || type_ == RecordType::kDname)) {
      content.judge_below(owner_, kMostFaults + known_.size(), objections);
    }
    const bool is_lost_address = is_gone && (type_ == RecordType::kA || type_ == RecordType::kAaaa);
    if ((is_new && is_alias) || is_lost_address) {
      judge_pointers(content, objections);
    }
    forget_known(objections, known_);
    if (is_lost_address) {
      tell_of_lost_address(objections);
    }
    throw_first_fault(objections, outcome_.warnings);
    judge_name_servers_of_others();
  }

  void warn_of_deeper_zone() {
    const std::optional<PublishedZone> deepest = zone_of(list_zones(connection()), owner_);
    if (deepest && deepest->apex != zone_.apex && type_ != RecordType::kNs && type_ != RecordType::kDs) {
      const std::string deeper = deepest->apex.to_text_no_dot();
      outcome_.warnings.push_back(owner_.to_text_no_dot() + " lies in the zone " + deeper +
                                  " of this store, which answers for it: zonectl record add " + deeper + " ...");
    }
  }

 private:
  db::Connection& connection() { return change_.connection(); }

  void write(const RecordSet& set) { rows::put_static(connection(), change_.zone(zone_), zone_, set); }

  void judge_alone(const RecordSet& set) {
    Objections objections;
    if (std::optional<Objection> reserved = ReservedNames(change_.store()).judge(zone_.apex, set)) {
      objections.push_back(*std::move(reserved));
    }
    judge_set(set, zone_.apex, objections);
    forget_known(objections, known_);
    throw_first_fault(objections, outcome_.warnings);
  }

  void judge_pointers(StoredContent& content, Objections& objections) {
    std::vector<rows::Pointer> pointers =
        rows::pointers_to(connection(), zone_, owner_, rows::Reach::kAt, kMostFaults);
    if (type_ == RecordType::kDname) {
      const auto below = rows::pointers_to(connection(), zone_, owner_, rows::Reach::kBelow, kMostFaults);
      pointers.insert(pointers.end(), below.begin(), below.end());
    }
    std::set<Name> owners;
    for (const rows::Pointer& pointer : pointers) {
      owners.insert(pointer.owner);
    }
    // The delegations whose glue this may be: those above it, whatever else leads here.
    for (Name above = owner_; above != zone_.apex; above = above.parent()) {
      owners.insert(above);
    }
    owners.insert(zone_.apex);
    owners.erase(owner_);  // that was judged already
    for (const Name& owner : owners) {
      content.judge(owner, objections);
    }
  }

  static void tell_of_lost_address(Objections& objections) {
    for (Objection& objection : objections) {
      if (objection.guard == Guard::kNoGlue) {
        objection.message = "without this address " + objection.message;
        objection.hint =
            "add another address first, or take the name server out (zonectl record remove, zone set): its address "
            "goes with it";
      }
    }
  }

  // What was another's to answer for is this zone's again.
  void judge_name_servers_below() {
    if (outcome_.after || type_ != RecordType::kNs) {
      return;
    }
    std::vector<Name> below = rows::read_all_name_servers(connection());
    std::erase_if(below, [this](const Name& server) { return !server.is_at_or_below(owner_); });
    check_name_server_addresses(connection(), below);
  }

  void judge_name_servers_of_others() {
    judge_name_servers_below();
    const bool is_lost_address = !outcome_.after && (type_ == RecordType::kA || type_ == RecordType::kAaaa);
    if (!is_lost_address || has_address(connection(), zone_, owner_) || !answers_for(connection(), zone_, owner_)) {
      return;
    }
    for (const Name& server : rows::read_all_name_servers(connection())) {
      if (server == owner_) {
        throw db::Failure(Error{
            ErrorCode::kRefused,
            "this is the last address of " + owner_.to_text_no_dot() + ", a name server of a zone of this store",
            "add its new address first, or name other servers with zonectl zone set",
            Refusal{Guard::kInUse, std::nullopt}});
      }
    }
  }

  ChangeScope& change_;
  PublishedZone zone_;
  const Name& owner_;
  RecordType type_;
  Objections known_;
  RecordsChanged outcome_;
};

// Of an NS record whose server lies in the zone: who else would ask for its address here?
Name glue_owner(const RecordAddition& addition, const PublishedZone& zone) {
  const std::optional<Name> server =
      addition.type == RecordType::kNs ? target_of(addition.type, addition.rdata) : std::nullopt;
  if (!server || !server->is_at_or_below(zone.apex)) {
    throw_error(ErrorCode::kInvalid,
                "glue is the address of a name server in the zone " + zone.apex.to_text_no_dot() + ", and " +
                    set_text(addition.owner, addition.type) + " names none",
                "give --glue with an NS record whose server lies in the zone");
  }
  return *server;
}

RecordSet set_with(const std::optional<RecordSet>& before, const RecordAddition& addition) {
  RecordSet wanted = before.value_or(RecordSet{addition.owner, addition.type, addition.ttl.value_or(kStaticTtl), {}});
  wanted.ttl = addition.ttl.value_or(wanted.ttl);
  wanted.rdata.push_back(addition.rdata);
  put_in_order_without_twins(wanted.type, wanted.rdata);
  return wanted;
}

RecordsChanged unchanged(SetChange& set, const ChangeContext& context) {
  RecordsChanged& outcome = set.outcome();
  outcome.changed = false;
  outcome.dry_run = context.dry_run;
  outcome.after = outcome.before;
  return std::move(outcome);
}

std::string data_text(RecordType type, const Bytes& rdata) {
  return db::unwrap(rdata_to_text(type, rdata));
}

}  // namespace

Result<RecordsChanged> add_record(Store& store, const ChangeContext& context, const Name& apex,
                                  const RecordAddition& addition) {
  return db::at_border<RecordsChanged>([&] {
    ChangeScope change(store, context, "record add", apex.lowered().to_text_no_dot());
    SetChange set(change, apex, addition.owner, addition.type);
    RecordsChanged& outcome = set.outcome();
    const RecordSet wanted = set_with(outcome.before, addition);
    if (outcome.before == wanted && addition.glue.empty()) {
      return unchanged(set, context);
    }
    set.put(wanted);
    for (const Bytes& address : addition.glue) {
      if (address.size() != kAddressBytes4 && address.size() != kAddressBytes6) {
        throw_error(ErrorCode::kInvalid, "glue is an IPv4 or IPv6 address", "");
      }
      set.put_glue(glue_owner(addition, set.zone()), address);
    }
    if (outcome.before == wanted && outcome.glue_added.empty()) {
      return unchanged(set, context);
    }
    set.judge_around();
    set.warn_of_deeper_zone();
    change.finish(
        {"added " + set_text(addition.owner, addition.type) + " " + data_text(addition.type, addition.rdata),
         audited_set(outcome.before), with_glue(audited_set(outcome.after), "glue_added", outcome.glue_added)},
        outcome);
    return std::move(outcome);
  });
}

Result<RecordsChanged> remove_record(Store& store, const ChangeContext& context, const Name& apex, const Name& owner,
                                     RecordType type, const std::optional<Bytes>& rdata) {
  return db::at_border<RecordsChanged>([&] {
    ChangeScope change(store, context, "record remove", apex.lowered().to_text_no_dot());
    SetChange set(change, apex, owner, type);
    RecordsChanged& outcome = set.outcome();
    if (!outcome.before || (rdata && !holds(*outcome.before, *rdata))) {
      const bool is_setting = owner == set.zone().apex && (type == RecordType::kSoa || type == RecordType::kNs);
      throw_error(ErrorCode::kNotFound,
                  "there is no static record " + set_text(owner, type) + (rdata ? " " + data_text(type, *rdata) : ""),
                  is_setting
                      ? "zonectl zone set changes SOA and NS of the apex"
                      : "zonectl record list " + set.zone().apex.to_text_no_dot() + " shows those that are there");
    }
    RecordSet left = *outcome.before;
    std::erase_if(left.rdata, [&](const Bytes& each) { return !rdata || is_same(type, each, *rdata); });
    if (left.rdata.empty()) {
      set.remove();
    } else {
      set.put(left);
    }
    set.drop_orphaned_glue();
    set.judge_around();
    change.finish(
        {"removed " + set_text(owner, type) + (rdata ? " " + data_text(type, *rdata) : ""),
         with_glue(audited_set(outcome.before), "glue_removed", outcome.glue_removed), audited_set(outcome.after)},
        outcome);
    return std::move(outcome);
  });
}

Result<void> list_records(Store& store, const Name& apex, const std::optional<Name>& owner,
                          const std::function<bool(const RecordSet&)>& visitor) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const PublishedZone zone = store.impl().published(apex);
    if (!owner) {
      return rows::for_each_static(connection, zone, zone.apex, visitor);
    }
    for (const RecordSet& set : rows::static_sets_at(connection, zone, *owner)) {
      if (!visitor(set)) {
        return;
      }
    }
  });
}

}  // namespace zonestore
