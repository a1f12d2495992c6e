// zonectl spf allow|deny|show: who may send, for all customers.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"
#include "zonestore/operations/spf_policy.h"

namespace zonectl {
namespace {

using zonestore::Result;
using zonestore::SpfView;

struct ChangeTerms {
  std::vector<zonestore::spf::Term> terms;
  ChangeOptions change;
};
struct NoOptions {};

void arguments(Arguments& arguments, ChangeTerms& options) {
  arguments.many("TERM", "", options.terms, Need::kRequired, &zonestore::spf::Term::parse,
                 "an address or a network: ip4:192.28.148.112, 192.0.2.0/24, ip6:2001:db8::/32");
  arguments.dry_run(options.change);
}

void no_arguments(Arguments&, NoOptions&) {}

void write_records(const Session& session, const SpfView& spf) {
  std::ostream& out = session.out();
  for (const zonestore::spf::Record& record : spf.layout.records) {
    out << "  " << record.owner.to_text_no_dot() << "  " << record.text << '\n';
  }
  out << "  costs each customer " << spf.layout.lookups << " of 10 look-ups\n";
}

using Operation = Result<zonestore::SpfChanged> (*)(zonestore::Store&, const zonestore::ChangeContext&,
                                                    const std::vector<zonestore::spf::Term>&);

Result<ExitCode> change(Session& session, const ChangeTerms& options, Operation operation, std::string_view done,
                        std::string_view would) {
  Result<zonestore::Store> store = session.open_to_write();
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto changed = operation(*store, session.context(options.change), options.terms);
  if (!changed) {
    return tl::unexpected(changed.error());
  }
  if (session.json()) {
    Json json = changed_json(*changed);
    json["spf"] = to_json(changed->spf);
    print(session.out(), json);
    return ExitCode::kDone;
  }
  std::ostream& out = session.out();
  if (changed->changed) {
    out << verb(*changed, done, would);
    for (const zonestore::spf::Term& term : options.terms) {
      out << ' ' << term.text();
    }
    out << serials_text(*changed) << '\n';
  } else {
    out << "nothing to do: it is so already\n";
  }
  write_records(session, changed->spf);
  write_end(out, session.terminal(), *changed);
  return ExitCode::kDone;
}

Result<ExitCode> allow(Session& session, const ChangeTerms& options) {
  return change(session, options, &zonestore::spf_allow, "allowed", "would allow");
}

Result<ExitCode> deny(Session& session, const ChangeTerms& options) {
  return change(session, options, &zonestore::spf_deny, "denied", "would deny");
}

Result<ExitCode> show(Session& session, const NoOptions&) {
  Result<zonestore::Store> store = session.open_to_read();
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto spf = spf_show(*store);
  if (!spf) {
    return tl::unexpected(spf.error());
  }
  if (session.json()) {
    print(session.out(), to_json(*spf));
    return ExitCode::kDone;
  }
  for (const std::string& term : spf->terms) {
    session.out() << term << '\n';
  }
  if (spf->terms.empty()) {
    session.out() << "no address is allowed yet; zonectl spf allow ip4:ADDRESS\n";
  }
  write_records(session, *spf);
  return ExitCode::kDone;
}

}  // namespace

void define_spf(CommandLine& line) {
  CommandLine spf = line.noun("spf", "the SPF record that customers include: allow, deny, show");
  spf.command<ChangeTerms>({"allow", "let addresses send for all customers",
                            "zonectl spf allow ip4:192.28.148.112 ip6:2001:db8::/32", exits_of_change()},
                           arguments, allow);
  spf.command<ChangeTerms>(
      {"deny", "take addresses out again; the record itself always stays", "zonectl spf deny ip4:192.28.148.112",
       exits_of_change({{ExitCode::kNotFound, "no such term"}})},
      arguments, deny);
  spf.command<NoOptions>(
      {"show", "show the terms and the records made of them", "zonectl spf show", exits_of_reading()}, no_arguments,
      show);
}

}  // namespace zonectl
