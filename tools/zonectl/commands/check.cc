// zonectl check: what the DNS says, of our side and of the institutions'. The looking is done by a child (look/),
// made before the store is opened.
#include <memory>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/look/campaign.h"
#include "tools/zonectl/look/lookout.h"
#include "tools/zonectl/look/secondary_looks.h"
#include "tools/zonectl/session/interruption.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/check_report.h"

namespace zonectl::check {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

struct Options {
  std::vector<zonestore::dkim::Code> named;
  bool all = false;
  bool own = false;
  bool no_vault = false;
  look::Flags flags;
  std::optional<std::uint32_t> again_after;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.named, [&options] { return options.all || options.own; });
  arguments.operators().flag("--all", options.all, "all institutions; only what is not right is shown");
  arguments.operators().flag("--own", options.own, "our own name servers and secondaries alone");
  arguments.operators().flag(
      "--no-vault", options.no_vault,
      "leave the vault alone: whether the private keys fit is not tried (of the timers' units)");
  declare(arguments, options.flags);
  arguments.operators().one("--timeout", "DURATION", options.flags.timeout, Need::kOptional, &parse_seconds,
                            "how long to wait for an answer, twice (default: 2s)");
  arguments.operators().one("--again-after", "DURATION", options.again_after, Need::kOptional, &parse_seconds,
                            "with --all: what has turned bad is looked at again after that (default: 1m)");
}

struct OpenedStore {
  Store store;
  bool keeps_evidence;
};

// Who may only read the store can still look.
Result<OpenedStore> open(const Session& session) {
  Result<Store> store = session.open_to_write();
  if (store) {
    return OpenedStore{*std::move(store), true};
  }
  if (store.error().code != ErrorCode::kPermission && store.error().code != ErrorCode::kReadOnly) {
    return tl::unexpected(store.error());
  }
  store = session.open_to_read();
  return std::move(store).map([](Store&& opened) { return OpenedStore{std::move(opened), false}; });
}

look::Teller teller_for(CheckOutput& output, const std::vector<probe::Address>& resolvers) {
  return {[&output](std::uint64_t institutions) { output.expect(institutions); },
          [&output](const zonestore::ExpectedZone& zone, const std::vector<zonestore::ServerEvidence>& seen) {
            output.add_servers(zone, seen);
          },
          [&output](const probe::Report& report) { output.add(report); },
          [&output](const std::string& warning) { output.warn(warning); },
          [&output, &resolvers] { output.lacks_resolver(resolvers); },
          [&output](std::uint64_t institutions, std::chrono::seconds left) { output.waits(institutions, left); }};
}

// Ctrl-C between two institutions; only many of them take so long that a person stops it.
look::Campaign::Manner manner_of(const Options& options, bool keeps_evidence, bool has_named_servers,
                                 std::optional<Interruption>& interruption) {
  look::Campaign::Manner manner{keeps_evidence, !options.no_vault, has_named_servers};
  manner.again_after = options.again_after ? zonestore::Seconds(*options.again_after) : manner.again_after;
  if (options.all) {
    interruption.emplace();
    manner.stops_within = [&interruption](std::chrono::milliseconds time) { return interruption->wait(time); };
  }
  return manner;
}

Result<void> run(look::Campaign& campaign, const Options& options) {
  return options.own   ? campaign.look_at_own()
         : options.all ? campaign.look_at_all()
                       : campaign.look_at(options.named);
}

Result<void> run_secondaries(OpenedStore& opened, look::Lookout& lookout, CheckOutput& output) {
  const auto zones = look_at_secondaries(opened.store, lookout, std::nullopt,
                                         opened.keeps_evidence ? look::Keep::kWhatIsSeen : look::Keep::kNothing);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  for (const look::SecondariesOfZone& zone : *zones) {
    std::vector<zonestore::ServerEvidence> seen = zone.seen;
    for (zonestore::ServerEvidence& each : seen) {
      each.server = "secondary " + each.server;
    }
    output.add_servers(zone.zone, seen);
  }
  return {};
}

Result<ExitCode> body(Session& session, const Options& options) {
  const int ways = int{options.all} + int{options.own} + int{!options.named.empty()};
  if (ways != 1) {
    return zonestore::fail(ErrorCode::kInvalid,
                           ways > 1 ? "one of: institutions, --all, --own" : "an institution is missing",
                           "zonectl check INST, or zonectl check --all");
  }
  look::Means means = means_of(session, options.flags);
  means.suffixes = std::make_shared<const probe::PublicSuffixes>();
  look::Lookout lookout(means);  // before anything of the store is open
  Result<OpenedStore> opened = open(session);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  CheckOutput output(session, options.all);
  if (const Result<void> begun = output.begin(); !begun) {
    return tl::unexpected(begun.error());
  }
  if (!opened->keeps_evidence) {
    output.warn("the store can only be read by this user: what is seen is not kept for rotate");
  }
  for (const zonestore::dkim::Code& code : options.named) {  // first: an unknown one is told at once
    if (const auto known = subject_to_check(opened->store, code); !known) {
      return tl::unexpected(known.error());
    }
  }
  const look::Teller teller = teller_for(output, means.resolvers);
  std::optional<Interruption> interruption;
  look::Campaign campaign(opened->store, lookout,
                          manner_of(options, opened->keeps_evidence, !means.servers.empty(), interruption), teller);
  if (const Result<void> looked = run(campaign, options); !looked) {
    return tl::unexpected(looked.error());
  }
  if (campaign.was_stopped()) {
    output.was_stopped(campaign.left_in_doubt());
  } else if (options.named.empty()) {
    if (const Result<void> looked = run_secondaries(*opened, lookout, output); !looked) {
      return tl::unexpected(looked.error());
    }
  }
  return output.finish().map([&] {
    return campaign.was_stopped()     ? ExitCode::kPartlyDone
           : output.needs_attention() ? ExitCode::kFailed
                                      : ExitCode::kDone;
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"check",
       "ask the DNS: our name servers, the institution's CNAMEs, SPF and DMARC; what is wrong and what to publish",
       "zonectl check mosa\nzonectl check mosamuseum.com nova\nzonectl check --all\nzonectl check --own\n"
       "zonectl check mosa --server 127.0.0.1:5300 --resolver 9.9.9.9",
       exits_of_reading({{ExitCode::kDone, "all is right"},
                         {ExitCode::kFailed, "something needs attention; or the command failed"},
                         {ExitCode::kPartlyDone, "--all was stopped (Ctrl-C): what was looked at by then is told"},
                         {ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::check
