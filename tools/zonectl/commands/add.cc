// zonectl add: an institution and its two keys.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/json.h"
#include "tools/zonectl/output/words.h"
#include "zonestore/operations/institutions.h"

namespace zonectl {
namespace {

using zonestore::InstitutionChanged;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::vector<zonestore::Name> domains;
  std::optional<zonestore::dkim::Algorithm> algorithm;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.many("--domain", "NAME", options.domains, Need::kOptional, &zonestore::dkim::parse_domain,
                 "a mail domain of the institution; may be repeated");
  arguments.one("--key", "TYPE", options.algorithm, Need::kOptional, &zonestore::dkim::parse_algorithm,
                "rsa2048 (default), rsa3072, rsa4096 or ed25519");
  arguments.change(options.change, {zonestore::Guard::kKeyType});
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

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_write();
  if (!store) {
    return tl::unexpected(store.error());
  }
  zonestore::AddOptions details;
  details.algorithm = options.algorithm.value_or(details.algorithm);
  details.domains = options.domains;
  const auto added = add_institution(*store, session.context(options.change), *options.code, details);
  if (!added) {
    return tl::unexpected(added.error());
  }
  if (session.json()) {
    Json json = changed_json(*added);
    json["institution"] = to_json(added->institution);
    print(session.out(), json);
  } else {
    write(session, *added);
  }
  return ExitCode::kDone;
}

}  // namespace

void define_add(CommandLine& line) {
  line.command<Options>(
      {"add", "add an institution: make and publish its two DKIM keys", "zonectl add mosa --domain mosamuseum.com",
       exits_of_change({{ExitCode::kRefused, "refused: E_EXISTS, E_KEY_TYPE, E_WEAK_KEY"}})},
      arguments, body);
}

}  // namespace zonectl
