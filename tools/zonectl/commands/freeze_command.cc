#include "tools/zonectl/commands/freeze_command.h"

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"

namespace zonectl {

using zonestore::FreezeChanged;
using zonestore::Result;

namespace {

void write(const Session& session, const FreezeCommandOptions& options, const FreezeChanged& changed) {
  std::ostream& out = session.out();
  const std::string whose = options.code ? options.code->text() : "the whole store";
  if (!changed.changed) {
    out << whose << ": " << (changed.frozen ? "is frozen already" : "was not frozen") << '\n';
  } else if (changed.frozen) {
    out << whose << ": " << verb(changed, "frozen", "would be frozen") << ": " << printable(changed.frozen->reason)
        << "\nrotations are refused until zonectl thaw " << (options.code ? options.code->text() : "--all") << '\n';
  } else {
    out << whose << ": " << verb(changed, "thawed", "would be thawed") << '\n';
  }
  if (changed.store_frozen) {
    out << "the whole store is frozen still: " << printable(changed.store_frozen->reason) << "; zonectl thaw --all\n";
  }
  write_end(out, session.terminal(), changed);
}

Json to_json(const FreezeCommandOptions& options, const FreezeChanged& changed) {
  Json json = changed_json(changed);
  json["institution"] = json_or_null(options.code, [](const auto& code) { return code.text(); });
  json["frozen"] = freeze_json(changed.frozen);
  json["store_frozen"] = freeze_json(changed.store_frozen);
  return json;
}

}  // namespace

void freeze_scope_arguments(Arguments& arguments, FreezeCommandOptions& options) {
  arguments.institution_or_all(options.code, options.all);
  arguments.dry_run(options.change);
}

Result<ExitCode> run_freeze(Session& session, const FreezeCommandOptions& options, const FreezeOperation& operation) {
  if (options.code.has_value() == options.all) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "name one institution, or --all for the whole store",
                           "zonectl list shows the institutions");
  }
  return session.tell(
      session.change(options.change, operation),
      [&](const FreezeChanged& changed) { return to_json(options, changed); },
      [&](const Session& told, const FreezeChanged& changed) { write(told, options, changed); });
}

}  // namespace zonectl
