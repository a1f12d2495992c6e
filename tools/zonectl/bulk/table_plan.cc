#include "tools/zonectl/bulk/table_plan.h"

#include <algorithm>
#include <list>
#include <set>
#include <utility>

#include "tools/zonectl/bulk/signing_index.h"

namespace zonectl {

using zonestore::Name;
using zonestore::dkim::Code;

namespace {

struct Member {
  const KeyTableEntry* entry;
  std::string path;
};

// Each name once, in the order in which they came.
class OrderedNames {
 public:
  void add(const Name& name) {
    if (there_.insert(name.to_text()).second) {
      names_.push_back(name);
    }
  }
  [[nodiscard]] const std::vector<Name>& all() const { return names_; }

 private:
  std::vector<Name> names_;
  std::set<std::string> there_;
};

// What will be an institution.
struct Group {
  OrderedNames domains;  // the first is the one that it signs as
  std::vector<Member> members;
  std::map<std::string, const KeyTableEntry*> signers;  // domain -> what signs its mail

  [[nodiscard]] const Name& domain() const { return domains.all().front(); }
};

void add_member(Group& group, const KeyTableEntry& entry) {
  const bool is_there = std::any_of(group.members.begin(), group.members.end(),
                                    [&](const Member& each) { return each.entry == &entry; });
  if (!is_there) {
    group.members.push_back({&entry, entry.is_path ? entry.path_for(group.domain()) : std::string()});
  }
}

// ---- which keys belong together, and what they sign ----

class Grouping {
 public:
  Grouping(const KeyTable& keys, const SigningTable* signing, TablePlan& plan)
      : keys_(keys), signing_(signing), plan_(plan) {}

  std::list<Group> run() {
    for (const KeyTableEntry& entry : keys_.entries) {
      by_name_.emplace(entry.name, &entry);
      if (entry.domain) {
        add_member(group_of(*entry.domain), entry);
      }
    }
    if (signing_ != nullptr) {
      sign();
    }
    for (const KeyTableEntry& entry : keys_.entries) {
      if (!entry.domain && !used_.contains(&entry)) {
        plan_.key_faults.push_back(table_fault(entry.line,
                                               "one key for any domain (%), and no line of the signing table names a "
                                               "domain that it signs",
                                               "import it for its institution: zonectl import CODE --pem FILE"));
      }
    }
    return std::move(groups_);
  }

 private:
  Group& group_of(const Name& domain) {
    const auto [found, is_new] = by_domain_.try_emplace(domain.to_text(), nullptr);
    if (is_new) {
      groups_.emplace_back().domains.add(domain);
      found->second = &groups_.back();
    }
    return *found->second;
  }

  void sign() {
    OrderedNames domains;
    for (const Group& group : groups_) {
      domains.add(group.domain());
    }
    for (const SigningLine& line : signing_->lines) {
      if (const auto named = signing_->scope_of(line).domain) {
        domains.add(*named);
      }
    }
    const SigningIndex index(*signing_);
    for (const Name& domain : domains.all()) {
      if (const SigningLine* const line = index.line_for(domain)) {
        sign(domain, *line);
      }
    }
    for (const SigningLine& line : signing_->lines) {
      judge(line);
    }
  }

  void sign(const Name& domain, const SigningLine& line) {
    const auto found = by_name_.find(line.key_for(domain));
    if (found == by_name_.end()) {
      return;  // judge() tells it
    }
    const KeyTableEntry& entry = *found->second;
    const auto own = by_domain_.find(domain.to_text());
    if (entry.domain && !(*entry.domain == domain) && own != by_domain_.end() && own->second->domain() == domain &&
        !own->second->members.empty()) {
      return fault(line, "signs a domain as another one, though the key table has a key of its own for it",
                   "name that key in the line, or take it out of the key table");
    }
    Group& group = group_for(entry, domain);
    group.domains.add(domain);
    by_domain_.emplace(domain.to_text(), &group);
    add_member(group, entry);
    group.signers[domain.to_text()] = &entry;
    used_.insert(&entry);
    lines_at_work_.insert(&line);
  }

  // One key for any domain is one institution's, unless it has a file for each, or the domain has keys of its own.
  Group& group_for(const KeyTableEntry& entry, const Name& domain) {
    if (entry.domain) {
      return group_of(*entry.domain);
    }
    if (entry.is_path_of_each_domain() || by_domain_.contains(domain.to_text())) {
      return group_of(domain);
    }
    const auto [found, is_new] = by_entry_.try_emplace(&entry, nullptr);
    if (is_new) {
      found->second = &group_of(domain);
    }
    return *found->second;
  }

  // What a line does beside signing all mail of the domains that are known.
  void judge(const SigningLine& line) {
    const Scope scope = signing_->scope_of(line);
    const bool is_there = line.key == "%" || by_name_.contains(line.key);
    if (!is_there || (scope.domain && !by_name_.contains(line.key_for(*scope.domain)))) {
      return fault(line, "names a key that is not in the key table, or could not be taken from it",
                   "opendkim defers such mail");
    }
    if (scope.kind == Scope::Kind::kAddress) {
      return judge_address(line, *scope.domain);
    }
    if (scope.kind == Scope::Kind::kDomain) {
      return;
    }
    if (line.key != "%") {
      fault(line, "signs the mail of domains that it does not name", "name each: zonectl domain add CODE DOMAIN");
    } else if (!lines_at_work_.contains(&line)) {
      fault(line, "means keys by the names of their domains (%), and the key table has none of that kind");
    }
  }

  void judge_address(const SigningLine& line, const Name& domain) {
    const KeyTableEntry& entry = *by_name_.at(line.key_for(domain));
    const auto found = by_domain_.find(domain.to_text());
    const KeyTableEntry* const signer = found != by_domain_.end() && found->second->signers.contains(domain.to_text())
                                            ? found->second->signers.at(domain.to_text())
                                            : nullptr;
    if (signer != nullptr && signer != &entry) {
      return fault(line, "signs some addresses with another key than the rest of their domain",
                   "an institution signs all its mail with one key");
    }
    if (signer == nullptr) {
      sign(domain, line);
      if (lines_at_work_.contains(&line)) {
        plan_.signing_notes.push_back(table_fault(
            line.line,
            "some addresses of " + domain.to_text_no_dot() + " alone are signed today; from now on all are", "",
            "some addresses"));
      }
    }
  }

  void fault(const SigningLine& line, std::string what, std::string hint = {}) {
    if (faulty_.insert(&line).second) {
      plan_.signing_faults.push_back(table_fault(line.line, std::move(what), std::move(hint)));
    }
  }

  const KeyTable& keys_;
  const SigningTable* signing_;
  TablePlan& plan_;
  std::list<Group> groups_;
  std::map<std::string, const KeyTableEntry*> by_name_;
  std::map<std::string, Group*> by_domain_;
  std::map<const KeyTableEntry*, Group*> by_entry_;  // of those for any domain
  std::set<const KeyTableEntry*> used_;
  std::set<const SigningLine*> lines_at_work_;
  std::set<const SigningLine*> faulty_;
};

// ---- two keys, of which one signs ----

class Choice {
 public:
  Choice(Group& group, bool has_table, TablePlan& plan) : group_(group), has_table_(has_table), plan_(plan) {}

  // The members that are kept, and the one that signs.
  const KeyTableEntry* choose() {
    std::stable_sort(group_.members.begin(), group_.members.end(),
                     [](const Member& left, const Member& right) { return left.entry->line < right.entry->line; });
    const KeyTableEntry* const signer = signer_of_all();
    drop_what_is_too_many(signer);
    if (group_.members.size() > 1 && signer == nullptr && !has_table_) {
      plan_.key_faults.push_back(table_fault(group_.members.back().entry->line,
                                             name() + " has another key in line " +
                                                 std::to_string(group_.members.front().entry->line) +
                                                 ", and which of them signs is told by the signing table alone",
                                             "give it: --signing-table FILE", "two keys"));
      group_.members.pop_back();
    }
    if (has_table_) {
      tell_idle_ones(signer);
    }
    return signer;
  }

 private:
  [[nodiscard]] std::string name() const { return group_.domain().to_text_no_dot(); }

  const KeyTableEntry* signer_of_all() {
    const KeyTableEntry* signer = nullptr;
    for (const Name& domain : group_.domains.all()) {
      const auto found = group_.signers.find(domain.to_text());
      if (found == group_.signers.end()) {
        continue;
      }
      if (signer != nullptr && found->second != signer) {
        plan_.key_notes.push_back(
            table_fault(found->second->line,
                        "signs " + domain.to_text_no_dot() + " today: from now on the key in line " +
                            std::to_string(signer->line) + " does, as for the rest of " + name(),
                        "", "another signs"));
      }
      signer = signer == nullptr ? found->second : signer;
    }
    return signer;
  }

  void drop_what_is_too_many(const KeyTableEntry* signer) {
    std::size_t others = 0;
    const std::size_t most_others = zonestore::dkim::kSlots.size() - (signer == nullptr ? 0 : 1);
    std::erase_if(group_.members, [&](const Member& each) {
      const bool is_too_many = each.entry != signer && ++others > most_others;
      if (is_too_many) {
        plan_.key_faults.push_back(table_fault(
            each.entry->line, "a third key of " + name() + ": an institution has two, and those before it are taken",
            signer == nullptr ? "" : "the one that signs is among them", "a third key"));
      }
      return is_too_many;
    });
  }

  void tell_idle_ones(const KeyTableEntry* signer) {
    for (const Member& member : group_.members) {
      if (member.entry != signer) {
        plan_.key_notes.push_back(table_fault(
            member.entry->line,
            signer == nullptr ? "no line of the signing table names a key of " + name() +
                                    ": nothing signs for it today, and its first key does from now on"
                              : "no line of the signing table has it sign: it waits beside the one that does",
            "", signer == nullptr ? "nothing signs" : "it waits"));
      }
    }
  }

  Group& group_;
  bool has_table_;
  TablePlan& plan_;
};

// ---- codes ----

class Codes {
 public:
  Codes(const std::list<Group>& groups, const KnownInstitutions& known) : known_(known) {
    for (const Group& group : groups) {
      if (const auto sure = sure_code(group)) {
        taken_.insert(sure->text());
      } else if (const auto label = label_code(group)) {
        ++labels_[label->text()];
      }
    }
  }

  std::optional<Code> code_of(const Group& group) {
    if (auto sure = sure_code(group)) {
      return sure;
    }
    auto label = label_code(group);
    if (label && labels_.at(label->text()) == 1 && is_free(*label)) {
      return label;
    }
    std::string whole = group.domain().to_text_no_dot();
    std::replace(whole.begin(), whole.end(), '.', '-');
    const auto code = Code::parse(whole);
    return code && is_free(*code) && taken_.insert(code->text()).second ? std::optional(*code) : std::nullopt;
  }

 private:
  // What the store knows it by, else what its key is called, unless that is the selector.
  [[nodiscard]] std::optional<Code> sure_code(const Group& group) const {
    for (const Name& domain : group.domains.all()) {
      if (const auto found = known_.by_domain.find(domain.to_text()); found != known_.by_domain.end()) {
        return found->second;
      }
    }
    std::optional<Code> named;
    for (const Member& member : group.members) {
      const bool is_its_own = member.entry->domain || !member.entry->is_path_of_each_domain();
      const auto code = Code::parse(member.entry->name);
      if (code && is_its_own && code->text() != member.entry->selector) {
        if (named && !(*named == *code)) {
          return std::nullopt;
        }
        named = *code;
      }
    }
    return named;
  }

  [[nodiscard]] static std::optional<Code> label_code(const Group& group) {
    const std::string domain = group.domain().to_text();
    const auto code = Code::parse(domain.substr(0, domain.find('.')));
    return code ? std::optional(*code) : std::nullopt;
  }

  [[nodiscard]] bool is_free(const Code& code) const {
    const auto there = known_.has_domains.find(code.text());
    return !taken_.contains(code.text()) && (there == known_.has_domains.end() || !there->second);
  }

  const KnownInstitutions& known_;
  std::set<std::string> taken_;
  std::map<std::string, std::size_t> labels_;  // -> how many would have it
};

PlannedInstitution planned(const Group& group, Code code, const KeyTableEntry* signer) {
  PlannedInstitution institution{
      std::move(code), group.members.front().entry->line, group.domain(), group.domains.all(), {}, {}};
  for (const Member& member : group.members) {
    if (member.entry == signer) {
      institution.signing = institution.keys.size();
    }
    institution.keys.push_back({member.entry, member.path});
  }
  return institution;
}

}  // namespace

TablePlan plan_institutions(const KeyTable& keys, const SigningTable* signing, const KnownInstitutions& known) {
  TablePlan plan;
  std::list<Group> groups = Grouping(keys, signing, plan).run();
  std::vector<const KeyTableEntry*> signers;
  for (Group& group : groups) {
    signers.push_back(Choice(group, signing != nullptr, plan).choose());
  }
  Codes codes(groups, known);
  std::size_t at = 0;
  std::set<std::string> given;
  for (const Group& group : groups) {
    const KeyTableEntry* const signer = signers[at++];
    if (auto code = codes.code_of(group); code && given.insert(code->text()).second) {
      plan.institutions.push_back(planned(group, *std::move(code), signer));
      continue;
    }
    for (const Member& member : group.members) {
      plan.key_faults.push_back(table_fault(member.entry->line, "no code that is free can be made of its domain",
                                            "name the key by the institution's code"));
    }
  }
  return plan;
}

}  // namespace zonectl
