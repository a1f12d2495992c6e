// zonectl spf allow|deny|show: who may send, for all customers.
#include <algorithm>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/base/duration.h"
#include "zonestore/operations/policy/spf_policy.h"

namespace zonectl::spf {
namespace {

using zonestore::Result;
using zonestore::Seconds;
using zonestore::SpfChanged;
using zonestore::SpfRecordView;
using zonestore::SpfTermView;
using zonestore::SpfView;
using zonestore::spf::Term;

struct AllowTerms {
  std::vector<Term> terms;
  ChangeOptions change;
};
struct DenyTerms {
  std::vector<Term> terms;
  std::optional<Seconds> drain;
  ChangeOptions change;
};
struct NoOptions {};

constexpr const char* kTermHelp =
    "an address or a network: ip4:192.28.148.112, 185.64.100.0/24, ip6:2a01:4f8:100::/48";

Result<Seconds> parse_drain(std::string_view text) {
  Result<Seconds> drain = zonestore::parse_duration(text);
  if (drain && *drain == Seconds(0)) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "a drain of 0s is none",
                           "leave out --drain to take the term out at once");
  }
  return drain;
}

void allow_arguments(Arguments& arguments, AllowTerms& options) {
  arguments.operators().many("TERM", "", options.terms, Need::kRequired, &Term::parse, kTermHelp);
  arguments.change(options.change, {zonestore::Guard::kWideTerm});
}

void deny_arguments(Arguments& arguments, DenyTerms& options) {
  arguments.operators().many("TERM", "", options.terms, Need::kRequired, &Term::parse, kTermHelp);
  arguments.operators().one("--drain", "TIME", options.drain, Need::kOptional, &parse_drain,
                            "take it out only after this time (7d), when the mail under way has arrived");
  arguments.dry_run(options.change);
}

void no_arguments(Arguments&, NoOptions&) {}

bool is_among(const std::vector<Term>& terms, const SpfTermView& view) {
  return std::any_of(terms.begin(), terms.end(), [&view](const Term& term) { return term.text() == view.term; });
}

std::string comment_on(const SpfRecordView& record, const Times& times) {
  if (record.included_from) {
    return "  (new; included from " + times.text(*record.included_from) + ")";
  }
  if (record.taken_out_at) {
    return "  (no longer included; taken out at " + times.text(*record.taken_out_at) + ")";
  }
  return "";
}

void write_records(const Session& session, const SpfView& spf) {
  std::ostream& out = session.out();
  const Times times = session.times();
  for (const SpfRecordView& record : spf.records) {
    out << "  " << record.owner.to_text_no_dot() << "  " << record.text << comment_on(record, times) << '\n';
  }
  out << "  costs each customer " << spf.lookups << " of 10 look-ups";
  if (spf.lookups_to_come > spf.lookups) {
    out << ", and " << spf.lookups_to_come << " after the steps to come";
  }
  out << '\n';
  if (spf.next_step_at) {
    out << "  next step, by zonectl maintain, at " << times.text(*spf.next_step_at) << ": " << spf.next_step << '\n';
  }
}

// Terms of one time in one line.
void write_when_safe(const Session& session, const std::vector<SpfTermView>& details) {
  for (auto term = details.begin(); term != details.end();) {
    const auto end = std::find_if(term, details.end(), [&term](const SpfTermView& each) {
      return each.safe_from != term->safe_from || each.after_steps != term->after_steps;
    });
    if (term->safe_from) {
      session.out() << "safe to send from";
      std::for_each(term, end, [&session](const SpfTermView& each) { session.out() << ' ' << each.term; });
      session.out() << " from " << session.times().text(*term->safe_from)
                    << (term->after_steps ? " at the earliest: zonectl maintain has steps to take first" : "")
                    << '\n';
    }
    term = end;
  }
}

void write_when_it_leaves(const Session& session, const SpfTermView& term) {
  if (term.leaves_at) {
    session.out() << term.term << " leaves at " << session.times().text(*term.leaves_at)
                  << ", by zonectl maintain; until then it is allowed\n";
  }
}

struct Words {
  std::string_view done;
  std::string_view would;
};

void write_changed(const Session& session, const std::vector<Term>& terms, const SpfChanged& changed,
                   const Words& words) {
  std::ostream& out = session.out();
  if (changed.changed) {
    out << verb(changed, words.done, words.would);
    for (const Term& term : terms) {
      out << ' ' << term.text();
    }
    out << serials_text(changed) << '\n';
  } else {
    out << "nothing to do: it is so already\n";
  }
  std::vector<SpfTermView> staying;
  for (const SpfTermView& term : changed.spf.details) {
    if (is_among(terms, term) && !term.leaves_at) {
      staying.push_back(term);
    } else if (is_among(terms, term)) {
      write_when_it_leaves(session, term);
    }
  }
  write_when_safe(session, staying);
  write_records(session, changed.spf);
  write_end(out, session.terminal(), changed);
}

Json changed_spf_json(const SpfChanged& changed) {
  Json json = changed_json(changed);
  json["spf"] = to_json(changed.spf);
  return json;
}

Result<ExitCode> tell(const Session& session, const std::vector<Term>& terms, const Result<SpfChanged>& outcome,
                      const Words& words) {
  return session.tell(outcome, changed_spf_json, [&](const Session& told, const SpfChanged& changed) {
    write_changed(told, terms, changed, words);
  });
}

Result<ExitCode> allow(Session& session, const AllowTerms& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return spf_allow(store, context, options.terms);
  };
  return tell(session, options.terms, session.change(options.change, operation), {"allowed", "would allow"});
}

Result<ExitCode> deny(Session& session, const DenyTerms& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return spf_deny(store, context, options.terms, options.drain);
  };
  return tell(session, options.terms, session.change(options.change, operation),
              options.drain ? Words{"will deny", "would deny later"} : Words{"denied", "would deny"});
}

void write_term(const Session& session, const SpfTermView& term) {
  std::ostream& out = session.out();
  const Times times = session.times();
  out << term.term;
  if (!term.has_room) {
    out << "  in no record yet: there is no room";
  }
  if (term.safe_from) {
    out << "  coming: safe to send from " << times.text(*term.safe_from)
        << (term.after_steps ? " at the earliest" : "");
  }
  if (term.leaves_at) {
    out << "  going: leaves at " << times.text(*term.leaves_at);
  }
  if (!term.covered_by.empty()) {
    out << "  covered by " << term.covered_by;
  }
  out << '\n';
}

void write(const Session& session, const zonestore::SpfView& spf) {
  for (const SpfTermView& term : spf.details) {
    write_term(session, term);
  }
  if (spf.terms.empty()) {
    session.out() << "no address is allowed yet; zonectl spf allow ip4:ADDRESS\n";
  }
  write_records(session, spf);
}

Result<ExitCode> show(Session& session, const NoOptions&) {
  const auto in_json = [](const zonestore::SpfView& spf) { return to_json(spf); };
  return session.tell(session.read([](zonestore::Store& store) { return spf_show(store); }), in_json, write);
}

}  // namespace

void define(CommandLine& line) {
  CommandLine spf = line.noun("spf", "the SPF record that customers include: allow, deny, show");
  spf.command<AllowTerms>(
      {"allow", "let addresses send for all customers; says from when it is safe to send from there",
       "zonectl spf allow ip4:192.28.148.112 ip6:2a01:4f8:100::/48",
       exits_of_change({{ExitCode::kRefused, "refused: E_WIDE_TERM, no public address or a very wide network"}}),
       For::kOperators},
      allow_arguments, allow);
  spf.command<DenyTerms>(
      {"deny", "take addresses out again, at once or after a drain; the record itself always stays",
       "zonectl spf deny ip4:192.28.148.112 --drain 7d", exits_of_change({{ExitCode::kNotFound, "no such term"}}),
       For::kOperators},
      deny_arguments, deny);
  spf.command<NoOptions>({"show", "show the terms, what is coming and going, and the records made of them",
                          "zonectl spf show", exits_of_reading(), For::kOperators},
                         no_arguments, show);
}

}  // namespace zonectl::spf
