// zonectl domain add|remove: the mail domains of an institution.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl::domain {
namespace {

using zonestore::InstitutionChanged;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::Name> domain;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.operators().one("DOMAIN", "", options.domain, Need::kRequired, &zonestore::dkim::parse_domain,
                            "the mail domain, such as mosamuseum.com");
  arguments.dry_run(options.change);
}

void print_json(const Session& session, const InstitutionChanged& changed) {
  Json json = changed_json(changed);
  json["institution"] = to_json(changed.institution);
  print(session.out(), json);
}

Result<ExitCode> add(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto added = add_domain(*store, session.context(options.change), *options.code, *options.domain);
  if (!added) {
    return tl::unexpected(added.error());
  }
  if (session.json()) {
    print_json(session, *added);
    return ExitCode::kDone;
  }
  const std::string& code = added->institution.code;
  session.out() << code << ": " << options.domain->to_text_no_dot() << " "
                << (added->changed ? verb(*added, "added", "would be added") : "is there already") << '\n';
  if (!added->dry_run) {
    session.out() << "next: zonectl instructions " << code << '\n';
  }
  write_end(session.out(), session.terminal(), *added);
  return ExitCode::kDone;
}

Result<ExitCode> remove(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto removed = remove_domain(*store, session.context(options.change), *options.code, *options.domain);
  if (!removed) {
    return tl::unexpected(removed.error());
  }
  if (session.json()) {
    print_json(session, *removed);
    return ExitCode::kDone;
  }
  session.out() << removed->institution.code << ": " << options.domain->to_text_no_dot() << " "
                << verb(*removed, "removed", "would be removed") << "; the institution's keys stay as they are\n";
  write_end(session.out(), session.terminal(), *removed);
  return ExitCode::kDone;
}

}  // namespace

void define(CommandLine& line) {
  CommandLine domain = line.noun("domain", "the mail domains of an institution: add, remove");
  domain.command<Options>(
      {"add", "note a mail domain of an institution, for its instructions", "zonectl domain add mosa mosamuseum.com",
       exits_of_change({{ExitCode::kRefused, "refused: E_EXISTS, another institution has it"},
                        {ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      arguments, add);
  domain.command<Options>(
      {"remove", "forget a mail domain of an institution; no record changes",
       "zonectl domain remove mosa mosamuseum.com",
       exits_of_change({{ExitCode::kNotFound, "no such institution, or it has no such domain"}}), For::kOperators},
      arguments, remove);
}

}  // namespace zonectl::domain
