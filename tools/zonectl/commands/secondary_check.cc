#include "tools/zonectl/commands/secondary_check.h"

#include <algorithm>

#include "tools/zonectl/look/secondary_looks.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/json_check.h"
#include "tools/zonectl/text/printable.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl::secondary {
namespace {

using look::SecondariesOfZone;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::ServerEvidence;
using zonestore::Verdict;

struct Options {
  std::optional<std::string> name;
  std::optional<std::uint32_t> timeout;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().one("NAME", "", options.name, Need::kOptional, &zonestore::parse_secondary_name,
                            "the secondary's name; without one all that are enabled");
  arguments.operators().one("--timeout", "DURATION", options.timeout, Need::kOptional, &parse_seconds,
                            "how long to wait for an answer, twice over UDP and once over TCP (default: 2s)");
}

struct Opened {
  zonestore::Store store;
  look::Keep keep;
};

// Who may only read the store can still look.
Result<Opened> open(const Session& session) {
  Result<zonestore::Store> store = session.open_to_write();
  if (store) {
    return Opened{*std::move(store), look::Keep::kWhatIsSeen};
  }
  if (store.error().code != ErrorCode::kPermission && store.error().code != ErrorCode::kReadOnly) {
    return tl::unexpected(store.error());
  }
  store = session.open_to_read();
  return std::move(store).map([](zonestore::Store&& opened) {
    return Opened{std::move(opened), look::Keep::kNothing};
  });
}

bool is_well(const ServerEvidence& each) {
  return each.verdict == Verdict::kOk;
}

void write(const Session& session, const std::vector<SecondariesOfZone>& zones) {
  for (const SecondariesOfZone& zone : zones) {
    session.out() << session.terminal().styled(Style::kBold, zone.zone.apex.to_text_no_dot()) << "  serial "
                  << zone.zone.serial.value << '\n';
    for (const ServerEvidence& each : zone.seen) {
      session.out() << "  "
                    << session.terminal().styled(is_well(each) ? Style::kGood : Style::kBad,
                                                 std::string(to_text(each.verdict)))
                    << "  " << each.server << "  " << printable(each.detail) << '\n';
      if (each.verdict == Verdict::kAhead && each.serial) {
        session.out() << "      it follows again after  zonectl zone serial " << zone.zone.apex.to_text_no_dot()
                      << " --at-least " << each.serial->value + 1 << '\n';
      }
    }
  }
  if (zones.empty()) {
    session.out() << "there is no secondary that is enabled\n";
  }
}

bool all_well(const std::vector<SecondariesOfZone>& zones) {
  return std::all_of(zones.begin(), zones.end(), [](const SecondariesOfZone& zone) {
    return std::all_of(zone.seen.begin(), zone.seen.end(), is_well);
  });
}

Json to_document(const std::vector<SecondariesOfZone>& zones) {
  Json secondaries = Json::array();
  for (const SecondariesOfZone& zone : zones) {
    for (const ServerEvidence& each : zone.seen) {
      Json json = to_json(each);
      json["stored"] = zone.zone.serial.value;
      secondaries.push_back(std::move(json));
    }
  }
  return Json{{"secondaries", std::move(secondaries)}, {"needs_attention", !all_well(zones)}};
}

Result<ExitCode> body(Session& session, const Options& options) {
  look::Flags flags;
  flags.timeout = options.timeout;
  look::Lookout lookout(means_of(session, flags));  // before anything of the store is open
  Result<Opened> opened = open(session);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  return session.tell(look_at_secondaries(opened->store, lookout, options.name, opened->keep), to_document, write,
                      [](const std::vector<SecondariesOfZone>& zones) {
                        return all_well(zones) ? ExitCode::kDone : ExitCode::kFailed;
                      });
}

}  // namespace

void define_check(CommandLine& secondary) {
  secondary.command<Options>(
      {"check", "ask the secondaries which serials they have, and keep what is seen",
       "zonectl secondary check\nzonectl secondary check ns2",
       exits_of_reading({{ExitCode::kDone, "all that were asked are current"},
                         {ExitCode::kFailed, "one lags, is silent, or is ahead of the store; or the command failed"},
                         {ExitCode::kNotFound, "no such secondary"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::secondary
