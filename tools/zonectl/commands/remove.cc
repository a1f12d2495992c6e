// zonectl remove: an institution leaves.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl::remove {
namespace {

using zonestore::InstitutionChanged;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  bool yes = false;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.operators().flag("--yes", options.yes, "on a terminal: do not ask first");
  arguments.dry_run(options.change);
}

void write(const Session& session, const InstitutionChanged& removed) {
  std::ostream& out = session.out();
  const std::string& code = removed.institution.code;
  if (!removed.changed) {
    out << code << ": is being removed already\n";
  } else {
    out << code << ": " << verb(removed, "signing stopped", "signing would stop") << serials_text(removed) << '\n';
  }
  if (removed.institution.leaves_at) {
    const std::string until = session.times().text(*removed.institution.leaves_at);
    out << "its records stay published until " << until << "; then zonectl maintain takes them out\n"
        << "until then it " << verb(removed, "can", "could") << " be taken back: zonectl undo " << code << '\n';
  }
  write_end(out, session.terminal(), removed);
}

Json to_json(const InstitutionChanged& removed) {
  Json json = changed_json(removed);
  json["undo_until"] = json_or_null(removed.institution.leaves_at, zonestore::to_rfc3339);
  json["institution"] = zonectl::to_json(removed.institution);
  return json;
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (session.can_ask() && !options.yes && !options.change.dry_run &&
      !session.confirms("Stop signing for " + options.code->text() + ", and take its records out later?")) {
    session.err() << "nothing was changed\n";
    return ExitCode::kRefused;
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_institution(store, context, *options.code);
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"remove", "stop signing for an institution; its records leave once its last mail has arrived",
       "zonectl remove mosa\nzonectl undo mosa   # takes it back, until its records leave",
       exits_of_change({{ExitCode::kRefused, "whoever was asked on the terminal did not say yes; nothing changed"},
                        {ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::remove
