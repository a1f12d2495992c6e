#include "tools/zonectl/probe/spf/line.h"

#include <algorithm>
#include <map>

#include "tools/zonectl/probe/spf/mending.h"
#include "zonestore/base/joined.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/name.h"

namespace zonectl::probe::spf {

using zonestore::Name;
using zonestore::RecordType;
using zonestore::Verdict;
using zonestore::spf::Directive;
using zonestore::spf::Mechanism;
using zonestore::spf::Modifier;

namespace {

constexpr int kMostRedirects = 10;

bool is_our_include(const Directive& directive, const Name& ours) {
  return directive.mechanism == Mechanism::kInclude && name_of(directive.domain) == ours;
}

// Two terms that say the same.
std::string key_of(const std::string& term) {
  return zonestore::lower_case(term.starts_with('+') ? term.substr(1) : term);
}

// One record: what of it is read.
struct Part {
  std::vector<std::string> terms;
  char all = 0;  // its qualifier; 0: there is none
  std::optional<std::string> redirect;
  std::vector<Modifier> modifiers;  // but redirect
  bool refuses = false;             // a term takes senders out of what comes after it
};

class Reader {
 public:
  Reader(const Name& ours, std::vector<std::string>& remarks) : ours_(ours), remarks_(remarks) {}

  Part read(const std::string& record) {
    part_ = {};
    is_ours_behind_ = false;
    for (const std::string& word : zonestore::spf::policy_terms(record)) {
      const std::vector<std::string> terms = mended(word);
      if (terms.empty()) {
        remarks_.push_back("left out: \"" + word + "\", which is no term");
      } else if (terms.size() > 1 || terms.front() != word) {
        remarks_.push_back("\"" + word + "\" was taken for \"" + zonestore::joined(terms, " ") + "\"");
      }
      for (const std::string& term : terms) {
        take(term);
      }
    }
    if (is_ours_behind_) {
      part_.terms.push_back(include_term(ours_));
    }
    return std::move(part_);
  }

 private:
  void take(const std::string& text) {
    const auto term = zonestore::spf::parse_policy_term(text);
    if (const auto* const directive = term ? std::get_if<Directive>(&*term) : nullptr) {
      take(*directive);
    } else if (const auto* const modifier = term ? std::get_if<Modifier>(&*term) : nullptr) {
      take(*modifier);
    }
  }

  void take(const Directive& directive) {
    if (part_.all != 0) {
      if (is_our_include(directive, ours_)) {
        is_ours_behind_ = true;
      } else {
        remarks_.push_back("left out: \"" + directive.text +
                           "\", which stands behind \"all\", where nobody reads it");
      }
    } else if (directive.mechanism == Mechanism::kAll) {
      part_.all = directive.qualifier;
    } else if (is_our_include(directive, ours_)) {
      part_.terms.push_back(include_term(ours_));
    } else {
      part_.refuses = part_.refuses || directive.qualifier != '+';
      part_.terms.push_back(directive.text);
    }
  }

  void take(const Modifier& modifier) {
    const bool may_stand_once = modifier.name == "redirect" || modifier.name == "exp";
    const bool is_there = modifier.name == "redirect"
                              ? part_.redirect.has_value()
                              : std::any_of(part_.modifiers.begin(), part_.modifiers.end(),
                                            [&modifier](const Modifier& each) { return each.name == modifier.name; });
    if (may_stand_once && is_there) {
      remarks_.push_back("left out: \"" + modifier.text + "\", a second " + modifier.name);
    } else if (modifier.name == "redirect") {
      part_.redirect = modifier.value;
    } else {
      part_.modifiers.push_back(modifier);
    }
  }

  const Name& ours_;
  std::vector<std::string>& remarks_;
  Part part_;
  bool is_ours_behind_ = false;
};

// The whole line in the making.
struct Draft {
  std::vector<std::string> terms;
  std::string end;  // "-all", or "redirect=..."
  std::vector<Modifier> modifiers;

  [[nodiscard]] std::string text() const {
    std::string text = "v=spf1";
    for (const std::string& term : terms) {
      text += " " + term;
    }
    text += end.starts_with("redirect=") ? "" : " " + end;
    for (const Modifier& modifier : modifiers) {
      text += " " + modifier.text;
    }
    return text + (end.starts_with("redirect=") ? " " + end : "");
  }
};

void add(std::vector<std::string>& terms, const std::string& term) {
  if (std::none_of(terms.begin(), terms.end(),
                   [&term](const std::string& each) { return key_of(each) == key_of(term); })) {
    terms.push_back(term);
  }
}

class Composer {
 public:
  Composer(const Name& domain, const Name& ours, const std::vector<Sender>& senders, LookUps& look_ups)
      : domain_(domain), ours_(ours), senders_(senders), look_ups_(look_ups) {}

  Line compose(const std::vector<std::string>& records);

 private:
  [[nodiscard]] char strictness_of(const Part& part, int redirects) const;
  [[nodiscard]] Draft merged(std::vector<Part> parts);
  [[nodiscard]] std::optional<std::string> first_good(const Draft& draft);
  [[nodiscard]] bool is_good(const Draft& draft);
  [[nodiscard]] Draft pruned(const Draft& draft);
  [[nodiscard]] std::string why_to_leave_out(const std::string& term);
  [[nodiscard]] std::string what_must_go(const Draft& draft);

  const Name& domain_;
  const Name& ours_;
  const std::vector<Sender>& senders_;
  LookUps& look_ups_;
  Line line_;
  Finding last_;  // of the candidate that was judged last
};

// What a record says of mail from elsewhere, through its redirects.
char Composer::strictness_of(const Part& part, int redirects) const {
  if (part.all != 0 || !part.redirect || redirects > kMostRedirects) {
    return part.all;
  }
  const auto text = expand(*part.redirect, {std::nullopt, domain_}, domain_, std::nullopt);
  const auto name = text ? name_of(*text) : std::nullopt;
  const Found found = name ? look_ups_.ask(*name, RecordType::kTxt) : Found{};
  std::vector<std::string> ignored;
  for (const std::string& record : found.texts) {
    if (zonestore::spf::is_policy_record(record)) {
      return strictness_of(Reader(ours_, ignored).read(record), redirects + 1);
    }
  }
  return 0;
}

// Several records in one: those that only let pass come first, so that whoever one of them lets pass is let pass.
Draft Composer::merged(std::vector<Part> parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& left, const Part& right) { return !left.refuses && right.refuses; });
  Draft draft;
  std::string strict;
  for (const Part& part : parts) {
    for (const std::string& term : part.terms) {
      add(draft.terms, term);
    }
    if (part.redirect && part.all == 0) {
      add(draft.terms, "include:" + *part.redirect);
      line_.remarks.push_back("\"redirect=" + *part.redirect + "\" became an include");
    }
    const char all = strictness_of(part, 0);
    strict += all == '-' || all == '~' ? std::string(1, all) : "";
    for (const Modifier& modifier : part.modifiers) {
      const bool is_exp_again =
          modifier.name == "exp" && std::any_of(draft.modifiers.begin(), draft.modifiers.end(),
                                                [](const Modifier& each) { return each.name == "exp"; });
      if (is_exp_again) {
        line_.remarks.push_back("left out: \"" + modifier.text + "\", a second exp");
      } else {
        draft.modifiers.push_back(modifier);
      }
    }
  }
  draft.end = !strict.empty() && strict.find('~') == std::string::npos ? "-all" : "~all";
  return draft;
}

bool Composer::is_good(const Draft& draft) {
  last_ = judge_record(draft.text(), domain_, ours_, senders_, look_ups_);
  return last_.verdict == Verdict::kOk;
}

// As it is, or with our include in front.
std::optional<std::string> Composer::first_good(const Draft& draft) {
  if (is_good(draft)) {
    return draft.text();
  }
  Draft with_ours = draft;
  std::erase(with_ours.terms, include_term(ours_));
  with_ours.terms.insert(with_ours.terms.begin(), include_term(ours_));
  return is_good(with_ours) ? std::optional(with_ours.text()) : std::nullopt;
}

// Nobody passes by a term that finds nothing, or leads to what is no record.
std::string Composer::why_to_leave_out(const std::string& term) {
  const auto parsed = zonestore::spf::parse_policy_term(term);
  const auto* const directive = parsed ? std::get_if<Directive>(&*parsed) : nullptr;
  if (directive == nullptr || !zonestore::spf::costs_lookup(directive->mechanism)) {
    return {};
  }
  const auto text = directive->domain.empty()
                        ? std::optional(domain_.to_text_no_dot())
                        : expand(directive->domain, {std::nullopt, domain_}, domain_, std::nullopt);
  const auto name = text ? name_of(*text) : std::nullopt;
  if (directive->mechanism == Mechanism::kInclude) {
    if (!name || *name == domain_) {
      return text ? "leads back to the record itself" : "";
    }
    const Found& found = look_ups_.ask(*name, RecordType::kTxt);
    std::vector<std::string> records;
    std::copy_if(found.texts.begin(), found.texts.end(), std::back_inserter(records),
                 zonestore::spf::is_policy_record);
    const bool is_record = records.size() == 1 && zonestore::spf::parse_policy_record(records.front()).has_value();
    return is_record || found.failed ? "" : "leads to no SPF record that can be read";
  }
  const Evaluation alone = evaluate("v=spf1 " + term, domain_, {Sender::Kind::kNobody}, ours_, look_ups_);
  return alone.voids > 0 && alone.trouble == Trouble::kNone ? "finds nothing" : "";
}

Draft Composer::pruned(const Draft& draft) {
  Draft kept = draft;
  kept.terms.clear();
  for (const std::string& term : draft.terms) {
    const std::string why = why_to_leave_out(term);
    if (why.empty() || key_of(term) == key_of(include_term(ours_))) {
      kept.terms.push_back(term);
    } else {
      line_.remarks.push_back(std::string("left out: \"").append(term).append("\", which ").append(why));
    }
  }
  return kept;
}

// Where no line is right: the terms, by what they cost.
std::string Composer::what_must_go(const Draft& draft) {
  if (last_.verdict == Verdict::kUnreachable) {
    return "put " + include_term(ours_) +
           " in front of its terms; the whole line can only be told when that is answered";
  }
  if (last_.verdict != Verdict::kTooManyLookups) {
    return "no line can be told that would be right: with " + include_term(ours_) + " in it, " + last_.detail;
  }
  std::vector<std::pair<unsigned, std::string>> costs;
  unsigned sum = 0;
  std::vector<std::string> terms = draft.terms;
  add(terms, include_term(ours_));
  terms.push_back(draft.end);
  for (const std::string& term : terms) {
    const Evaluation alone = evaluate("v=spf1 " + term, domain_, {Sender::Kind::kNobody}, ours_, look_ups_);
    sum += alone.lookups;
    if (alone.lookups > 0) {
      costs.emplace_back(alone.circle.empty() ? alone.lookups : kMostLookups + 1, term);
    }
  }
  std::stable_sort(costs.begin(), costs.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::string text = sum > kMostLookups
                         ? "with " + include_term(ours_) + " it costs " + std::to_string(sum) +
                               " look-ups; at least " + std::to_string(sum - kMostLookups) + " must go. It costs"
                         : "terms must go. It costs";
  for (const auto& [cost, term] : costs) {
    text += (&term == &costs.front().second ? " " : ", ") +
            (cost > kMostLookups ? std::string("no end") : std::to_string(cost)) + " for " + term;
  }
  return text;
}

Line Composer::compose(const std::vector<std::string>& records) {
  std::vector<Part> parts;
  parts.reserve(records.size());
  Reader reader(ours_, line_.remarks);
  for (const std::string& record : records) {
    parts.push_back(reader.read(record));
  }
  if (std::count_if(parts.begin(), parts.end(), [](const Part& part) { return part.refuses; }) > 1) {
    line_.refusal =
        "several of them take senders out (-, ~ or ? before a term): who wrote them must say in which order "
        "these are meant, in one record";
    return line_;
  }
  Draft draft;
  if (parts.size() == 1) {
    const Part& part = parts.front();
    for (const std::string& term : part.terms) {
      add(draft.terms, term);
    }
    draft.modifiers = part.modifiers;
    draft.end = part.all != 0   ? std::string(1, part.all) + "all"
                : part.redirect ? "redirect=" + *part.redirect
                                : "~all";
    if (part.all != 0 && part.redirect) {
      line_.remarks.push_back("left out: \"redirect=" + *part.redirect + "\", which nobody reads beside \"all\"");
    }
  } else {
    draft = merged(parts);
  }
  line_.text = first_good(draft);
  if (!line_.text) {
    const Draft shorter = pruned(draft);
    line_.text = shorter.terms == draft.terms ? std::nullopt : first_good(shorter);
    if (!line_.text) {
      line_.refusal = what_must_go(shorter);
    }
  }
  return line_;
}

}  // namespace

Line line_to_publish(const std::vector<std::string>& records, const Name& domain, const Name& ours,
                     const std::vector<Sender>& senders, LookUps& look_ups) {
  return Composer(domain, ours, senders, look_ups).compose(records);
}

}  // namespace zonectl::probe::spf
