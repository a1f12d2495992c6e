#include "zonestore/operations/change/audit_writer.h"

#include "zonestore/operations/change/audit_json.h"
#include "zonestore/rows/audit_rows.h"

namespace zonestore {

void write_audit(db::Connection& connection, const ChangeContext& context, std::string_view command,
                 std::string_view subject, const AuditNote& note, WallTime at) {
  rows::AuditRow row;
  row.at = at;
  row.actor = context.actor.name;
  row.login = context.actor.login;
  row.command = command;
  row.subject = subject;
  row.what = note.what;
  if (context.override_guard) {
    row.override_code = guard_code(context.override_guard->guard);
    row.reason = context.override_guard->reason;
  } else {
    row.reason = context.reason.value_or("");
  }
  row.before_json = to_json(note.before);
  row.after_json = to_json(note.after);
  rows::insert_audit(connection, row);
}

}  // namespace zonestore
