#include "tools/zonectl/probe/witness.h"

#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::RecordType;

namespace {

// Of one that has answered before: with one query in three lost, one question in 500 is given up; with two, in 12.
constexpr unsigned kMoreAttempts = 6;
constexpr unsigned kLossesWorthNoting = 2;
constexpr unsigned kShareWorthNoting = 4;  // a quarter

}  // namespace

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

Witness::Witness(const World& world, const Authority& authority, NameServer server)
    : world_(world), authority_(authority), server_(std::move(server)) {
  static_cast<void>(ask({authority.zone, RecordType::kSoa}));
}

Reply Witness::ask(const Question& question) {
  if (!answers()) {
    return {};
  }
  Reply reply = ask_patiently(question);
  if (!reply.answered) {
    note(Sighting::State::kUnreachable, reply.failure);
  } else if (reply.rcode != kNoError && reply.rcode != kNxDomain) {
    if (!may_refuse(question, reply)) {
      note(Sighting::State::kLame, "answers " + rcode_text(reply.rcode));
    }
  } else if (!reply.authoritative) {
    note(Sighting::State::kLame, "is not authoritative for " + authority_.zone.to_text_no_dot());
  }
  return reply;
}

std::vector<Name> Witness::targets_at(const Name& name) {
  const Reply reply = ask({name, RecordType::kCname});
  if (!answers() || reply.is(kNoError) || reply.is(kNxDomain)) {
    return cname_targets(reply, name);
  }
  return cname_targets(ask({name, RecordType::kTxt}), name);  // it stands in that answer too (RFC 1034 section 4.3.2)
}

Reply Witness::ask_once(const Question& question, bool edns) {
  const Patience once{world_.patience.timeout, 1, world_.patience.until};
  Tally& tally = edns ? edns_ : plain_;
  ++tally.asked;
  Manner manner{Transport::kUdp, edns, false};
  Reply reply = exchange(server_.address, question, manner, once);
  tally.answered += reply.answered ? 1 : 0;
  if (reply.answered && reply.truncated) {
    manner.transport = Transport::kTcp;
    reply = exchange(server_.address, question, manner, world_.patience);
  }
  return reply;
}

Reply Witness::ask_patiently(const Question& question) {
  const bool is_in_haste = world_.patience.until.has_value();
  const unsigned attempts = is_in_haste ? 1 : world_.patience.attempts;
  Reply reply;
  for (unsigned i = 0; takes_edns_ && i < attempts && !reply.answered; ++i) {
    reply = ask_once(question, true);
  }
  if (reply.is(kFormErr) || reply.is(kNotImp)) {
    Reply plain = ask_once(question, false);
    takes_edns_ = takes_edns_ && (!plain.answered || plain.rcode == reply.rcode);
    return plain.answered ? plain : reply;
  }
  const bool has_answered = edns_.answered + plain_.answered > 0;
  const unsigned more = attempts + (has_answered && !is_in_haste ? kMoreAttempts : 0);
  for (unsigned i = 0; i < more && !reply.answered; ++i) {
    reply = ask_once(question, false);
  }
  // Silent to EDNS alone: it is not asked so again.
  takes_edns_ = takes_edns_ && (edns_.answered > 0 || plain_.answered == 0 || edns_.asked < 2 * attempts);
  return reply;
}

// Some know no question for CNAMEs, or for what they have none of; resolvers ask for what they want.
bool Witness::may_refuse(const Question& question, const Reply& reply) {
  if (question.type == RecordType::kCname) {
    refuses_cname_ = rcode_text(reply.rcode);
    return true;
  }
  const bool is_optional = question.type == RecordType::kA || question.type == RecordType::kAaaa;
  return is_optional || (question.type == RecordType::kSoa && reply.is(kNotImp));
}

void Witness::note(Sighting::State state, std::string failure) {
  sighting_.state = state;
  sighting_.failure = std::move(failure);
}

std::string Witness::oddity() const {
  const unsigned asked = edns_.asked + plain_.asked;
  const unsigned lost = asked - edns_.answered - plain_.answered;
  if (!answers()) {
    return {};
  }
  if (!refuses_cname_.empty()) {
    return "answers " + refuses_cname_ + " to questions for a CNAME";
  }
  if (edns_.answered == 0 && edns_.asked >= kLossesWorthNoting && plain_.answered == plain_.asked) {
    return "answers no query with EDNS, which costs resolvers time";
  }
  if (lost >= kLossesWorthNoting && lost * kShareWorthNoting >= asked) {
    return "answered only " + std::to_string(asked - lost) + " of " + std::to_string(asked) + " queries";
  }
  return {};
}

Sighting Witness::sighting() const {
  Sighting sighting = sighting_;
  sighting.server = server_.to_text();
  sighting.oddity = oddity();
  return sighting;
}

}  // namespace zonectl::probe
