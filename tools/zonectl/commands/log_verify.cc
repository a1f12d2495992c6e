#include "tools/zonectl/commands/log_verify.h"

#include "tools/zonectl/telling/json_audit.h"
#include "tools/zonectl/text/terminal.h"
#include "zonestore/base/text_encodings.h"

namespace zonectl::log_verify {
namespace {

using zonestore::AuditCheck;
using zonestore::AuditFault;
using zonestore::Result;

struct Options {
  std::vector<std::string> expected;  // ID VALUE
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().two("--expect", "ID VALUE", options.expected,
                            "a row and its value as they were told earlier, by this command or by maintain: the log "
                            "must still have it");
}

Result<std::optional<zonestore::AuditRowTold>> expectation(const Options& options) {
  constexpr std::size_t kDigits = 64;
  if (options.expected.empty()) {
    return std::nullopt;
  }
  const Result<std::uint32_t> id = parse_count(options.expected.front());
  const std::string& value = options.expected.back();
  if (!id || !zonestore::is_hex(value, kDigits)) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid,
                           "--expect takes a row's number and its value, 64 hexadecimal digits",
                           "the last line of zonectl log verify, and each day a line of zonectl maintain, have both");
  }
  return zonestore::AuditRowTold{*id, value};
}

void write_fault(const Session& session, const AuditFault& fault) {
  std::ostream& out = session.out();
  out << session.terminal().styled(Style::kBad, "row " + std::to_string(fault.id));
  if (fault.at) {
    out << " (" << session.times().plain(*fault.at) << ", " << printable(fault.command) << ")";
  }
  out << ": " << fault.message << '\n';
}

void write(const Session& session, const AuditCheck& check) {
  std::ostream& out = session.out();
  for (const AuditFault& fault : check.faults) {
    write_fault(session, fault);
  }
  if (check.fault_count > check.faults.size()) {
    out << "and " << check.fault_count - check.faults.size() << " more\n";
  }
  out << check.rows << (check.rows == 1 ? " row" : " rows");
  if (check.unchained > 0) {
    out << ", the oldest " << check.unchained << " from before there was a chain";
  }
  const std::string faults = std::to_string(check.fault_count) + (check.fault_count == 1 ? " fault" : " faults");
  out << ": "
      << (check.fault_count == 0 ? session.terminal().styled(Style::kGood, "the chain holds")
                                 : session.terminal().styled(Style::kBad, faults))
      << '\n';
  if (!check.newest_chain.empty()) {
    out << "row " << check.newest_id << " carries " << check.newest_chain << '\n';
  }
}

Result<ExitCode> body(Session& session, const Options& options) {
  const auto expected = expectation(options);
  if (!expected) {
    return tl::unexpected(expected.error());
  }
  const auto in_json = [](const AuditCheck& check) { return to_json(check); };
  const auto exit_of = [](const AuditCheck& check) {
    return check.fault_count == 0 ? ExitCode::kDone : ExitCode::kFailed;
  };
  return session.tell(session.read([&](zonestore::Store& store) { return verify_log(store, *expected); }), in_json,
                      write, exit_of);
}

}  // namespace

void define(CommandLine& log) {
  log.command<Options>(
      {"verify", "read the whole log and find rows that were altered, moved, put in or taken out",
       "zonectl log verify\nzonectl log verify --expect 1041 VALUE",
       exits_of_reading({{ExitCode::kFailed, "failed, or the log is not what was written"}}), For::kOperators},
      arguments, body);
}

}  // namespace zonectl::log_verify
