#include "tools/zonectl/probe/spf_walk.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::RecordType;
namespace spf = zonestore::spf;

namespace {

// Far beyond what any receiver follows; ends includes that go in a circle.
constexpr unsigned kGivesUpAt = 40;

bool is_name(const std::string& domain_spec, const Name& name) {
  const auto parsed = Name::parse(domain_spec);
  return parsed && *parsed == name;
}

}  // namespace

void SpfWalk::follow(const spf::PolicyRecord& record, const Name& domain) {
  bool has_all = false;
  for (const spf::Directive& directive : record.directives) {
    if (has_all) {  // never evaluated
      is_behind_all_ =
          is_behind_all_ || (directive.mechanism == spf::Mechanism::kInclude && is_name(directive.domain, include_));
    } else if (directive.mechanism == spf::Mechanism::kAll) {
      has_all = true;
    } else if (spf::costs_lookup(directive.mechanism) && lookups_ < kGivesUpAt) {
      ++lookups_;
      follow_directive(directive, domain);
    }
  }
  if (!has_all && record.redirect && lookups_ < kGivesUpAt) {
    ++lookups_;
    follow_record(*record.redirect, "redirect=" + *record.redirect);
  }
}

void SpfWalk::follow_directive(const spf::Directive& directive, const Name& domain) {
  if (directive.mechanism == spf::Mechanism::kPtr || spf::has_macro(directive.domain)) {
    return;  // what it finds depends on the message
  }
  if (directive.mechanism == spf::Mechanism::kInclude) {
    const bool passes = directive.qualifier == '+';
    reaches_include_ = reaches_include_ || (passes && is_name(directive.domain, include_));
    follow_record(directive.domain, directive.text);
    return;
  }
  const auto name = directive.domain.empty() ? zonestore::Result<Name>(domain) : Name::parse(directive.domain);
  if (!name) {
    note_broken(directive.text + " names no domain");
    return;
  }
  count_hosts(*name, directive.mechanism);
}

void SpfWalk::follow_record(const std::string& domain_spec, const std::string& term) {
  const auto name = Name::parse(domain_spec);
  if (!name) {
    note_broken(term + " names no domain");
    return;
  }
  reaches_include_ = reaches_include_ || (term.starts_with("redirect=") && *name == include_);
  const Found found = ask(*name, RecordType::kTxt);
  if (found.failed) {
    return;
  }
  if (found.texts.empty()) {
    ++voids_;
  }
  std::vector<std::string> records;
  for (const std::string& text : found.texts) {
    if (spf::is_policy_record(text)) {
      records.push_back(text);
    }
  }
  if (records.size() != 1) {
    note_broken(term + " leads to " + (records.empty() ? "no SPF record" : "several SPF records"));
    return;
  }
  const auto record = spf::parse_policy_record(records.front());
  if (!record) {
    note_broken(term + " leads to a malformed record: " + record.error().message);
    return;
  }
  follow(*record, *name);
}

// A receiver asks for A or AAAA, by the sender's address: void for sure is only what has neither.
void SpfWalk::count_hosts(const Name& name, spf::Mechanism mechanism) {
  bool has_any = false;
  if (mechanism == spf::Mechanism::kMx) {
    has_any = ask(name, RecordType::kMx).count > 0;
  } else {
    has_any = ask(name, RecordType::kA).count > 0;
    if (!has_any && mechanism == spf::Mechanism::kA) {
      has_any = ask(name, RecordType::kAaaa).count > 0;
    }
  }
  voids_ += has_any || !unanswered_.empty() ? 0 : 1;
}

void SpfWalk::note_broken(const std::string& what) {
  if (broken_.empty()) {
    broken_ = what;
  }
}

Found SpfWalk::ask(const Name& name, RecordType type) {
  Found found = look_up_(name, type);
  if (found.failed && unanswered_.empty()) {
    unanswered_ = name.to_text_no_dot() + " " + zonestore::to_text(type);
  }
  return found;
}

}  // namespace zonectl::probe
