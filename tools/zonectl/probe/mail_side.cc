#include "tools/zonectl/probe/mail_side.h"

#include <algorithm>

#include "tools/zonectl/probe/dmarc/diagnosis.h"
#include "tools/zonectl/probe/spf/diagnosis.h"
#include "tools/zonectl/probe/witness.h"
#include "tools/zonectl/text/relative_name.h"
#include "zonestore/base/joined.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::CheckSubject;
using zonestore::DomainInstructions;
using zonestore::Name;
using zonestore::RecordType;

namespace {

// What an answer, through aliases, holds of a type.
Found found_in(const Reply& reply, RecordType type) {
  Found found;
  found.failed = !reply.is(kNoError) && !reply.is(kNxDomain);
  std::vector<std::pair<unsigned, Name>> exchanges;  // by preference
  for (const Record& record : reply.answer) {
    if (record.type != type) {
      continue;
    }
    ++found.count;
    if (type == RecordType::kTxt) {
      found.texts.push_back(zonestore::txt_joined(record.rdata).value_or(std::string()));
    } else if (type == RecordType::kA || type == RecordType::kAaaa) {
      found.addresses.push_back(record.rdata);
    } else if (auto target = zonestore::target_of(type, record.rdata)) {
      const bool has_preference = type == RecordType::kMx && record.rdata.size() > 2;
      exchanges.emplace_back(has_preference ? record.rdata[0] * 256U + record.rdata[1] : 0, *std::move(target));
    }
  }
  std::stable_sort(exchanges.begin(), exchanges.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (auto& [preference, name] : exchanges) {
    found.names.push_back(std::move(name));
  }
  return found;
}

Found found_by(const World& world, const Name& name, RecordType type) {
  return found_in(world.resolver.ask({name, type}), type);
}

struct Texts {
  std::vector<std::string> all;
  bool has_alias_beside = false;
};

// The texts that a server has at a name. An alias there is followed by the resolver.
std::optional<Texts> texts_by(const World& world, Witness& witness, const Name& name) {
  const Reply reply = witness.ask({name, RecordType::kTxt});
  // At the zone's own top an alias would be in that answer, too.
  const std::vector<Name> targets = name == witness.zone() ? cname_targets(reply, name) : witness.targets_at(name);
  if (!witness.answers()) {
    return std::nullopt;
  }
  Texts texts;
  for (SeenText& seen : texts_at(reply, name)) {
    texts.all.push_back(std::move(seen.text));
  }
  texts.has_alias_beside = !texts.all.empty() && !targets.empty();
  if (texts.all.empty() && !targets.empty()) {
    Found found = found_by(world, targets.front(), RecordType::kTxt);
    if (found.failed) {
      return std::nullopt;
    }
    texts.all = std::move(found.texts);
  }
  return texts;
}

Finding look_at_spf(const World& world, const DomainInstructions& domain, std::vector<Witness>& witnesses) {
  PolicyFacts facts{domain.domain, {}, world.spf_zone};
  for (Witness& witness : witnesses) {
    if (auto texts = texts_by(world, witness, domain.domain)) {
      facts.texts.push_back(std::move(texts->all));
      facts.has_alias_beside = facts.has_alias_beside || texts->has_alias_beside;
    }
  }
  return diagnose_spf(facts, [&world](const Name& name, RecordType type) { return found_by(world, name, type); });
}

// By the domain's own servers.
DmarcPlace dmarc_at_domain(const World& world, const Name& domain, std::vector<Witness>& witnesses) {
  DmarcPlace place{domain, DmarcPlace::Kind::kDomain, true};
  const auto owner = domain.child("_dmarc");
  for (Witness& witness : witnesses) {
    if (!owner || !place.failed) {
      continue;
    }
    if (auto texts = texts_by(world, witness, *owner)) {
      place.failed = false;
      place.texts = std::move(texts->all);
      place.has_alias_beside = texts->has_alias_beside;
    }
  }
  return place;
}

// Through the resolver.
DmarcPlace dmarc_above(const World& world, const Name& domain, DmarcPlace::Kind kind) {
  DmarcPlace place{domain, kind, true};
  if (const auto owner = domain.child("_dmarc")) {
    Found found = found_by(world, *owner, RecordType::kTxt);
    place.failed = found.failed;
    place.texts = std::move(found.texts);
  }
  return place;
}

Finding look_at_dmarc(const World& world, const DomainInstructions& domain, std::vector<Witness>& witnesses) {
  DmarcFacts facts{domain.domain, {dmarc_at_domain(world, domain.domain, witnesses)}};
  const auto is_found = [&facts] {
    return has_dmarc_record(facts.places.back().texts) || facts.places.back().failed;
  };
  const Name organization =
      world.suffixes == nullptr ? domain.domain : world.suffixes->organization_of(domain.domain);
  if (!is_found() && !(organization == domain.domain)) {
    facts.places.push_back(dmarc_above(world, organization, DmarcPlace::Kind::kOrganization));
  }
  if (!is_found() && organization.label_count() > 1) {
    facts.places.push_back(dmarc_above(world, organization.parent(), DmarcPlace::Kind::kPublicSuffix));
  }
  return diagnose_dmarc(facts);
}

bool is_below(const Name& name, const Name& zone) {
  return name.is_at_or_below(zone) && !(name == zone);
}

// A panel wants names relative to its zone; of a domain below the zone's top that is not what people expect.
void say_name_in_panel(Finding& finding, const Name& domain, const Authority& authority) {
  if (finding.publish.empty() || authority.servers.empty() || !is_below(domain, authority.zone)) {
    return;
  }
  const std::string& line = finding.publish.front();
  const auto owner = Name::parse(line.substr(0, line.find(' ')));
  if (owner && is_below(*owner, authority.zone)) {
    zonestore::append_joined(finding.advice, "; ",
                             "in the panel of " + authority.zone.to_text_no_dot() + " the name is " +
                                 relative_name(owner->to_text(), authority.zone));
  }
}

// A record that was put at the top of the zone does not count for the mail domain below it.
void say_record_at_top(const World& world, Finding& finding, const CheckSubject& subject,
                       const DomainInstructions& domain, const Authority& authority,
                       std::vector<Witness>& witnesses) {
  const bool is_domain_too =
      std::any_of(subject.domains.begin(), subject.domains.end(),
                  [&authority](const DomainInstructions& each) { return each.domain == authority.zone; });
  if (finding.verdict != zonestore::Verdict::kMissing || is_domain_too || !is_below(domain.domain, authority.zone)) {
    return;
  }
  for (Witness& witness : witnesses) {
    const auto texts = texts_by(world, witness, authority.zone);
    for (const std::string& text : texts ? texts->all : std::vector<std::string>()) {
      const auto record = zonestore::spf::is_policy_record(text)
                              ? zonestore::spf::parse_policy_record(text)
                              : zonestore::Result<zonestore::spf::PolicyRecord>({});
      for (const zonestore::spf::Directive& directive :
           record ? record->directives : std::vector<zonestore::spf::Directive>()) {
        const auto included = Name::parse(directive.domain);
        if (directive.mechanism == zonestore::spf::Mechanism::kInclude && included && *included == world.spf_zone) {
          finding.detail += "; " + authority.zone.to_text_no_dot() + " includes " + world.spf_zone.to_text_no_dot() +
                            ", which does not count for a name below it";
          return;
        }
      }
    }
    if (witness.answers()) {
      return;
    }
  }
}

}  // namespace

std::vector<Finding> look_at_mail_policy(const World& world, const CheckSubject& subject,
                                         const DomainInstructions& domain, const Authority& authority,
                                         std::vector<Witness>& witnesses) {
  std::vector<Finding> findings{look_at_spf(world, domain, witnesses)};
  say_record_at_top(world, findings.front(), subject, domain, authority, witnesses);
  findings.push_back(look_at_dmarc(world, domain, witnesses));
  for (Finding& finding : findings) {
    say_name_in_panel(finding, domain.domain, authority);
  }
  return findings;
}

}  // namespace zonectl::probe
