// zonectl prepare: a fresh key into a slot that is free.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"
#include "zonestore/operations/slots.h"

namespace zonectl {
namespace {

using zonestore::Prepared;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::dkim::SlotId> slot;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.operators().one("SLOT", "", options.slot, Need::kOptional, &zonestore::dkim::parse_slot,
                            "sel1 or sel2; without it the slot that needs a key");
  arguments.dry_run(options.change);
}

void write(const Session& session, const Prepared& prepared) {
  std::ostream& out = session.out();
  out << prepared.institution.code << ": a fresh key " << verb(prepared, "was published", "would be published")
      << " in " << zonestore::dkim::to_text(prepared.slot) << serials_text(prepared) << '\n';
  write_slots(out, session.terminal(), session.times(), prepared.institution);
  write_end(out, session.terminal(), prepared);
}

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto prepared = zonestore::prepare(*store, session.context(options.change), *options.code, options.slot);
  if (!prepared) {
    return tl::unexpected(prepared.error());
  }
  if (session.json()) {
    Json json = changed_json(*prepared);
    json["slot"] = zonestore::dkim::to_text(prepared->slot);
    json["institution"] = to_json(prepared->institution);
    print(session.out(), json);
  } else {
    write(session, *prepared);
  }
  return ExitCode::kDone;
}

}  // namespace

void define_prepare(CommandLine& line) {
  line.command<Options>(
      {"prepare", "put a fresh key into a selector that is empty, revoked or past its drain; it ripens from then on",
       "zonectl prepare mosa\nzonectl prepare mosa sel1 --dry-run",
       exits_of_change({{ExitCode::kRefused, "refused: E_EXISTS, E_DRAINING, E_KEY_MISMATCH; nothing changed"},
                        {ExitCode::kNotFound, "no such institution or slot"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl
