#include "tools/zonectl/probe/spf/facts.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include <arpa/inet.h>

#include "zonestore/base/printable.h"
#include "zonestore/spf/policy_record.h"

namespace zonectl::probe::spf {

using zonestore::Bytes;
using zonestore::Name;
using zonestore::RecordType;
using zonestore::Verdict;
using zonestore::spf::Directive;
using zonestore::spf::Mechanism;
using zonestore::spf::PolicyRecord;

namespace {

constexpr std::size_t kMostSenders = 32;
constexpr std::size_t kMostOwnRecords = 8;
constexpr unsigned kByteBits = 8;

std::string address_text(const Bytes& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.size() == sizeof(in_addr) ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

Bytes last_address(const Bytes& network, unsigned bits) {
  Bytes last = network;
  for (std::size_t i = 0; i < last.size(); ++i) {
    const unsigned kept = std::min<unsigned>(bits, kByteBits);
    last[i] = static_cast<std::uint8_t>(last[i] | (0xffU >> kept));
    bits -= kept;
  }
  return last;
}

std::string budget_text(const Evaluation& all) {
  const bool has_no_end = !all.circle.empty();
  return (has_no_end ? "more than " : "") + std::to_string(has_no_end ? kMostLookups : all.lookups) + " of " +
         std::to_string(kMostLookups) + " look-ups, " + std::to_string(all.voids) + " of " +
         std::to_string(kMostVoids) + " that find nothing";
}

constexpr const char* kGiveUp = ": receivers give up (permerror)";

// Of the whole record: `all` is what it costs, `trouble` what stops a receiver.
void tell_trouble(Finding& finding, const std::string& domain, const Evaluation& all, const Evaluation& stopped,
                  const Name& ours) {
  switch (stopped.trouble) {
    case Trouble::kTooManyLookups:
      conclude(finding, Verdict::kTooManyLookups, Severity::kBad,
               domain + " costs " + budget_text(all) +
                   (all.circle.empty() ? "" : ", as " + all.circle + " leads back to itself") + kGiveUp,
               "take out terms that are not needed, " + include_term(ours) + " being one that is");
      break;
    case Trouble::kTooManyVoids:
      conclude(finding, Verdict::kTooManyVoids, Severity::kBad, domain + " costs " + budget_text(all) + kGiveUp,
               "take out the terms whose names do not exist any more");
      break;
    case Trouble::kTooManyHosts:
      conclude(finding, Verdict::kTooManyLookups, Severity::kBad, domain + ": " + stopped.what + kGiveUp,
               "name the hosts that send in the place of that term");
      break;
    case Trouble::kBroken:
      conclude(finding, Verdict::kBrokenInclude, Severity::kBad, domain + ": " + stopped.what + kGiveUp,
               "take that term out, or have what it leads to mended");
      break;
    default:
      conclude(finding, Verdict::kUnreachable, Severity::kWarning, domain + ": nobody answers for " + stopped.what);
  }
}

// Behind "all" nobody reads it; with another qualifier it lets nobody pass.
std::string why_not_included(const std::string& text, const PolicyRecord& record, const Name& ours) {
  bool is_behind_all = false;
  for (const Directive& directive : record.directives) {
    if (directive.mechanism == Mechanism::kInclude && name_of(directive.domain) == ours) {
      return is_behind_all ? " has " + directive.text + " behind \"all\", where nobody reads it"
                           : " has " + directive.text + ", which does not let our mail pass";
    }
    is_behind_all = is_behind_all || directive.mechanism == Mechanism::kAll;
  }
  // An unknown modifier, which nobody reads (RFC 7208 section 6).
  const std::string miswritten = "include=" + ours.to_text_no_dot();
  if ((" " + zonestore::lower_case(text) + " ").find(" " + miswritten + " ") != std::string::npos) {
    return " has " + miswritten + ", which nobody reads: it is include with a colon";
  }
  return " does not include " + ours.to_text_no_dot();
}

struct Judged {
  const std::string& text;
  PolicyRecord record;
  const Name& domain;
  const Name& ours;
  Evaluation all;       // nobody in particular
  Evaluation included;  // whomever our include names
  std::vector<std::pair<const Sender*, Evaluation>> senders;
};

void tell_untold(Finding& finding, const Judged& judged, const std::string& term) {
  conclude(finding, Verdict::kUnreachable, Severity::kWarning,
           judged.domain.to_text_no_dot() + ": whether our mail passes cannot be told: \"" + term +
               "\" depends on each message");
}

// Our include does not let our senders pass.
void tell_not_included(Finding& finding, const Judged& judged) {
  const std::string domain = judged.domain.to_text_no_dot();
  const bool all_pass =
      !judged.senders.empty() && std::all_of(judged.senders.begin(), judged.senders.end(), [](const auto& each) {
        return each.second.is_told && each.second.result == Result::kPass;
      });
  std::string detail = domain + why_not_included(judged.text, judged.record, judged.ours) + ": " + judged.text;
  if (judged.all.reaches_ours) {
    detail = domain + " has " + judged.ours.to_text_no_dot() + " on its way, but \"" + judged.included.by +
             "\" decides before: " + judged.text;
  } else if (all_pass) {
    detail = domain + " lets our servers of today pass, but not by " + include_term(judged.ours) +
             ", so that it will not follow a change: " + judged.text;
  }
  conclude(finding, Verdict::kNoInclude, Severity::kBad, detail);
}

bool has_passed(const Evaluation& evaluation) {
  return evaluation.is_told && evaluation.result == Result::kPass;
}

// True: told.
bool tell_of_senders(Finding& finding, const Judged& judged) {
  const std::string domain = judged.domain.to_text_no_dot();
  for (const auto& [sender, evaluation] : judged.senders) {
    if (has_passed(evaluation)) {
      continue;
    }
    if (!evaluation.is_told) {
      tell_untold(finding, judged, evaluation.untold);
    } else if (evaluation.trouble != Trouble::kNone) {
      tell_trouble(finding, domain + ", asked for mail from " + address_text(sender->address) + ",", evaluation,
                   evaluation, judged.ours);
    } else {
      conclude(finding, Verdict::kNoInclude, Severity::kBad,
               domain + " lets mail from " + address_text(sender->address) + ", a server of ours, " +
                   std::string(to_text(evaluation.result)) + " by \"" + evaluation.by + "\": " + judged.text);
    }
    return true;
  }
  return false;
}

bool is_included(const Judged& judged) {
  if (judged.included.is_told) {
    return judged.included.is_by_our_include;
  }
  // What only an address tells of may lead to our include.
  return !judged.senders.empty() && std::all_of(judged.senders.begin(), judged.senders.end(), [](const auto& each) {
    return has_passed(each.second) && each.second.is_by_our_include;
  });
}

void judge(Finding& finding, const Judged& judged) {
  const std::string domain = judged.domain.to_text_no_dot();
  if (is_included(judged)) {
    if (tell_of_senders(finding, judged)) {
      return;
    }
    if (judged.all.trouble != Trouble::kNone) {
      tell_trouble(finding, domain, judged.all, judged.all, judged.ours);
    } else {
      conclude(finding, Verdict::kOk, Severity::kGood, budget_text(judged.all));
    }
  } else if (!judged.included.is_told) {
    tell_untold(finding, judged, judged.included.untold);
  } else if (judged.all.reaches_ours && judged.included.trouble != Trouble::kNone) {
    tell_trouble(finding, domain, judged.all, judged.included, judged.ours);
  } else if (judged.all.trouble == Trouble::kUnanswered && !judged.all.reaches_ours) {
    tell_trouble(finding, domain, judged.all, judged.all, judged.ours);
  } else {
    tell_not_included(finding, judged);
  }
}

bool lets_all_pass(const Directive& directive) {
  const bool may_be_any = directive.mechanism == Mechanism::kIp4 || directive.mechanism == Mechanism::kA ||
                          directive.mechanism == Mechanism::kMx;
  const bool may_be_any_ip6 = directive.mechanism == Mechanism::kIp6 || directive.mechanism == Mechanism::kA ||
                              directive.mechanism == Mechanism::kMx;
  return directive.qualifier == '+' &&
         ((may_be_any && directive.ip4_bits == 0) || (may_be_any_ip6 && directive.ip6_bits == 0) ||
          directive.mechanism == Mechanism::kAll);
}

// What is no fault of our mail's, and harms the domain or was meant otherwise.
std::vector<std::string> notes_on(const Judged& judged) {
  const std::string domain = judged.domain.to_text_no_dot();
  std::vector<std::string> notes;
  for (const Directive& directive : judged.record.directives) {
    if (lets_all_pass(directive)) {
      notes.push_back("\"" + directive.text + "\" lets everybody send in the name of " + domain);
    } else if (directive.mechanism == Mechanism::kAll && directive.qualifier == '?') {
      notes.push_back("\"" + directive.text +
                      "\" says nothing of mail from elsewhere: ~all or -all is what protects " + domain);
    }
    if (directive.mechanism == Mechanism::kAll) {
      break;
    }
  }
  if (notes.empty() && judged.all.result == Result::kPass) {
    notes.push_back("\"" + judged.all.by + "\" lets everybody send in the name of " + domain);
  }
  for (const zonestore::spf::Modifier& modifier : judged.record.modifiers) {
    constexpr std::array kMechanisms{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"};
    if (std::find(kMechanisms.begin(), kMechanisms.end(), modifier.name) != kMechanisms.end()) {
      notes.push_back("\"" + modifier.text + "\" is read by nobody: a colon was meant in the place of the =");
    }
  }
  return notes;
}

}  // namespace

std::string include_term(const Name& ours) {
  return "include:" + ours.to_text_no_dot();
}

std::vector<Sender> our_senders(const Name& ours, LookUps& look_ups) {
  std::vector<Sender> senders;
  std::set<Bytes> known;
  std::deque<Name> records{ours};
  for (std::size_t read = 0; !records.empty() && read < kMostOwnRecords; ++read) {
    const Found& found = look_ups.ask(records.front(), RecordType::kTxt);
    records.pop_front();
    for (const std::string& text : found.texts) {
      const auto record = zonestore::spf::is_policy_record(text) ? zonestore::spf::parse_policy_record(text)
                                                                 : zonestore::Result<PolicyRecord>(PolicyRecord{});
      for (const Directive& directive : record ? record->directives : std::vector<Directive>()) {
        const auto below = name_of(directive.domain);
        if (directive.mechanism == Mechanism::kInclude && below && below->is_at_or_below(ours)) {
          records.push_back(*below);
        }
        for (const Bytes& address :
             {directive.address,
              last_address(directive.address,
                           directive.address.size() == sizeof(in_addr) ? directive.ip4_bits : directive.ip6_bits)}) {
          if (!address.empty() && directive.qualifier == '+' && senders.size() < kMostSenders &&
              known.insert(address).second) {
            senders.push_back({Sender::Kind::kAddress, address});
          }
        }
      }
    }
  }
  return senders;
}

Finding judge_record(const std::string& record, const Name& domain, const Name& ours,
                     const std::vector<Sender>& senders, LookUps& look_ups) {
  Finding finding;
  finding.domain = domain;
  finding.subject = "spf";
  auto parsed = zonestore::spf::parse_policy_record(record);
  if (!parsed) {
    conclude(finding, Verdict::kSyntax, Severity::kBad,
             domain.to_text_no_dot() + " has a malformed SPF record: " + parsed.error().message,
             "receivers give up at that term (permerror): mend it or take it out");
    return finding;
  }
  const auto evaluated = [&](const Sender& sender) { return evaluate(record, domain, sender, ours, look_ups); };
  Judged judged{record,
                *std::move(parsed),
                domain,
                ours,
                evaluated({Sender::Kind::kNobody}),
                evaluated({Sender::Kind::kIncluded}),
                {}};
  for (const Sender& sender : senders) {
    judged.senders.emplace_back(&sender, evaluated(sender));
  }
  judge(finding, judged);
  for (const std::string& note : notes_on(judged)) {
    finding.notes.push_back(zonestore::printable(note));
    finding.severity = std::max(finding.severity, Severity::kWarning);
  }
  return finding;
}

}  // namespace zonectl::probe::spf
