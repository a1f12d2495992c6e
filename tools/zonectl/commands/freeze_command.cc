#include "tools/zonectl/commands/freeze_command.h"

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"

namespace zonectl {

using zonestore::FreezeChanged;
using zonestore::Result;

namespace {

using Whose = std::optional<zonestore::dkim::Code>;  // nullopt: the whole store

void write(const Session& session, const Whose& code, const FreezeChanged& changed) {
  std::ostream& out = session.out();
  const std::string whose = code ? code->text() : "the whole store";
  if (!changed.changed) {
    out << whose << ": " << (changed.frozen ? "is frozen already" : "was not frozen") << '\n';
  } else if (changed.frozen) {
    out << whose << ": " << verb(changed, "frozen", "would be frozen") << ": " << printable(changed.frozen->reason)
        << "\nrotations are refused until zonectl thaw " << (code ? code->text() : "--all") << '\n';
  } else {
    out << whose << ": " << verb(changed, "thawed", "would be thawed") << '\n';
  }
  if (changed.store_frozen) {
    out << "the whole store is frozen still: " << printable(changed.store_frozen->reason) << "; zonectl thaw --all\n";
  }
  write_end(out, session.terminal(), changed);
}

Json to_json(const Whose& whose, const FreezeChanged& changed) {
  Json json = changed_json(changed);
  json["institution"] = json_or_null(whose, [](const auto& code) { return code.text(); });
  json["frozen"] = freeze_json(changed.frozen);
  json["store_frozen"] = freeze_json(changed.store_frozen);
  return json;
}

}  // namespace

void freeze_scope_arguments(Arguments& arguments, FreezeCommandOptions& options) {
  named_or_listed_arguments(arguments, options.whom, [&options] { return options.all; });
  arguments.operators().flag("--all", options.all, "the whole store in place of institutions");
}

Result<ExitCode> run_freeze(Session& session, const FreezeCommandOptions& options, const FreezeVerb& verb) {
  if (options.whom.is_nobody() != options.all) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "name institutions, or --all for the whole store",
                           "zonectl list shows the institutions; --file LIST takes a list of them");
  }
  if (const auto checked = check_named_or_listed(options.whom); !checked) {
    return tl::unexpected(checked.error());
  }
  if (const auto refused = options.all
                               ? refuse_expect(options.change, "it is for institutions, not for the whole store")
                               : Result<void>{};
      !refused) {
    return tl::unexpected(refused.error());
  }
  if (options.whom.is_several()) {
    return change_each(session, options.change, options.whom,
                       {verb.command, verb.doing, verb.words, verb.lines, verb.change});
  }
  const Whose whose = options.all ? std::nullopt : Whose(options.whom.named.front());
  return session.tell(
      session.change(options.change,
                     [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
                       return verb.change(store, context, whose);
                     }),
      [&](const FreezeChanged& changed) { return to_json(whose, changed); },
      [&](const Session& told, const FreezeChanged& changed) { write(told, whose, changed); });
}

}  // namespace zonectl
