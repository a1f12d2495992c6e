// zonectl revoke: a key is withdrawn on purpose, and its private half destroyed.
#include "tools/zonectl/bulk/bulk_revoke.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/look/follower_looks.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonectl::revoke {
namespace {

using zonestore::Result;
using zonestore::Revoked;
using zonestore::dkim::to_text;

struct Options {
  std::optional<zonestore::dkim::SlotId> slot;
  bulk_revoke::Options bulk;
  zonestore::RevokeOptions revoke;
  look::Looking looking;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.bulk.named, [&bulk = options.bulk] { return bulk.stands_for_names(); });
  arguments.operators().slot(options.slot, Need::kOptional, "sel1 or sel2; of a taken signer it is left out");
  declare(arguments, options.bulk);
  arguments.operators().flag("--stop-signing", options.revoke.stop_signing,
                             "go on even if the institution has nothing left to sign with");
  arguments.operators().flag("--no-look", options.looking.no_look,
                             "do not ask afterwards which servers have followed: each is named");
  declare(arguments, options.looking.flags);
  arguments.institution_change(options.change);
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
  if (!revoked.may_still_answer.empty()) {
    out << "not seen without it: " << printable(zonestore::joined(revoked.may_still_answer, ", "))
        << "; one that cannot follow answers with it until its copy of the zone expires, "
        << zonestore::to_duration_text(revoked.until_expire) << " after it last followed\n";
  }
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
  json["may_still_answer"] = revoked.may_still_answer;
  json["mail_under_way_until"] = json_or_null(revoked.mail_under_way_until, zonestore::to_rfc3339);
  json["institution"] = zonectl::to_json(revoked.institution);
  return json;
}

// It is done, whatever can be seen of the servers afterwards.
void see_who_follows(zonestore::Store& store, look::Lookout* lookout, Revoked& revoked) {
  const Result<void> seen = lookout == nullptr ? Result<void>() : look::see_followers(store, *lookout);
  const Result<void> told = see_exposure(store, revoked);
  if (!seen || !told) {
    revoked.warnings.push_back("which servers follow could not be seen: " +
                               (!seen ? seen.error() : told.error()).message + "; zonectl secondary check");
  }
}

Result<ExitCode> revoke_one(Session& session, const Options& options, const zonestore::dkim::Code& code) {
  const std::unique_ptr<look::Lookout> lookout = look::lookout_of(session, options.looking, options.change.dry_run);
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    auto revoked = zonestore::revoke(store, context, code, *options.slot, options.revoke);
    if (revoked && revoked->changed && !context.dry_run) {
      see_who_follows(store, lookout.get(), *revoked);
    }
    return revoked;
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

Result<ExitCode> revoke_many(Session& session, const Options& options) {
  using zonestore::ErrorCode;
  if (options.bulk.stands_for_names() && !options.bulk.named.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, "INST excludes --all, --file, --signer and --resume",
                           "zonectl revoke --all SLOT; zonectl revoke --signer NAME");
  }
  if (options.looking.no_look || !options.looking.flags.servers.empty() || !options.looking.flags.resolvers.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, "--no-look, --server and --resolver are for one institution",
                           "afterwards: zonectl secondary check");
  }
  const auto refused =
      options.bulk.signer ? refuse_expect(options.change, "a taken signer held both selectors") : Result<void>{};
  if (!refused) {
    return tl::unexpected(refused.error());
  }
  return bulk_revoke::run(session, options.bulk, options.slot, options.revoke.stop_signing, options.change);
}

// zonectl revoke sel1
bool names_a_slot_alone(const Options& options) {
  return options.bulk.named.size() == 1 && !options.slot &&
         zonestore::dkim::reads_as_slot(options.bulk.named.front().text());
}

Result<ExitCode> body(Session& session, const Options& options) {
  using zonestore::ErrorCode;
  if (options.bulk.is_bulk()) {
    return revoke_many(session, options);
  }
  const bool lacks_institution = options.bulk.named.empty() || names_a_slot_alone(options);
  if (lacks_institution || !options.slot) {
    return zonestore::fail(ErrorCode::kInvalid,
                           lacks_institution ? "INST is required" : "SLOT is required: sel1 or sel2",
                           "zonectl revoke CODE SLOT; zonectl revoke --all SLOT; zonectl revoke --signer NAME");
  }
  if (options.bulk.has_settings()) {
    return zonestore::fail(ErrorCode::kInvalid, "--rate and --halt-on are for many institutions",
                           "zonectl revoke --all SLOT --rate 20/min");
  }
  return revoke_one(session, options, options.bulk.named.front());
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"revoke",
       "withdraw a selector's key for good, of one institution or of many; if it signs, signing moves to the other "
       "selector first",
       "zonectl revoke mosa sel1 --dry-run\nzonectl revoke mosa sel1 --expect sel1 --reason \"laptop stolen\"\n"
       "zonectl revoke stxsel1._domainkey.mosamuseum.com   # the same, as it stands in a ticket\n"
       "zonectl revoke mosa nova sel1 --yes\nzonectl revoke --all sel1 --yes\nzonectl revoke --signer opendkim-1 "
       "--yes   # its machine was taken\n"
       "zonectl revoke --resume",
       exits_of_change(
           {{ExitCode::kPartlyDone,
             "of many: some were refused or failed, or it was stopped; each is named (more than 20: by kind)"},
            {ExitCode::kRefused,
             "refused: E_LAST_KEY, E_EXPECT, E_KEY_MISMATCH; of many, E_EXISTS: another run is at work or waits to "
             "be "
             "resumed; or nobody said yes; nothing changed"},
            {ExitCode::kNotFound, "no such institution, slot, signer or run, or no key in the slot"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::revoke
