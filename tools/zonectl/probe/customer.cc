#include "tools/zonectl/probe/customer.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "tools/zonectl/probe/mail_side.h"
#include "tools/zonectl/probe/side_by_side.h"
#include "tools/zonectl/probe/witness.h"
#include "tools/zonectl/text/relative_name.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::CheckSubject;
using zonestore::DomainInstructions;
using zonestore::ExpectedSlot;
using zonestore::Name;
using zonestore::RecordType;

namespace {

// Nobody has this selector: what a server says of it, it says of every name (a wildcard).
constexpr std::string_view kNobodysSelector = "zonectl-check-of-wildcards";
constexpr int kMostHops = 8;

// What a server holds at one name.
struct Held {
  std::vector<Name> cnames;
  std::vector<SeenText> texts;
  bool has_addresses = false;
};

Held held_at(Witness& witness, const Name& name) {
  Held held;
  held.cnames = witness.targets_at(name);
  held.texts = texts_at(witness.ask({name, RecordType::kTxt}), name);
  if (held.cnames.empty() && held.texts.empty()) {
    for (const RecordType type : {RecordType::kA, RecordType::kAaaa}) {
      held.has_addresses = held.has_addresses || !witness.ask({name, type}).records(name, type).empty();
    }
  }
  return held;
}

// What is there only because a wildcard is there does not count: the record itself is missing.
void take_away_wildcard(Held& held, const Held& nobodys) {
  if (!nobodys.cnames.empty() && nobodys.cnames == held.cnames) {
    held.cnames.clear();
  }
  const auto have_same_text = [](const SeenText& left, const SeenText& right) { return left.text == right.text; };
  if (!nobodys.texts.empty() &&
      std::equal(nobodys.texts.begin(), nobodys.texts.end(), held.texts.begin(), held.texts.end(), have_same_text)) {
    held.texts.clear();
  }
  if (nobodys.has_addresses) {
    held.has_addresses = false;
  }
}

// Where it leads to us at NAME.ZONE or NAME.DOMAIN: a panel added the one, a person typed the other.
std::optional<Name> doubled_at(Witness& witness, const CnameFacts& facts) {
  for (const Name& end : {facts.domain, facts.zone.value_or(facts.domain)}) {
    const auto doubled = Name::parse(facts.name.to_text() + end.to_text());
    const std::vector<Name> targets = doubled ? witness.targets_at(*doubled) : std::vector<Name>();
    if (std::any_of(targets.begin(), targets.end(),
                    [&facts](const Name& each) { return each.is_at_or_below(facts.dkim_zone); })) {
      return *doubled;
    }
  }
  return std::nullopt;
}

// Of a mail domain below the zone's top: what its panel's name for the zone itself has become.
std::optional<Name> at_top(Witness& witness, const CnameFacts& facts) {
  if (!facts.zone || *facts.zone == facts.domain || !facts.domain.is_at_or_below(*facts.zone)) {
    return std::nullopt;
  }
  const auto name = facts.selectors.name(facts.slot, *facts.zone);
  if (!name || witness.targets_at(*name) != std::vector<Name>{facts.expected}) {
    return std::nullopt;
  }
  return *name;
}

Sighting look_at_slot(Witness& witness, const CnameFacts& facts, bool domain_exists) {
  Held held = held_at(witness, facts.name);
  const bool is_as_expected = held.texts.empty() && held.cnames == std::vector<Name>{facts.expected};
  std::optional<Name> doubled;
  std::optional<Name> top;
  if (witness.answers() && !is_as_expected) {
    if (const auto nobody = facts.name.parent().child(kNobodysSelector)) {
      take_away_wildcard(held, held_at(witness, *nobody));
    }
    if (held.cnames.empty() && held.texts.empty()) {
      doubled = doubled_at(witness, facts);
      top = doubled ? std::nullopt : at_top(witness, facts);
    }
  }
  Sighting sighting = witness.sighting();
  sighting.domain_exists = domain_exists;
  sighting.cnames = std::move(held.cnames);
  sighting.texts = std::move(held.texts);
  sighting.has_addresses = held.has_addresses;
  sighting.is_doubled = doubled.has_value();
  sighting.doubled_at = std::move(doubled);
  sighting.at_top = std::move(top);
  return sighting;
}

Chain follow_chain(const World& world, const Name& name, const Name& first) {
  Chain chain{first, {}, false};
  std::vector<Name> seen{name, first};
  while (!chain.loops) {
    const std::vector<Name> next = cname_targets(world.resolver.ask({seen.back(), RecordType::kCname}), seen.back());
    if (next.empty()) {
      return chain;
    }
    chain.loops = std::find(seen.begin(), seen.end(), next.front()) != seen.end() || seen.size() > kMostHops;
    seen.push_back(next.front());
    chain.next.push_back(next.front());
  }
  return chain;
}

void add_chains(const World& world, CnameFacts& facts) {
  for (const Sighting& seen : facts.sightings) {
    for (const Name& target : seen.cnames) {
      const bool is_known = std::any_of(facts.chains.begin(), facts.chains.end(),
                                        [&target](const Chain& each) { return each.first == target; });
      if (is_known || target.is_at_or_below(facts.dkim_zone)) {
        continue;
      }
      if (target == facts.name) {
        facts.chains.push_back({target, {}, true});
      } else {
        facts.chains.push_back(follow_chain(world, facts.name, target));
      }
    }
  }
}

// The zone that the domain's records are typed into; nullopt: not known, or one of its own for the keys.
std::optional<Name> zone_of(const Authority& authority, const Name& domain) {
  const bool is_known = !authority.servers.empty() && !authority.zone.is_root();
  return is_known && domain.is_at_or_below(authority.zone) ? std::optional(authority.zone) : std::nullopt;
}

CnameFacts facts_of_slot(const World& world, const CheckSubject& subject, const DomainInstructions& domain,
                         std::size_t index, const Authority& authority) {
  const ExpectedSlot& slot = subject.slots.at(index);
  CnameFacts facts;
  facts.domain = domain.domain;
  facts.zone = zone_of(authority, domain.domain);
  facts.no_servers = authority.failure;
  facts.slot = slot.slot;
  facts.selectors = subject.selectors;
  if (auto name = subject.selectors.name(slot.slot, domain.domain)) {
    facts.name = *std::move(name);
  }
  facts.expected = slot.owner;
  facts.other_slot = subject.slots.at(1 - index).owner;
  facts.dkim_zone = world.dkim_zone;
  const zonestore::CustomerRecord& record = domain.cnames.at(index);
  facts.relative_name = relative_name(facts.name.to_text(), facts.zone.value_or(domain.domain));
  facts.zone_file_line = record.zone_file_line;
  if (slot.rdata) {
    if (auto text = zonestore::txt_joined(*slot.rdata)) {
      facts.served = {*std::move(text), zonestore::seconds(slot.ttl)};
    }
  }
  return facts;
}

// No server of the domain's had a say, and yet resolvers may get through: what they find counts.
void add_resolvers_sighting(const World& world, CnameFacts& facts) {
  if (std::any_of(facts.sightings.begin(), facts.sightings.end(),
                  [](const Sighting& seen) { return seen.state == Sighting::State::kAnswered; })) {
    return;
  }
  Sighting sighting;
  sighting.server = "the resolver";
  sighting.cnames = cname_targets(world.resolver.ask({facts.name, RecordType::kCname}), facts.name);
  if (!sighting.cnames.empty()) {
    facts.sightings.push_back(std::move(sighting));
  }
}

// A name that does not exist in the zone of a public suffix does not exist at all. Within its owner's own zone it
// only holds nothing yet.
bool exists(const World& world, Witness& witness, const Authority& authority, const Name& domain) {
  const Name owner = world.suffixes == nullptr ? domain : world.suffixes->organization_of(domain);
  return authority.zone.is_at_or_below(owner) || !witness.ask({domain, RecordType::kSoa}).is(kNxDomain);
}

// The texts that the servers have to which the world's delegations lead; nullopt: none of them answers.
std::optional<std::vector<std::string>> texts_at_delegated(const World& world, const Name& name) {
  const Authority authority = find_authority(world.resolver, name, world.patience);
  for (const NameServer& server : authority.servers) {
    const Reply reply = ask(server.address, {name, RecordType::kTxt}, false, world.patience);
    if ((reply.is(kNoError) || reply.is(kNxDomain)) && reply.authoritative) {
      std::vector<std::string> texts;
      for (SeenText& seen : texts_at(reply, name)) {
        texts.push_back(std::move(seen.text));
      }
      return texts;
    }
  }
  return std::nullopt;
}

// The whole way: the domain's CNAME, which is right, and then our record. What a resolver answers otherwise it may
// only remember: then the servers have the say to which the delegations lead.
Finding look_at_answer(const World& world, const CnameFacts& facts) {
  const std::string name = facts.name.to_text_no_dot();
  Finding finding;
  finding.domain = facts.domain;
  finding.subject = zonestore::answer_subject(zonestore::dkim::to_text(facts.slot));
  finding.detail = name + " answers with the key that is published";
  Reply reply;
  const std::vector<std::string> wanted{facts.served.text};
  if (world.resolver.texts_of(facts.name, reply) == wanted) {
    return finding;
  }
  const auto delegated = texts_at_delegated(world, facts.expected);
  if (!delegated) {
    finding.verdict = zonestore::Verdict::kUnreachable;
    finding.severity = Severity::kWarning;
    finding.detail = reply.answered ? "none of the servers to which " + facts.dkim_zone.to_text_no_dot() +
                                          " is delegated answers for " + facts.expected.to_text_no_dot()
                                    : "no resolver answers for " + name;
  } else if (*delegated != wanted) {
    finding.verdict = zonestore::Verdict::kLagging;
    finding.severity = Severity::kBad;
    finding.detail = name + " leads to " + facts.expected.to_text_no_dot() + ", which " +
                     (delegated->empty() ? "has no record" : "has another record than is published") +
                     " where the world's delegations lead";
  } else {
    finding.severity = Severity::kWarning;
    finding.detail = name + " leads to the key that is published; the resolver that was asked does not have it yet";
  }
  return finding;
}

bool leads_to_us(const Finding& cname, const CnameFacts& facts) {
  return cname.verdict == zonestore::Verdict::kOk && !facts.served.text.empty();
}

std::vector<Witness> witnesses_of(const World& world, const Authority& authority) {
  std::vector<Witness> witnesses;
  for (const NameServer& server : authority.servers) {
    witnesses.emplace_back(world, authority, server);
  }
  return witnesses;
}

// Each witness is asked one question after the other: a server that is silent is left alone then.
void see_slots(const World& world, const Name& domain, const Authority& authority, std::vector<Witness>& witnesses,
               std::vector<CnameFacts>& slots) {
  for (std::vector<Sighting>& of_witness : side_by_side(witnesses.size(), [&](std::size_t i) {
         const bool domain_exists = exists(world, witnesses.at(i), authority, domain);
         std::vector<Sighting> seen;
         seen.reserve(slots.size());
         for (const CnameFacts& slot : slots) {
           seen.push_back(look_at_slot(witnesses.at(i), slot, domain_exists));
         }
         return seen;
       })) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      slots[i].sightings.push_back(std::move(of_witness.at(i)));
    }
  }
}

}  // namespace

std::vector<Finding> look_at_domain(const World& world, const CheckSubject& subject,
                                    const DomainInstructions& domain) {
  const auto keys = domain.domain.child("_domainkey");
  const Authority authority = find_authority(world.resolver, keys ? *keys : domain.domain, world.patience);
  std::vector<Witness> witnesses = witnesses_of(world, authority);
  std::vector<CnameFacts> slots;
  for (std::size_t index = 0; index < subject.slots.size(); ++index) {
    slots.push_back(facts_of_slot(world, subject, domain, index, authority));
  }
  see_slots(world, domain.domain, authority, witnesses, slots);
  std::vector<Finding> findings{diagnose_servers(domain.domain, slots)};
  std::vector<const CnameFacts*> ours;
  for (CnameFacts& slot : slots) {
    add_resolvers_sighting(world, slot);
    add_chains(world, slot);
    findings.push_back(diagnose_cname(slot));
    if (leads_to_us(findings.back(), slot)) {
      ours.push_back(&slot);
    }
  }
  for (Finding& answer :
       side_by_side(ours.size(), [&](std::size_t i) { return look_at_answer(world, *ours.at(i)); })) {
    findings.push_back(std::move(answer));
  }
  // SPF and DMARC may be another zone's matter than the keys: those of the domain itself.
  const bool is_apart = keys && authority.zone == *keys;
  const Authority own = is_apart ? find_authority(world.resolver, domain.domain, world.patience) : authority;
  std::vector<Witness> own_witnesses = is_apart ? witnesses_of(world, own) : std::move(witnesses);
  for (Finding& finding : look_at_mail_policy(world, subject, domain, own, own_witnesses)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> look_quickly_at_domain(const World& world, const CheckSubject& subject,
                                            const DomainInstructions& domain, zonestore::dkim::SlotId slot) {
  const auto keys = domain.domain.child("_domainkey");
  const Authority authority = find_authority(world.resolver, keys ? *keys : domain.domain, world.patience);
  CnameFacts facts = facts_of_slot(world, subject, domain, static_cast<std::size_t>(slot) - 1, authority);
  std::vector<std::future<Sighting>> asked;
  asked.reserve(authority.servers.size());
  for (const NameServer& server : authority.servers) {
    asked.push_back(std::async(std::launch::async, [&world, &authority, &domain, &facts, &server] {
      Witness witness(world, authority, server);
      return look_at_slot(witness, facts, exists(world, witness, authority, domain.domain));
    }));
  }
  // Beside them, as it is mostly right.
  std::future<Finding> answer =
      std::async(std::launch::async, [&world, before = facts] { return look_at_answer(world, before); });
  for (std::future<Sighting>& each : asked) {
    facts.sightings.push_back(each.get());
  }
  add_resolvers_sighting(world, facts);
  add_chains(world, facts);
  std::vector<Finding> findings{diagnose_cname(facts)};
  Finding whole_way = answer.get();
  if (leads_to_us(findings.front(), facts)) {
    findings.push_back(std::move(whole_way));
  }
  return findings;
}

}  // namespace zonectl::probe
