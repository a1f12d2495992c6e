#include "tools/zonectl/commands/swap_command.h"

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"

namespace zonectl {

using zonestore::Result;
using zonestore::Swapped;
using zonestore::dkim::to_text;

namespace {

// A rotation that signers did not follow: said first, because it is not what was asked for.
void write_undone(const Session& session, const Swapped& swapped) {
  if (swapped.undone_for.empty()) {
    return;
  }
  std::ostream& out = session.out();
  out << session.terminal().styled(Style::kBad, "undone:") << " signers had not followed within signer-limit\n";
  for (const std::string& laggard : swapped.undone_for) {
    out << "  signer " << printable(laggard) << '\n';
  }
  out << "  signing is back on " << to_text(swapped.to) << '\n';
}

// A removal that was taken back.
void write_returned(const Session& session, const Swapped& swapped) {
  std::ostream& out = session.out();
  const std::string& code = swapped.institution.code;
  out << code << ": the removal " << verb(swapped, "was", "would be") << " taken back, "
      << phase_text(swapped.institution) << serials_text(swapped) << '\n';
  if (!swapped.returned->signs_with && !swapped.institution.starts_with) {
    out << "  to go on: zonectl prepare " << code << '\n';
  }
  write_end(out, session.terminal(), swapped);
}

void write_swapped(const Session& session, const Swapped& swapped) {
  if (swapped.returned) {
    return write_returned(session, swapped);
  }
  std::ostream& out = session.out();
  const Times times = session.times();
  const std::string& code = swapped.institution.code;
  write_undone(session, swapped);
  out << code << ": " << (swapped.redo ? "redo: " : "") << "signing " << verb(swapped, "moved", "would move")
      << " from " << to_text(swapped.from) << " to " << session.terminal().styled(Style::kBold, to_text(swapped.to))
      << serials_text(swapped) << '\n';
  out << to_text(swapped.from) << " " << verb(swapped, "drains", "would drain") << " until "
      << times.text(swapped.drains_until) << '\n';
  if (swapped.undo_until) {
    out << "undo " << verb(swapped, "is", "would be") << " possible until " << times.text(*swapped.undo_until)
        << ": zonectl undo " << code << '\n';
  } else if (swapped.undone_for.empty()) {
    out << "to go forward again, until then: zonectl rotate " << code << '\n';
  }
  write_end(out, session.terminal(), swapped);
}

Json swapped_json(const Swapped& swapped) {
  Json json = changed_json(swapped);
  if (swapped.returned) {
    json["from"] = nullptr;
    json["to"] =
        json_or_null(swapped.returned->signs_with, [](zonestore::dkim::SlotId slot) { return to_text(slot); });
    json["drains_until"] = nullptr;
  } else {
    json["from"] = to_text(swapped.from);
    json["to"] = to_text(swapped.to);
    json["drains_until"] = zonestore::to_rfc3339(swapped.drains_until);
  }
  json["undo_until"] = json_or_null(swapped.undo_until, zonestore::to_rfc3339);
  json["redo"] = swapped.redo;
  json["removal_undone"] = swapped.returned.has_value();
  json["unfollowed"] = swapped.unfollowed;
  json["undone"] = !swapped.undone_for.empty();
  json["undone_for"] = swapped.undone_for;
  json["institution"] = to_json(swapped.institution);
  return json;
}

ExitCode exit_of_swap(const Swapped& swapped) {
  if (!swapped.unfollowed.empty()) {
    return ExitCode::kFailed;
  }
  return swapped.undone_for.empty() ? ExitCode::kDone : ExitCode::kUndone;
}

}  // namespace

Result<ExitCode> run_swap(Session& session, const SwapCommandOptions& options, const zonestore::dkim::Code& code,
                          const SwapOperation& operation) {
  const auto swapped =
      session.change(options.change, [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
        return operation(store, context, code, options.swap);
      });
  return session.tell(
      swapped, [](const Swapped& told) { return swapped_json(told); }, write_swapped, exit_of_swap);
}

}  // namespace zonectl
