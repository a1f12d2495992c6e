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
  arguments.operators().institution(options.code);
  arguments.operators().one("DOMAIN", "", options.domain, Need::kRequired, &zonestore::dkim::parse_domain,
                            "the mail domain, such as mosamuseum.com");
  arguments.institution_change(options.change);
}

Json to_json(const InstitutionChanged& changed) {
  Json json = changed_json(changed);
  json["institution"] = zonectl::to_json(changed.institution);
  return json;
}

Result<ExitCode> add(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return add_domain(store, context, *options.code, *options.domain);
  };
  const auto in_words = [&](const Session& told, const InstitutionChanged& added) {
    const std::string& code = added.institution.code;
    told.out() << code << ": " << options.domain->to_text_no_dot() << " "
               << (added.changed ? verb(added, "added", "would be added") : "is there already") << '\n';
    if (!added.dry_run) {
      told.out() << "next: zonectl instructions " << code << '\n';
    }
    write_end(told.out(), told.terminal(), added);
  };
  return session.tell(session.change(options.change, operation), to_json, in_words);
}

Result<ExitCode> remove(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_domain(store, context, *options.code, *options.domain);
  };
  const auto in_words = [&](const Session& told, const InstitutionChanged& removed) {
    told.out() << removed.institution.code << ": " << options.domain->to_text_no_dot() << " "
               << verb(removed, "removed", "would be removed") << "; the institution's keys stay as they are\n";
    write_end(told.out(), told.terminal(), removed);
  };
  return session.tell(session.change(options.change, operation), to_json, in_words);
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
