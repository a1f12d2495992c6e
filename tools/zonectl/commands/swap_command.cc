#include "tools/zonectl/commands/swap_command.h"

#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"

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
}

void write(const Session& session, const Swapped& swapped) {
  std::ostream& out = session.out();
  const Times times = session.times();
  const std::string& code = swapped.institution.code;
  write_undone(session, swapped);
  out << code << ": signing " << verb(swapped, "moved", "would move") << " from " << to_text(swapped.from) << " to "
      << session.terminal().styled(Style::kBold, to_text(swapped.to)) << serials_text(swapped) << '\n';
  out << to_text(swapped.from) << " " << verb(swapped, "drains", "would drain") << " until "
      << times.text(swapped.drains_until) << '\n';
  if (swapped.undo_until) {
    out << "undo " << verb(swapped, "is", "would be") << " possible until " << times.text(*swapped.undo_until)
        << ": zonectl undo " << code << '\n';
  } else if (swapped.undone_for.empty()) {
    out << "this was an undo and cannot itself be undone\n";
  }
  write_end(out, session.terminal(), swapped);
}

Json to_json(const Swapped& swapped) {
  Json json = changed_json(swapped);
  json["from"] = to_text(swapped.from);
  json["to"] = to_text(swapped.to);
  json["drains_until"] = zonestore::to_rfc3339(swapped.drains_until);
  json["undo_until"] = json_or_null(swapped.undo_until, zonestore::to_rfc3339);
  json["undone"] = !swapped.undone_for.empty();
  json["undone_for"] = swapped.undone_for;
  json["institution"] = zonectl::to_json(swapped.institution);
  return json;
}

}  // namespace

Result<ExitCode> run_swap(Session& session, const SwapCommandOptions& options, SwapOperation operation) {
  Result<zonestore::Store> store = session.open_to_write();
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto swapped = operation(*store, session.context(options.change), *options.code, options.swap);
  if (!swapped) {
    return tl::unexpected(swapped.error());
  }
  if (session.json()) {
    print(session.out(), to_json(*swapped));
  } else {
    write(session, *swapped);
  }
  return swapped->undone_for.empty() ? ExitCode::kDone : ExitCode::kUndone;
}

}  // namespace zonectl
