// zonectl check: what the DNS says, of our side and of the institutions'.
#include <deque>
#include <future>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/output/check_report.h"
#include "tools/zonectl/output/json_check.h"
#include "tools/zonectl/probe/institution.h"

namespace zonectl {
namespace {

using probe::Report;
using probe::Severity;
using probe::World;
using zonestore::ErrorCode;
using zonestore::Guard;
using zonestore::Result;
using zonestore::Store;

constexpr std::size_t kAtATime = 16;  // institutions that are looked at side by side
constexpr std::size_t kCodesAtATime = 256;
constexpr zonestore::Milliseconds kServerTimeout{2000};
constexpr zonestore::Milliseconds kLongestTimeout{60'000};

struct Options {
  std::optional<zonestore::dkim::Code> code;
  bool all = false;
  std::vector<probe::Address> servers;
  std::vector<probe::Address> resolvers;
  std::optional<std::uint32_t> timeout;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.one("INST", "", options.code, Need::kOptional, &zonestore::dkim::Code::parse,
                "the institution's code, such as mosa");
  arguments.flag("--all", options.all, "all institutions; only what is not right is shown");
  arguments.many("--server", "ADDR:PORT", options.servers, Need::kOptional, &probe::Address::parse,
                 "one of our name servers, in place of those in the zones' NS records; may be given again");
  arguments.many("--resolver", "ADDR:PORT", options.resolvers, Need::kOptional, &probe::Address::parse,
                 "the resolver that finds the institutions' name servers (default: /etc/resolv.conf)");
  arguments.one("--timeout", "DURATION", options.timeout, Need::kOptional, &parse_seconds,
                "how long to wait for an answer, twice (default: 2s)");
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

World make_world(const Options& options, const Store& store) {
  probe::Patience patience{kServerTimeout, 2};
  if (options.timeout) {
    patience.timeout = std::clamp<zonestore::Milliseconds>(zonestore::Seconds(*options.timeout),
                                                           zonestore::Milliseconds{1}, kLongestTimeout);
  }
  // A resolver asks others in turn, and needs longer.
  const probe::Patience for_resolver{patience.timeout * 2, 2};
  return World{options.resolvers.empty() ? probe::Resolver::of_system(for_resolver)
                                         : probe::Resolver(options.resolvers, for_resolver),
               patience,
               store.dkim_zone(),
               store.spf_zone(),
               {},
               {},
               {}};
}

// The run of one command.
class Check {
 public:
  Check(Session& session, const Options& options, OpenedStore opened)
      : options_(options),
        store_(std::move(opened.store)),
        keeps_evidence_(opened.keeps_evidence),
        world_(make_world(options, store_)),
        output_(session, options.all) {}

  Result<ExitCode> run();

 private:
  Result<void> look_at_own_servers();
  std::vector<probe::NameServer> servers_of(const zonestore::ExpectedZone& zone) const;
  void sort_servers(const std::vector<probe::NameServer>& servers,
                    const std::vector<zonestore::ServerEvidence>& evidence);
  Result<void> look_at_all();
  void take_oldest();
  void prove_keys(Report& report);
  bool has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id);
  void keep(const Report& report);
  void tell_unkept(const Result<void>& kept);
  Result<void> start(const zonestore::dkim::Code& code);

  const Options& options_;
  Store store_;
  bool keeps_evidence_;
  World world_;
  CheckOutput output_;
  std::deque<std::future<Report>> running_;
  bool vault_is_open_ = true;
  bool told_unkept_ = false;
};

Result<ExitCode> Check::run() {
  if (const Result<void> begun = output_.begin(); !begun) {
    return tl::unexpected(begun.error());
  }
  if (!keeps_evidence_) {
    output_.warn("the store can only be read by this user: what is seen is not kept for rotate");
  }
  if (options_.code) {  // first: an unknown one is told at once
    if (const auto known = subject_to_check(store_, *options_.code); !known) {
      return tl::unexpected(known.error());
    }
  }
  if (const Result<void> own = look_at_own_servers(); !own) {
    return tl::unexpected(own.error());
  }
  const Result<void> looked = options_.all ? look_at_all() : start(*options_.code);
  if (!looked) {
    return tl::unexpected(looked.error());
  }
  while (!running_.empty()) {
    take_oldest();
  }
  return output_.finish().map([this] { return output_.needs_attention() ? ExitCode::kFailed : ExitCode::kDone; });
}

std::vector<probe::NameServer> Check::servers_of(const zonestore::ExpectedZone& zone) const {
  if (options_.servers.empty()) {
    return with_addresses(world_.resolver, zone.name_servers);
  }
  std::vector<probe::NameServer> servers;
  for (const probe::Address& address : options_.servers) {
    servers.push_back({zonestore::Name(), address});
  }
  return servers;
}

Result<void> Check::look_at_own_servers() {
  const auto zones = zones_to_check(store_);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  for (const zonestore::ExpectedZone& zone : *zones) {
    const std::vector<probe::NameServer> servers = servers_of(zone);
    const std::vector<zonestore::ServerEvidence> evidence = look_at_zone(world_, zone, servers);
    if (zone.apex == store_.dkim_zone()) {
      sort_servers(servers, evidence);
    }
    output_.add_servers(zone, evidence);
    if (keeps_evidence_) {
      tell_unkept(record_server_evidence(store_, evidence, zone.as_of));
    }
  }
  return {};
}

// A silent server is not asked for every slot of every institution.
void Check::sort_servers(const std::vector<probe::NameServer>& servers,
                         const std::vector<zonestore::ServerEvidence>& evidence) {
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (evidence[i].verdict == zonestore::Verdict::kUnreachable) {
      world_.silent_servers.push_back(evidence[i].server);
      continue;
    }
    world_.own_servers.push_back(servers[i]);
    if (evidence[i].verdict == zonestore::Verdict::kLagging) {
      world_.lagging_servers.push_back(evidence[i].server);
    }
  }
}

// Several at a time, told in order: the oldest is waited for when enough are under way.
Result<void> Check::look_at_all() {
  if (const auto count = count_to_check(store_)) {
    output_.expect(*count);
  }
  std::string after;
  for (;;) {
    const auto codes = codes_to_check(store_, after, kCodesAtATime);
    if (!codes) {
      return tl::unexpected(codes.error());
    }
    for (const zonestore::dkim::Code& code : *codes) {
      if (running_.size() == kAtATime) {
        take_oldest();
      }
      // One that has been removed meanwhile is left out.
      if (Result<void> started = start(code); !started && started.error().code != ErrorCode::kNotFound) {
        return started;
      }
      after = code.text();
    }
    if (codes->size() < kCodesAtATime) {
      break;
    }
  }
  return {};
}

Result<void> Check::start(const zonestore::dkim::Code& code) {
  auto subject = subject_to_check(store_, code);
  if (!subject) {
    return tl::unexpected(subject.error());
  }
  running_.push_back(std::async(
      std::launch::async, [this, subject = *std::move(subject)] { return look_at_institution(world_, subject); }));
  return {};
}

void Check::take_oldest() {
  Report report = running_.front().get();
  running_.pop_front();
  prove_keys(report);
  keep(report);
  output_.add(report);
}

bool Check::has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id) {
  const auto subject = subject_to_check(store_, code);
  return !subject || subject->slots.at(slot).key_id != key_id;
}

// The bytes that came over the wire, against the private key in the vault. Here and not in the threads that asked for
// them: the vault belongs to one thread.
void Check::prove_keys(Report& report) {
  for (std::size_t i = 0; i < report.slots.size() && vault_is_open_; ++i) {
    const probe::SlotOnTheWire& slot = report.slots[i];
    probe::Finding& finding = report.findings[i];
    if (slot.key_id.empty() || slot.seen.empty() || finding.verdict != zonestore::Verdict::kOk) {
      continue;
    }
    const Result<void> proven = prove_key(store_, slot.key_id, slot.seen.front());
    if (proven) {
      finding.detail += "; the private key fits";
    } else if (proven.error().refusal && has_other_key(report.code, i, slot.key_id)) {
      continue;  // it was replaced meanwhile, and its private half is gone
    } else if (proven.error().refusal) {
      finding.verdict = zonestore::Verdict::kKeyMismatch;
      finding.severity = Severity::kBad;
      finding.detail = proven.error().message;
      finding.advice = proven.error().hint;
    } else {
      vault_is_open_ = false;
      output_.warn("whether the private keys fit was not tried: " + proven.error().message);
    }
  }
}

void Check::keep(const Report& report) {
  if (!keeps_evidence_) {
    return;
  }
  tell_unkept(record_evidence(store_, {{report.code, look_of(report)}}));
}

// What was seen is told all the same. One warning: what hinders one mostly hinders all.
void Check::tell_unkept(const Result<void>& kept) {
  if (!kept && !told_unkept_) {
    told_unkept_ = true;
    output_.warn("not all that was seen is kept for rotate: " + kept.error().message);
  }
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (options.all == options.code.has_value()) {
    return zonestore::fail(ErrorCode::kInvalid,
                           options.all ? "either an institution or --all, not both" : "an institution is missing",
                           "zonectl check INST, or zonectl check --all");
  }
  Result<OpenedStore> opened = open(session);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  return Check(session, options, *std::move(opened)).run();
}

}  // namespace

void define_check(CommandLine& line) {
  line.command<Options>(
      {"check",
       "ask the DNS: our name servers, the institution's CNAMEs, SPF and DMARC; what is wrong and what to publish",
       "zonectl check mosa\nzonectl check --all\nzonectl check mosa --server 127.0.0.1:5300 --resolver 9.9.9.9",
       exits_of_reading({{ExitCode::kDone, "all is right"},
                         {ExitCode::kFailed, "something needs attention; or the command failed"},
                         {ExitCode::kNotFound, "no such institution"}})},
      arguments, body);
}

}  // namespace zonectl
