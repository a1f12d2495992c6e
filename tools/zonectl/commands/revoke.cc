// zonectl revoke: a key is withdrawn on purpose, and its private half destroyed.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"
#include "zonestore/operations/slots.h"

namespace zonectl {
namespace {

using zonestore::Result;
using zonestore::Revoked;
using zonestore::dkim::to_text;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::dkim::SlotId> slot;
  zonestore::RevokeOptions revoke;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.one("SLOT", "", options.slot, Need::kRequired, &zonestore::dkim::parse_slot, "sel1 or sel2");
  arguments.flag("--stop-signing", options.revoke.stop_signing,
                 "go on even if the institution has nothing left to sign with");
  arguments.expect(options.revoke.expect);
  arguments.change(options.change, {});
}

void write_signing(const Session& session, const Revoked& revoked) {
  std::ostream& out = session.out();
  if (revoked.swapped_to) {
    out << "signing " << verb(revoked, "moved", "would move") << " to "
        << session.terminal().styled(Style::kBold, to_text(*revoked.swapped_to)) << " first\n";
  }
  if (!revoked.signing_stopped) {
    return;
  }
  const std::string& code = revoked.institution.code;
  out << session.terminal().styled(Style::kBad, verb(revoked, "signing stopped", "signing would stop")) << ": "
      << code << " " << phase_text(revoked.institution) << '\n';
  if (!revoked.institution.starts_with) {
    out << "  to go on: zonectl prepare " << code << '\n';
  }
}

void write(const Session& session, const Revoked& revoked) {
  std::ostream& out = session.out();
  const Times times = session.times();
  const std::string slot = to_text(revoked.slot);
  if (!revoked.changed) {
    out << revoked.institution.code << ": " << slot << " is revoked already\n";
    write_end(out, session.terminal(), revoked);
    return;
  }
  out << revoked.institution.code << ": the key in " << slot << " "
      << verb(revoked, "was revoked", "would be revoked")
      << (revoked.private_half_destroyed ? ", its private half destroyed" : "; its private half stays")
      << serials_text(revoked) << '\n';
  for (const std::string& place : revoked.also_in) {
    out << "  the same key is in " << place << ", which goes on publishing it: zonectl revoke " << place << '\n';
  }
  write_signing(session, revoked);
  out << "resolvers may still hold the key, and receivers accept a forged signature, until "
      << times.text(revoked.exposed_until) << '\n';
  if (revoked.mail_under_way_until) {
    out << "cost: mail signed with it that is still under way fails DKIM from now on; the last of it would have "
           "arrived by "
        << times.text(*revoked.mail_under_way_until) << '\n';
  }
  write_end(out, session.terminal(), revoked);
}

Json to_json(const Revoked& revoked) {
  Json json = changed_json(revoked);
  json["slot"] = to_text(revoked.slot);
  json["swapped_to"] = json_or_null(revoked.swapped_to, [](zonestore::dkim::SlotId slot) { return to_text(slot); });
  json["signing_stopped"] = revoked.signing_stopped;
  json["private_half_destroyed"] = revoked.private_half_destroyed;
  json["also_in"] = revoked.also_in;
  json["exposed_until"] = zonestore::to_rfc3339(revoked.exposed_until);
  json["mail_under_way_until"] = json_or_null(revoked.mail_under_way_until, zonestore::to_rfc3339);
  json["institution"] = zonectl::to_json(revoked.institution);
  return json;
}

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto revoked =
      zonestore::revoke(*store, session.context(options.change), *options.code, *options.slot, options.revoke);
  if (!revoked) {
    return tl::unexpected(revoked.error());
  }
  if (session.json()) {
    print(session.out(), to_json(*revoked));
  } else {
    write(session, *revoked);
  }
  return ExitCode::kDone;
}

}  // namespace

void define_revoke(CommandLine& line) {
  line.command<Options>(
      {"revoke", "withdraw a selector's key for good; if it signs, signing moves to the other selector first",
       "zonectl revoke mosa sel1 --dry-run\nzonectl revoke mosa sel1 --expect sel1 --reason \"laptop stolen\"",
       exits_of_change(
           {{ExitCode::kRefused, "refused: E_LAST_KEY, E_EXPECT, E_KEY_MISMATCH, E_REVOKED; nothing changed"},
            {ExitCode::kNotFound, "no such institution or slot, or no key in it"}})},
      arguments, body);
}

}  // namespace zonectl
