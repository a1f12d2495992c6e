// zonectl add: an institution and its two keys.
#include "tools/zonectl/bulk/bulk_add.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/dkim/algorithm.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl::add {
namespace {

using zonestore::InstitutionChanged;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::vector<zonestore::Name> domains;
  std::optional<zonestore::crypto::Algorithm> algorithm;
  ChangeOptions change;
  bulk_add::Options bulk;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().one("INST", "", options.code, Need::kOptional, &zonestore::dkim::Code::parse,
                            "the institution's code, such as mosa");
  arguments.operators().many("--domain", "NAME", options.domains, Need::kOptional, &zonestore::dkim::parse_domain,
                             "a mail domain of the institution; may be repeated");
  arguments.operators().one("--key", "TYPE", options.algorithm, Need::kOptional, &zonestore::dkim::parse_algorithm,
                            "rsa2048 (default), rsa3072, rsa4096 or ed25519");
  declare(arguments, options.bulk);
  arguments.change(options.change,
                   {zonestore::Guard::kKeyType, zonestore::Guard::kSignerKind, zonestore::Guard::kNotRipe});
}

void write(const Session& session, const InstitutionChanged& added) {
  std::ostream& out = session.out();
  const std::string& code = added.institution.code;
  out << code << ": " << verb(added, "added", "would be added") << ", " << phase_text(added.institution)
      << serials_text(added) << '\n';
  write_slots(out, session.terminal(), session.times(), added.institution);
  if (!added.dry_run) {
    out << "next: "
        << (added.institution.domains.empty() ? "zonectl domain add " + code + " DOMAIN"
                                              : "zonectl instructions " + code)
        << '\n';
  }
  write_end(out, session.terminal(), added);
}

Json to_json(const InstitutionChanged& added) {
  Json json = changed_json(added);
  json["institution"] = zonectl::to_json(added.institution);
  return json;
}

Result<ExitCode> add_one(Session& session, const Options& options) {
  zonestore::AddOptions details;
  details.algorithm = options.algorithm.value_or(details.algorithm);
  details.domains = options.domains;
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return add_institution(store, context, *options.code, details);
  };
  return session.tell(session.change(options.change, operation), to_json, write);
}

Result<ExitCode> body(Session& session, const Options& options) {
  const bool is_bulk = options.bulk.file || options.bulk.resume || options.bulk.give_up || options.bulk.skip_bad;
  if (is_bulk == options.code.has_value()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid,
                           is_bulk ? "INST excludes --file, --skip-bad, --resume and --give-up" : "INST is missing",
                           "zonectl add CODE --domain DOMAIN; zonectl add --file FILE.csv");
  }
  if (!is_bulk) {
    return add_one(session, options);
  }
  if (!options.domains.empty() || options.algorithm) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "with --file, domains and key types stand in the file",
                           "its columns are code, domains and key");
  }
  return bulk_add::run(session, options.bulk, options.change);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"add", "add an institution, or many from a file: make and publish two DKIM keys for each",
                         "zonectl add mosa --domain mosamuseum.com\nzonectl add --file institutions.csv",
                         exits_of_change({{ExitCode::kPartlyDone,
                                           "of many: some were not added; each is named (more than 20: by kind)"},
                                          {ExitCode::kRefused,
                                           "refused: E_EXISTS (also while another --file is at work or waits to be "
                                           "resumed), E_KEY_TYPE, E_WEAK_KEY"}}),
                         For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::add
