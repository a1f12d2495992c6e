#include "tools/zonectl/probe/customer.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "tools/zonectl/probe/dmarc/diagnosis.h"
#include "tools/zonectl/probe/spf/diagnosis.h"
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

std::vector<Name> cname_targets(const Reply& reply, const Name& owner) {
  std::vector<Name> targets;
  for (const Record& record : reply.records(owner, RecordType::kCname)) {
    if (auto target = zonestore::target_of(RecordType::kCname, record.rdata)) {
      targets.push_back(*std::move(target));
    }
  }
  return targets;
}

std::vector<SeenText> texts_at(const Reply& reply, const Name& owner) {
  std::vector<SeenText> texts;
  for (const Record& record : reply.records(owner, RecordType::kTxt)) {
    if (auto text = zonestore::txt_joined(record.rdata)) {
      texts.push_back({*std::move(text), record.ttl});
    }
  }
  return texts;
}

// One of the domain's servers, asked for what it holds. After a question that it leaves unanswered no other is asked.
class Witness {
 public:
  Witness(const World& world, const Authority& authority, NameServer server)
      : world_(world), authority_(authority), server_(std::move(server)) {
    ask({authority.zone, RecordType::kSoa});
  }

  Reply ask(const Question& question) {
    if (sighting_.state != Sighting::State::kAnswered) {
      return {};
    }
    Reply reply = probe::ask(server_.address, question, false, world_.patience);
    if (!reply.answered) {
      note(Sighting::State::kUnreachable, reply.failure);
    } else if (reply.rcode != kNoError && reply.rcode != kNxDomain) {
      note(Sighting::State::kLame, "answers " + rcode_text(reply.rcode));
    } else if (!reply.authoritative) {
      note(Sighting::State::kLame, "is not authoritative for " + authority_.zone.to_text_no_dot());
    }
    return reply;
  }

  [[nodiscard]] Sighting sighting() const {
    Sighting sighting = sighting_;
    sighting.server = server_.to_text();
    return sighting;
  }
  [[nodiscard]] bool answers() const { return sighting_.state == Sighting::State::kAnswered; }

 private:
  void note(Sighting::State state, std::string failure) {
    sighting_.state = state;
    sighting_.failure = std::move(failure);
  }

  const World& world_;
  const Authority& authority_;
  NameServer server_;
  Sighting sighting_;
};

// What a server holds at one name.
struct Held {
  std::vector<Name> cnames;
  std::vector<SeenText> texts;
  bool has_addresses = false;
};

Held held_at(Witness& witness, const Name& name) {
  Held held;
  held.cnames = cname_targets(witness.ask({name, RecordType::kCname}), name);
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

bool is_doubled(Witness& witness, const CnameFacts& facts) {
  const auto doubled = Name::parse(facts.name.to_text() + facts.domain.to_text());
  if (!doubled) {
    return false;
  }
  const std::vector<Name> targets = cname_targets(witness.ask({*doubled, RecordType::kCname}), *doubled);
  return std::any_of(targets.begin(), targets.end(),
                     [&facts](const Name& each) { return each.is_at_or_below(facts.dkim_zone); });
}

Sighting look_at_slot(Witness& witness, const CnameFacts& facts, bool domain_exists) {
  Held held = held_at(witness, facts.name);
  const bool is_as_expected = held.texts.empty() && held.cnames == std::vector<Name>{facts.expected};
  bool doubled = false;
  if (witness.answers() && !is_as_expected) {
    if (const auto nobody = facts.name.parent().child(kNobodysSelector)) {
      take_away_wildcard(held, held_at(witness, *nobody));
    }
    doubled = held.cnames.empty() && held.texts.empty() && is_doubled(witness, facts);
  }
  Sighting sighting = witness.sighting();
  sighting.domain_exists = domain_exists;
  sighting.cnames = std::move(held.cnames);
  sighting.texts = std::move(held.texts);
  sighting.has_addresses = held.has_addresses;
  sighting.is_doubled = doubled;
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

CnameFacts facts_of_slot(const World& world, const CheckSubject& subject, const DomainInstructions& domain,
                         std::size_t index) {
  const ExpectedSlot& slot = subject.slots.at(index);
  CnameFacts facts;
  facts.domain = domain.domain;
  facts.slot = slot.slot;
  if (auto name = zonestore::dkim::customer_name(slot.slot, domain.domain)) {
    facts.name = *std::move(name);
  }
  facts.expected = slot.owner;
  facts.other_slot = subject.slots.at(1 - index).owner;
  facts.dkim_zone = world.dkim_zone;
  const zonestore::CustomerRecord& record = domain.cnames.at(index);
  facts.relative_name = relative_name(record.name, domain.domain);
  facts.zone_file_line = record.zone_file_line;
  if (slot.rdata) {
    if (auto text = zonestore::txt_joined(*slot.rdata)) {
      facts.served = {*std::move(text), zonestore::seconds(slot.ttl)};
    }
  }
  return facts;
}

// A name that does not exist in a zone above it does not exist at all.
bool exists(Witness& witness, const Authority& authority, const Name& domain) {
  return authority.zone.is_at_or_below(domain) || !witness.ask({domain, RecordType::kSoa}).is(kNxDomain);
}

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
  const std::vector<Name> targets = cname_targets(witness.ask({name, RecordType::kCname}), name);
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

}  // namespace

std::vector<Finding> look_at_domain(const World& world, const CheckSubject& subject,
                                    const DomainInstructions& domain) {
  const auto keys = domain.domain.child("_domainkey");
  const Authority authority = find_authority(world.resolver, keys ? *keys : domain.domain, world.patience);
  std::vector<Witness> witnesses = witnesses_of(world, authority);
  std::vector<CnameFacts> slots;
  for (std::size_t index = 0; index < subject.slots.size(); ++index) {
    slots.push_back(facts_of_slot(world, subject, domain, index));
    slots.back().no_servers = authority.failure;
  }
  for (Witness& witness : witnesses) {
    const bool domain_exists = exists(witness, authority, domain.domain);
    for (CnameFacts& slot : slots) {
      slot.sightings.push_back(look_at_slot(witness, slot, domain_exists));
    }
  }
  std::vector<Finding> findings{diagnose_servers(domain.domain, slots)};
  std::vector<Finding> answers;
  for (CnameFacts& slot : slots) {
    add_chains(world, slot);
    findings.push_back(diagnose_cname(slot));
    if (leads_to_us(findings.back(), slot)) {
      answers.push_back(look_at_answer(world, slot));
    }
  }
  std::move(answers.begin(), answers.end(), std::back_inserter(findings));
  // SPF and DMARC may be another zone's matter than the keys: those of the domain itself.
  const bool is_apart = keys && authority.zone == *keys;
  const Authority own = is_apart ? find_authority(world.resolver, domain.domain, world.patience) : Authority{};
  std::vector<Witness> own_witnesses = witnesses_of(world, own);
  std::vector<Witness>& mail_witnesses = is_apart ? own_witnesses : witnesses;
  findings.push_back(look_at_spf(world, domain, mail_witnesses));
  findings.push_back(look_at_dmarc(world, domain, mail_witnesses));
  return findings;
}

std::vector<Finding> look_quickly_at_domain(const World& world, const CheckSubject& subject,
                                            const DomainInstructions& domain, zonestore::dkim::SlotId slot) {
  CnameFacts facts = facts_of_slot(world, subject, domain, static_cast<std::size_t>(slot) - 1);
  const auto keys = domain.domain.child("_domainkey");
  const Authority authority = find_authority(world.resolver, keys ? *keys : domain.domain, world.patience);
  facts.no_servers = authority.failure;
  std::vector<std::future<Sighting>> asked;
  asked.reserve(authority.servers.size());
  for (const NameServer& server : authority.servers) {
    asked.push_back(std::async(std::launch::async, [&world, &authority, &domain, &facts, &server] {
      Witness witness(world, authority, server);
      return look_at_slot(witness, facts, exists(witness, authority, domain.domain));
    }));
  }
  // Beside them, as it is mostly right.
  std::future<Finding> answer =
      std::async(std::launch::async, [&world, before = facts] { return look_at_answer(world, before); });
  for (std::future<Sighting>& each : asked) {
    facts.sightings.push_back(each.get());
  }
  add_chains(world, facts);
  std::vector<Finding> findings{diagnose_cname(facts)};
  Finding whole_way = answer.get();
  if (leads_to_us(findings.front(), facts)) {
    findings.push_back(std::move(whole_way));
  }
  return findings;
}

}  // namespace zonectl::probe
