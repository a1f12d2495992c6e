#include "tools/zonectl/probe/spf/walk.h"

#include <algorithm>

namespace zonectl::probe::spf {

using zonestore::Name;
using zonestore::RecordType;
using zonestore::spf::Directive;
using zonestore::spf::Mechanism;

namespace {

// Sections are those of RFC 7208. A walk has one of two aims: with a sender it is check_host(), which ends at the
// first term that matches; as a survey it looks at every term to its end, since of an error behind a match no
// receiver tells anybody.

// A survey goes far beyond what any receiver follows, and ends where includes go in a circle.
constexpr unsigned kSurveyGivesUpAt = 40;

Result result_of(char qualifier) {
  switch (qualifier) {
    case '-':
      return Result::kFail;
    case '~':
      return Result::kSoftFail;
    case '?':
      return Result::kNeutral;
    default:
      return Result::kPass;
  }
}

}  // namespace

Evaluation Walk::run(const std::string& record, const Name& domain) {
  message_.sender_domain = domain;
  if (has_address()) {
    message_.address = sender_.address;
  }
  way_ = {domain};
  evaluation_.result = check_record(record, domain);
  evaluation_.is_by_our_include = evaluation_.is_by_our_include && evaluation_.result == Result::kPass;
  return evaluation_;
}

Result Walk::check_record(const std::string& text, const Name& domain) {
  if (!look_ups_.may_read(text.size())) {
    static_cast<void>(give_up(Trouble::kUnanswered, "all that its terms lead to"));
    return Result::kTempError;
  }
  const auto record = zonestore::spf::parse_policy_record(text);
  if (!record) {
    static_cast<void>(give_up(Trouble::kBroken, record.error().message));
    return Result::kPermError;
  }
  // From the left, and the first that matches decides (section 4.6.2).
  const bool is_first = way_.size() == 1;
  for (const Directive& directive : record->directives) {
    const Match found = match(directive, domain);
    if (is_first && found != Match::kNo) {
      evaluation_.by = directive.text;
    }
    if (found == Match::kTempError || found == Match::kPermError) {
      return found == Match::kTempError ? Result::kTempError : Result::kPermError;
    }
    if (found == Match::kYes) {
      return result_of(directive.qualifier);
    }
  }
  // Only if nothing has matched: "all", which always does, makes a redirect void (sections 5.1 and 6.1).
  if (!record->redirect) {
    return Result::kNeutral;
  }
  evaluation_.by = is_first ? "redirect=" + *record->redirect : evaluation_.by;
  return follow_redirect(*record->redirect, domain);
}

Result Walk::follow_redirect(const std::string& domain_spec, const Name& domain) {
  const std::string term = "redirect=" + domain_spec;
  if (count_lookup() != Match::kNo) {
    return Result::kPermError;
  }
  const Target target = target_of(domain_spec, domain);
  if (!target.is_told) {
    return assume(term) == Match::kYes ? Result::kPass : Result::kFail;
  }
  if (!target.name) {
    static_cast<void>(give_up(Trouble::kBroken, term + " names no domain"));
    return Result::kPermError;
  }
  // The result of the other domain is this one's; that there is no record is an error here (section 6.1).
  const Result result = check_domain(*target.name, term);
  return result == Result::kNone ? Result::kPermError : result;
}

// check_host() of a domain that a term leads to. kNone comes with the trouble that it is there.
Result Walk::check_domain(const Name& domain, const std::string& term) {
  if (domain == ours_ && sender_.kind == Sender::Kind::kIncluded) {
    evaluation_.is_by_our_include = true;
    return Result::kPass;
  }
  evaluation_.reaches_ours = evaluation_.reaches_ours || (may_pass_ && domain == ours_);
  if (std::find(way_.begin(), way_.end(), domain) != way_.end()) {
    evaluation_.circle = domain.to_text_no_dot();
    if (is_survey()) {
      static_cast<void>(give_up(Trouble::kTooManyLookups, ""));
      return Result::kPermError;
    }
  }
  // No receiver looks for circles: the limit on look-ups ends them. Known here, they are told by name.
  const Found* const found = ask(domain, RecordType::kTxt);
  if (found == nullptr) {
    return Result::kTempError;
  }
  std::vector<std::string> records;
  std::copy_if(found->texts.begin(), found->texts.end(), std::back_inserter(records),
               zonestore::spf::is_policy_record);
  // Several records are an error and not a choice (section 4.5).
  if (records.size() != 1) {
    evaluation_.voids += is_survey() && found->texts.empty() ? 1 : 0;
    static_cast<void>(
        give_up(Trouble::kBroken, term + " leads to " + (records.empty() ? "no SPF record" : "several SPF records")));
    return records.empty() ? Result::kNone : Result::kPermError;
  }
  if (const auto record = zonestore::spf::parse_policy_record(records.front()); !record) {
    static_cast<void>(give_up(Trouble::kBroken, term + " leads to a malformed record: " + record.error().message));
    return Result::kPermError;
  }
  way_.push_back(domain);
  const Result result = check_record(records.front(), domain);
  way_.pop_back();
  evaluation_.is_by_our_include = evaluation_.is_by_our_include || (domain == ours_ && result == Result::kPass);
  return result;
}

Walk::Match Walk::match(const Directive& directive, const Name& domain) {
  switch (directive.mechanism) {
    case Mechanism::kAll:
      return Match::kYes;
    case Mechanism::kIp4:
    case Mechanism::kIp6:
      return has_address() && holds(directive, directive.address) ? Match::kYes : Match::kNo;
    default:
      return match_asking(directive, domain);
  }
}

Walk::Match Walk::match_asking(const Directive& directive, const Name& domain) {
  // Counted before it is known whether anything will be asked: the term is what counts (section 4.6.4).
  const Match counted = count_lookup();
  const Target target = directive.domain.empty() ? Target{domain} : target_of(directive.domain, domain);
  if (counted != Match::kNo) {
    const bool is_ours =
        directive.mechanism == Mechanism::kInclude && directive.qualifier == '+' && target.name == ours_;
    evaluation_.reaches_ours = evaluation_.reaches_ours || (may_pass_ && is_ours);
    return is_survey() ? Match::kNo : counted;
  }
  if (!target.is_told) {
    // Whom our include names is somebody: a real address tells what a term makes of it.
    const bool is_way = directive.mechanism == Mechanism::kInclude;
    return has_address() || is_way ? assume(directive.text) : Match::kNo;
  }
  if (directive.mechanism == Mechanism::kInclude) {
    return match_include(directive, target);
  }
  if (!target.name) {
    return Match::kNo;  // a malformed name matches nothing (RFC 7208 section 4.8)
  }
  switch (directive.mechanism) {
    case Mechanism::kExists:
      return match_exists(*target.name);
    case Mechanism::kMx:
      return match_mx(directive, *target.name);
    case Mechanism::kPtr:
      return match_ptr(*target.name);
    default:
      return match_a(directive, *target.name);
  }
}

Walk::Match Walk::match_include(const Directive& directive, const Target& target) {
  if (!target.name) {
    return give_up(Trouble::kBroken, directive.text + " names no domain");
  }
  // The table of section 5.2: pass matches; fail, softfail and neutral do not; none is an error, since an include
  // that leads nowhere was meant to say something. The other domain's own "-all" never refuses anybody here.
  const bool was_by_ours = evaluation_.is_by_our_include;
  const bool might_pass = may_pass_;
  may_pass_ = may_pass_ && directive.qualifier == '+';
  const Result result = check_domain(*target.name, directive.text);
  may_pass_ = might_pass;
  if (is_survey()) {
    return Match::kNo;
  }
  if (result == Result::kPass) {
    return Match::kYes;
  }
  evaluation_.is_by_our_include = was_by_ours;
  if (result == Result::kTempError) {
    return Match::kTempError;
  }
  return result == Result::kNone || result == Result::kPermError ? Match::kPermError : Match::kNo;
}

Walk::Match Walk::match_exists(const Name& name) {
  const Found* const found = ask(name, RecordType::kA);
  if (found == nullptr) {
    return is_survey() ? Match::kNo : Match::kTempError;
  }
  if (found->count == 0) {
    return count_void();
  }
  return is_survey() ? Match::kNo : Match::kYes;
}

// Of a host that a term names, or an MX record.
Walk::Match Walk::match_host(const Directive& directive, const Name& host) {
  std::vector<RecordType> types{RecordType::kA, RecordType::kAaaa};
  if (has_address()) {
    types = {sender_.address.size() == sizeof(std::uint32_t) ? RecordType::kA : RecordType::kAaaa};
  }
  // A receiver asks for the sender's family alone, and an empty answer to that is a void look-up. Where the sender's
  // family is not known, the answer is void for sure only if both are empty.
  for (const RecordType type : types) {
    const Found* const found = ask(host, type);
    if (found == nullptr) {
      return is_survey() ? Match::kNo : Match::kTempError;
    }
    const auto holds_sender = [&](const zonestore::Bytes& address) { return holds(directive, address); };
    if (has_address() && std::any_of(found->addresses.begin(), found->addresses.end(), holds_sender)) {
      return Match::kYes;
    }
    if (found->count > 0) {
      return Match::kNo;
    }
  }
  return count_void();
}

Walk::Match Walk::match_a(const Directive& directive, const Name& name) {
  return match_host(directive, name);
}

Walk::Match Walk::match_mx(const Directive& directive, const Name& name) {
  const Found* const found = ask(name, RecordType::kMx);
  if (found == nullptr) {
    return is_survey() ? Match::kNo : Match::kTempError;
  }
  if (found->count == 0) {
    return count_void();
  }
  // Section 4.6.4: the names behind an MX are not counted as look-ups, but there may be ten of them.
  if (found->count > kMostHosts) {
    return give_up(Trouble::kTooManyHosts, directive.text + " leads to " + std::to_string(found->count) +
                                               " MX records, where " + std::to_string(kMostHosts) + " may be");
  }
  for (const Name& host : found->names) {
    if (host.is_root()) {
      continue;  // "no mail is taken" (RFC 7505)
    }
    if (const Match matched = match_host(directive, host); matched != Match::kNo) {
      return matched;
    }
  }
  return Match::kNo;
}

Walk::Match Walk::match_ptr(const Name& name) {
  if (!has_address()) {
    return Match::kNo;
  }
  const std::vector<Name>& names = validated_names();
  if (evaluation_.voids > kMostVoids) {
    return Match::kPermError;
  }
  return std::any_of(names.begin(), names.end(), [&name](const Name& each) { return each.is_at_or_below(name); })
             ? Match::kYes
             : Match::kNo;
}

// The names of the sender's address that lead back to it (section 5.5): what fails on the way is passed over.
const std::vector<Name>& Walk::validated_names() {
  const auto reverse = reverse_name(sender_.address);
  const Found found = reverse ? look_ups_.ask(*reverse, RecordType::kPtr) : Found{};
  if (!found.failed && found.count == 0) {
    static_cast<void>(count_void());  // each term's that asks
  }
  if (validated_) {
    return *validated_;
  }
  validated_.emplace();
  const auto type = sender_.address.size() == sizeof(std::uint32_t) ? RecordType::kA : RecordType::kAaaa;
  for (std::size_t i = 0; i < std::min<std::size_t>(found.names.size(), kMostHosts); ++i) {
    const Found& back = look_ups_.ask(found.names[i], type);
    if (std::find(back.addresses.begin(), back.addresses.end(), sender_.address) != back.addresses.end()) {
      validated_->push_back(found.names[i]);
    }
  }
  return *validated_;
}

// %{p} (section 7.3): the domain itself, else a name below it, else any.
std::string Walk::validated_name(const Name& domain) {
  const std::vector<Name>& names = validated_names();
  const auto itself = std::find(names.begin(), names.end(), domain);
  const auto below =
      std::find_if(names.begin(), names.end(), [&domain](const Name& each) { return each.is_at_or_below(domain); });
  const auto best = itself != names.end() ? itself : below != names.end() ? below : names.begin();
  return best == names.end() ? "unknown" : best->to_text_no_dot();
}

Walk::Target Walk::target_of(const std::string& domain_spec, const Name& domain) {
  std::optional<std::string> validated;
  if (has_address() && asks_for_validated_name(domain_spec)) {
    validated = validated_name(domain);
  }
  const std::optional<std::string> text = expand(domain_spec, message_, domain, validated);
  return text ? Target{name_of(*text), true} : Target{std::nullopt, false};
}

bool Walk::holds(const Directive& directive, const zonestore::Bytes& network) const {
  return covers(network, network.size() == sizeof(std::uint32_t) ? directive.ip4_bits : directive.ip6_bits,
                sender_.address);
}

Walk::Match Walk::assume(const std::string& term) {
  if (is_survey()) {
    return Match::kNo;
  }
  if (evaluation_.untold.empty()) {
    evaluation_.untold = term;
  }
  if (next_assumed_ == assumed_.size()) {
    assumed_.push_back(false);
  }
  return assumed_[next_assumed_++] ? Match::kYes : Match::kNo;
}

// kNo: go on.
Walk::Match Walk::count_lookup() {
  if (is_survey() && evaluation_.lookups >= kSurveyGivesUpAt) {
    return Match::kPermError;
  }
  ++evaluation_.lookups;
  return evaluation_.lookups > kMostLookups ? give_up(Trouble::kTooManyLookups, "") : Match::kNo;
}

Walk::Match Walk::count_void() {
  ++evaluation_.voids;
  return evaluation_.voids > kMostVoids ? give_up(Trouble::kTooManyVoids, "") : Match::kNo;
}

Walk::Match Walk::give_up(Trouble trouble, const std::string& what) {
  // What was not told of is the lesser trouble: a survey goes on, and may find a real one.
  if (evaluation_.trouble == Trouble::kNone ||
      (evaluation_.trouble == Trouble::kUnanswered && trouble != Trouble::kUnanswered)) {
    evaluation_.trouble = trouble;
    evaluation_.what = what;
  }
  return is_survey() ? Match::kNo : Match::kPermError;
}

const Found* Walk::ask(const Name& name, RecordType type) {
  const Found& found = look_ups_.ask(name, type);
  if (found.failed) {
    static_cast<void>(give_up(Trouble::kUnanswered, name.to_text_no_dot() + " " + zonestore::to_text(type)));
    return nullptr;
  }
  return &found;
}

}  // namespace zonectl::probe::spf
