// The rules that look at what stands around a name: see zone_rules.h.
#include "zonestore/zone/zone_rules.h"

#include <algorithm>
#include <utility>

#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

bool has_type(const std::vector<RecordType>& types, RecordType type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_address(RecordType type) {
  return type == RecordType::kA || type == RecordType::kAaaa;
}

bool has_address(const std::vector<RecordType>& types) {
  return std::any_of(types.begin(), types.end(), is_address);
}

class NameJudge {
 public:
  NameJudge(ZoneContent& zone, const std::vector<const RecordSet*>& sets, Objections& objections)
      : zone_(zone), sets_(sets), owner_(sets.front()->owner), objections_(objections) {
    for (const RecordSet* set : sets) {
      types_.push_back(set->type);
    }
  }

  void run() {
    judge_cname();
    if (!judge_ancestors()) {
      return;
    }
    judge_cut();
    for (const RecordSet* set : sets_) {
      judge_targets(*set);
    }
  }

 private:
  [[nodiscard]] bool is_apex() const { return owner_ == zone_.apex(); }

  void judge_cname() {
    if (!has_type(types_, RecordType::kCname)) {
      return;
    }
    if (is_apex()) {
      return fault(Guard::kCnameAlone, RecordType::kCname,
                   "the apex " + text(owner_) + " cannot have a CNAME: it has SOA and NS (RFC 1034 section 3.6.2)",
                   "write A and AAAA records there");
    }
    for (const RecordType type : types_) {
      if (type != RecordType::kCname) {
        return fault(Guard::kCnameAlone, RecordType::kCname,
                     text(owner_) + " has a CNAME and " + to_text(type) +
                         "; beside a CNAME no other data can stand (RFC 1034 section 3.6.2)",
                     "leave the CNAME or the other data");
      }
    }
  }

  // False if an ancestor hides the name: what else is wrong with it does not matter then.
  bool judge_ancestors() {
    for (Name above = owner_; above != zone_.apex();) {
      above = above.parent();
      const std::vector<RecordType> types = zone_.types_at(above);
      if (has_type(types, RecordType::kDname)) {
        fault(Guard::kBelowDname, types_.front(),
              text(owner_) + " lies below the DNAME of " + text(above) +
                  ", which leads every name below it elsewhere (RFC 6672 section 2.3)",
              "take one of them out");
        return false;
      }
      if (above != zone_.apex() && has_type(types, RecordType::kNs)) {
        return judge_below_cut(above);
      }
    }
    return true;
  }

  bool judge_below_cut(const Name& cut) {
    for (const RecordType type : types_) {
      if (!is_address(type)) {
        doubt(Guard::kBelowCut, type,
              text(owner_) + " " + to_text(type) + " lies below the zone cut " + text(cut) +
                  ", whose name servers answer for it",
              "put it into the zone " + text(cut));
      } else if (!zone_.is_name_server(owner_)) {
        doubt(Guard::kBelowCut, type,
              text(owner_) + " " + to_text(type) + " lies below the zone cut " + text(cut) +
                  " and is no name server of this zone or its delegations",
              "put it into the zone " + text(cut) +
                  "; the address of a new name server comes with it: zonectl record add " + text(zone_.apex()) + " " +
                  text(cut) + ". NS " + text(owner_) + ". --glue ADDRESS");
      }
    }
    return false;
  }

  void judge_cut() {
    const bool is_cut = !is_apex() && has_type(types_, RecordType::kNs);
    for (const RecordType type : types_) {
      if (is_cut && type != RecordType::kNs && type != RecordType::kDs &&
          !(is_address(type) && zone_.is_name_server(owner_))) {
        doubt(Guard::kBelowCut, type,
              text(owner_) + " is delegated, and " + to_text(type) +
                  " would not be served there: its name servers answer for it",
              "put it into the zone " + text(owner_));
      }
      if (type == RecordType::kDs && !is_cut && !is_apex()) {
        doubt(Guard::kDsWithoutNs, type,
              text(owner_) + " has DS and no NS: only a delegation has DS (RFC 4035 section 2.4)",
              "delegate it with NS records, or take the DS out");
      }
    }
  }

  void judge_targets(const RecordSet& set) {
    if (set.type != RecordType::kNs && set.type != RecordType::kMx && set.type != RecordType::kSrv) {
      return;
    }
    for (const Bytes& rdata : set.rdata) {
      const std::optional<Name> target = target_of(set.type, rdata);
      if (target && target->is_at_or_below(zone_.apex())) {
        judge_target(set.type, *target);
      }
    }
  }

  void judge_target(RecordType type, const Name& target) {
    const std::vector<RecordType> there = zone_.types_at(target);
    if (has_type(there, RecordType::kCname) || is_below_dname(target)) {
      Objection objection{kind_of_alias_target(type),
                          Guard::kAliasTarget,
                          owner_,
                          type,
                          "the " + to_text(type) + " of " + text(owner_) + " leads to " + text(target) +
                              ", which is an alias (" +
                              (type == RecordType::kSrv ? "RFC 2782)" : "RFC 2181 section 10.3)"),
                          "name the host that has the address"};
      objections_.push_back(std::move(objection));
    } else if (!has_address(there) && !is_delegated_below(target)) {
      judge_missing_address(type, target);
    }
  }

  void judge_missing_address(RecordType type, const Name& target) {
    if (type == RecordType::kNs && target.is_at_or_below(owner_)) {
      const std::string zone = text(zone_.apex());
      return fault(Guard::kNoGlue, type,
                   "the name server " + text(target) + " of " + text(owner_) +
                       " has no address, and only this zone can give it (RFC 9471)",
                   is_apex() ? "give it one: zonectl record add " + zone + " " + text(target) + ". A ADDRESS"
                             : "give it one: zonectl record add " + zone + " " + text(owner_) + ". NS " +
                                   text(target) + ". --glue ADDRESS");
    }
    if (!is_covered_by_wildcard(target)) {
      objections_.push_back({Objection::Kind::kWarning, std::nullopt, owner_, type,
                             "the " + to_text(type) + " of " + text(owner_) + " leads to " + text(target) +
                                 ", which has no address in this zone",
                             ""});
    }
  }

  bool is_below_dname(const Name& name) {
    for (Name above = name; above != zone_.apex();) {
      above = above.parent();
      if (has_type(zone_.types_at(above), RecordType::kDname)) {
        return true;
      }
    }
    return false;
  }

  // Somebody else answers for the name: a zone cut other than the judged one is at or above it.
  bool is_delegated_below(const Name& name) {
    for (Name at = name; at != zone_.apex(); at = at.parent()) {
      if (at != owner_ && has_type(zone_.types_at(at), RecordType::kNs)) {
        return true;
      }
    }
    return false;
  }

  bool is_covered_by_wildcard(const Name& name) {
    for (Name above = name; above != zone_.apex();) {
      above = above.parent();
      const auto wildcard = above.child("*");
      if (wildcard && has_address(zone_.types_at(*wildcard))) {
        return true;
      }
    }
    return false;
  }

  static Objection::Kind kind_of_alias_target(RecordType type) {
    return type == RecordType::kSrv  ? Objection::Kind::kWarning
           : type == RecordType::kMx ? Objection::Kind::kDoubt
                                     : Objection::Kind::kFault;
  }

  static std::string text(const Name& name) { return name.to_text_no_dot(); }

  void doubt(Guard guard, RecordType type, std::string message, std::string hint) {
    objections_.push_back({Objection::Kind::kDoubt, guard, owner_, type, std::move(message), std::move(hint)});
  }

  void fault(Guard guard, RecordType type, std::string message, std::string hint) {
    objections_.push_back({Objection::Kind::kFault, guard, owner_, type, std::move(message), std::move(hint)});
  }

  ZoneContent& zone_;
  const std::vector<const RecordSet*>& sets_;
  const Name& owner_;
  std::vector<RecordType> types_;
  Objections& objections_;
};

}  // namespace

void judge_name(ZoneContent& zone, const std::vector<const RecordSet*>& sets, Objections& objections) {
  if (!sets.empty()) {
    NameJudge(zone, sets, objections).run();
  }
}

bool is_of_absence(const Objection& objection) {
  return objection.guard == Guard::kNoGlue || objection.guard == Guard::kDsWithoutNs;
}

}  // namespace zonestore
