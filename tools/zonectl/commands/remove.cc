// zonectl remove: institutions leave.
#include "tools/zonectl/bulk/each.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl::remove {
namespace {

using zonestore::InstitutionChanged;
using zonestore::Result;

struct Options {
  NamedOrListed whom;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  named_or_listed_arguments(arguments, options.whom);
  arguments.not_for_one_slot("zonectl revoke");
  arguments.institution_change(options.change);
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
        << (removed.servers_follow_within == zonestore::Milliseconds{0}
                ? std::string()
                : "servers that follow may have them " +
                      zonestore::to_duration_text(
                          std::chrono::duration_cast<zonestore::Seconds>(removed.servers_follow_within)) +
                      " longer\n")
        << "until then it " << verb(removed, "can", "could") << " be taken back: zonectl undo " << code << '\n';
  }
  write_end(out, session.terminal(), removed);
}

Json to_json(const InstitutionChanged& removed) {
  Json json = changed_json(removed);
  json["undo_until"] = json_or_null(removed.institution.leaves_at, zonestore::to_rfc3339);
  json["servers_follow_within_ms"] = removed.servers_follow_within.count();
  json["institution"] = zonectl::to_json(removed.institution);
  return json;
}

std::string question(const NamedOrListed& whom) {
  const std::string named =
      whom.file ? "all that " + printable(*whom.file) + " names"
                : zonestore::joined(whom.named, ", ", [](const zonestore::dkim::Code& code) { return code.text(); });
  return "Stop signing for " + named + ", and take " + (whom.is_several() ? "their" : "its") + " records out later?";
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (options.whom.is_nobody()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "INST is required",
                           "zonectl remove CODE; zonectl remove --file LIST");
  }
  if (const auto checked = check_named_or_listed(options.whom); !checked) {
    return tl::unexpected(checked.error());
  }
  if (session.can_ask() && !session.says_yes() && !options.change.dry_run &&
      !session.confirms(question(options.whom))) {
    session.err() << "nothing was changed\n";
    return ExitCode::kRefused;
  }
  if (options.whom.is_several()) {
    return change_each(
        session, options.change, options.whom,
        {"remove",
         "removing",
         {"removed", "would be removed", {}},
         {"their records stay published until their last mail has arrived; until then zonectl undo takes each back"},
         &zonestore::remove_institution});
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_institution(store, context, options.whom.named.front());
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"remove", "stop signing for institutions; their records leave once their last mail has arrived",
       "zonectl remove mosa\nzonectl remove mosa nova\nzonectl remove --file left.txt\nzonectl undo mosa   # takes "
       "it back, until its records leave",
       exits_of_change(
           {{ExitCode::kRefused, "E_EXPECT; or whoever was asked on the terminal did not say yes; nothing changed"},
            {ExitCode::kPartlyDone,
             "of several: some failed, or it was stopped; each is named (more than 20: by kind)"},
            {ExitCode::kNotFound, "no such institution; nothing changed"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::remove
