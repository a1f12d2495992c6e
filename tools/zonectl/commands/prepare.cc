// zonectl prepare: a fresh key into a slot that is free, of one institution or of many.
#include "tools/zonectl/bulk/bulk_prepare.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonectl::prepare {
namespace {

using zonestore::Prepared;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::SlotId> slot;
  bulk_prepare::Options bulk;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.bulk.named, [&bulk = options.bulk] { return bulk.stands_for_names(); });
  arguments.operators().slot(options.slot, Need::kOptional, "sel1 or sel2; without it the slot that needs a key");
  declare(arguments, options.bulk);
  arguments.institution_change(options.change);
}

void write(const Session& session, const Prepared& prepared) {
  std::ostream& out = session.out();
  out << prepared.institution.code << ": a fresh key " << verb(prepared, "was published", "would be published")
      << " in " << zonestore::dkim::to_text(prepared.slot) << serials_text(prepared) << '\n';
  write_slots(out, session.terminal(), session.times(), prepared.institution);
  write_end(out, session.terminal(), prepared);
}

Json to_json(const Prepared& prepared) {
  Json json = changed_json(prepared);
  json["slot"] = zonestore::dkim::to_text(prepared.slot);
  json["institution"] = zonectl::to_json(prepared.institution);
  return json;
}

Result<ExitCode> prepare_one(Session& session, const Options& options, const zonestore::dkim::Code& code) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return zonestore::prepare(store, context, code, options.slot);
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

Result<ExitCode> prepare_many(Session& session, const Options& options) {
  if (options.bulk.stands_for_names() && !options.bulk.named.empty()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "INST excludes --all, --file and --resume",
                           "zonectl prepare --all SLOT");
  }
  return bulk_prepare::run(session, options.bulk, options.slot, options.change);
}

Result<ExitCode> body(Session& session, const Options& options) {
  using zonestore::ErrorCode;
  if (options.bulk.is_bulk()) {
    return prepare_many(session, options);
  }
  if (options.bulk.named.empty()) {
    return zonestore::fail(ErrorCode::kInvalid, "INST is required",
                           "zonectl prepare CODE; zonectl prepare --all SLOT");
  }
  if (options.bulk.has_settings()) {
    return zonestore::fail(ErrorCode::kInvalid, "--rate and --halt-on are for many institutions",
                           "zonectl prepare --all SLOT --rate 20/min");
  }
  return prepare_one(session, options, options.bulk.named.front());
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"prepare",
       "put a fresh key into a selector that is empty, revoked or past its drain, of one institution or of many; it "
       "ripens from then on",
       "zonectl prepare mosa\nzonectl prepare mosa nova sel1\nzonectl prepare mosa sel1 --dry-run\n"
       "zonectl prepare --all          # what revoke --signer has left without a key\n"
       "zonectl prepare --all sel1 --rate 10/s\nzonectl prepare --resume",
       exits_of_change(
           {{ExitCode::kPartlyDone,
             "of many: some were refused or failed, or it was stopped; each is named (more than 20: by kind)"},
            {ExitCode::kRefused,
             "refused: E_EXPECT, E_EXISTS, E_DRAINING, E_KEY_MISMATCH, E_SIGNER_KIND; of many, E_EXISTS: another run "
             "is at "
             "work, or waits to be resumed; nothing changed"},
            {ExitCode::kNotFound, "no such institution, slot or run"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::prepare
