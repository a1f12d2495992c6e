#include "dnsd/server.h"

#include <algorithm>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "dnsd/control.h"
#include "dnsd/follow/first_load.h"
#include "dnsd/follow/store_watcher.h"
#include "dnsd/metrics/catalogue.h"
#include "dnsd/metrics/http_server.h"
#include "dnsd/metrics/metrics_file.h"
#include "dnsd/net/bind.h"
#include "dnsd/observation.h"
#include "dnsd/privileges.h"
#include "dnsd/sandbox_places.h"
#include "dnsd/secrets.h"
#include "dnsd/serve/heartbeat.h"
#include "dnsd/serve/worker_group.h"
#include "dnsd/served_mark.h"
#include "dnsd/sockets.h"
#include "dnsd/supervisor.h"
#include "dnsd/transfer/service.h"
#include "dnsd/util/latest.h"
#include "dnsd/util/thread.h"
#include "dnsd/zone/image_hub.h"
#include "zonestore/base/release.h"

namespace dnsd {
namespace {

using std::chrono::milliseconds;

using Pause = std::function<bool(milliseconds)>;  // false: the program is to end

// For everything that is not a TCP connection of a worker; the transfers have theirs beside it.
constexpr std::size_t kSpareDescriptors = 64;

constexpr milliseconds kForTheRest{5000};  // at the end, once the workers have drained

constexpr std::chrono::seconds kBetweenLooks{10};  // at the workers
constexpr std::chrono::seconds kBetweenStatus{15};

using HttpSocket = util::Result<zonestore::FileDescriptor>;

ExitCode refuse(const util::Log& log, ExitCode code, const std::string& message, const std::string& hint = {}) {
  if (hint.empty()) {
    log.error("refused_to_start", {{"message", message}});
  } else {
    log.error("refused_to_start", {{"message", message}, {"hint", hint}});
  }
  return code;
}

unsigned worker_count(const config::Config& config) {
  return config.workers != 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
}

net::WorkerSettings worker_settings(const config::Config& config, unsigned workers, const util::Log& log) {
  net::WorkerSettings settings{config.udp, config.tcp, workers};
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t spare = kSpareDescriptors + config.transfer.settings.streams + config.transfer.settings.waiting;
  const std::size_t room = descriptors > 2 * spare ? descriptors - spare : descriptors / 2;
  if (settings.tcp.connections > room) {
    settings.tcp.connections = static_cast<unsigned>(room);
    log.warning("tcp_connections_lowered",
                {{"connections", room}, {"reason", "the limit on open files is " + std::to_string(descriptors)}});
  }
  return settings;
}

// What was bound while it might be.
struct Bound {
  Sockets sockets;
  std::optional<HttpSocket> http;  // absent: nobody wants metrics over HTTP
  bool is_sandboxed = false;
};

util::Result<void> give_up_rights(const std::optional<Account>& account, const util::Log& log) {
  if (account) {
    auto became = become(*account);
    if (!became) {
      return became;
    }
    log.info("became_user", {{"user", account->name}});
  }
  if (::geteuid() == 0) {
    log.warning("running_as_root", {{"hint", "name an ordinary user with --user"}});
    return {};
  }
  return renounce_capabilities();
}

// A loaded store, or how the program ends without one.
tl::expected<follow::FirstLoad, ExitCode> load_store(follow::StoreFollower follower, const Pause& pause,
                                                     const util::Log& log) {
  return follow::load_first(std::move(follower), pause, log)
      .map_error(
          [](const std::optional<zonestore::Error>& error) { return error ? ExitCode::kStore : ExitCode::kEnded; });
}

template <std::size_t... Index>
void log_stopped(const metrics::Totals& totals, const util::Log& log, std::index_sequence<Index...> /*all*/) {
  const auto& entries = metrics::catalogue();
  log.info("stopped", {{"queries", totals.sum("dnsd_messages_received_total")},
                       {"answers", totals.sum("dnsd_messages_sent_total")},
                       {entries[Index].word, totals[Index]}...});
}

// Everything that is counted: whoever restarts dnsd would lose it.
void log_stopped(metrics::Totals totals, const util::Log& log) {
  totals.add(metrics::ProcessCounts{.log_lines_dropped = log.dropped()});
  log_stopped(totals, log, std::make_index_sequence<metrics::kEntries>());
}

std::vector<zonestore::SocketAddress> addresses_of(const std::vector<net::BoundAddress>& bound) {
  std::vector<zonestore::SocketAddress> addresses;
  addresses.reserve(bound.size());
  for (const net::BoundAddress& address : bound) {
    addresses.push_back(address.address);
  }
  return addresses;
}

// The watcher on its thread; it ends with the object.
class Watching {
 public:
  Watching(follow::StoreWatcher& watcher, const util::OnFailure& on_failure)
      : watcher_(watcher),
        thread_(util::start_thread(
            "watcher", [&watcher] { watcher.run(); }, on_failure)) {}
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
  Watching(Watching&&) = delete;
  Watching& operator=(Watching&&) = delete;
  ~Watching() {
    watcher_.stop();
    thread_.join();
  }

 private:
  follow::StoreWatcher& watcher_;
  std::thread thread_;
};

// Whoever shows the numbers: a file, HTTP, both or neither. Made last, so that all that is shown outlives it.
class Showing {
 public:
  Showing(const config::Config& config, std::optional<HttpSocket> socket, Observation& observation,
          const util::Log& log) {
    if (!config.metrics.file.empty()) {
      file_.emplace(
          config.metrics.file, config.metrics.file_every, [&observation] { return observation.text(); }, log);
    }
    if (socket) {
      http_.emplace(*config.metrics.listen, std::move(*socket),
                    metrics::Pages{[&observation] { return observation.text(); },
                                   [&observation] { return observation.health(); }},
                    log);
      observation.set_http(*http_);
    }
  }

  void start(const util::OnFailure& on_failure) {
    if (http_) {
      http_->start(on_failure);
    }
    if (file_) {
      file_->start(on_failure);
    }
  }

 private:
  std::optional<metrics::MetricsFile> file_;
  std::optional<metrics::HttpServer> http_;
};

// The workers, and who is told whether they move.
struct LookedAfter {
  serve::WorkerGroup& workers;
  serve::Heartbeat& heartbeat;
  Observation& observation;
};

// Gives the supervisor its sign, if all workers have moved.
void look_after(const LookedAfter& looked) {
  try {
    if (looked.heartbeat.all_moved(looked.workers.pulses())) {
      notify_supervisor("WATCHDOG=1");
      looked.observation.note_all_moved();
    }
  } catch (const std::bad_alloc&) {  // no sign this time
  }
}

// One step of a drain: how it is begun, for those that were not told yet, and waited for.
struct DrainStep {
  void (serve::WorkerGroup::*begin)(milliseconds);
  bool (serve::WorkerGroup::*wait)(milliseconds);
};
constexpr DrainStep kOfTcp{&serve::WorkerGroup::begin_tcp_drain, &serve::WorkerGroup::wait_tcp_drained};
constexpr DrainStep kOfAll{&serve::WorkerGroup::begin_drain, &serve::WorkerGroup::wait_ended};

// True: the step is done by all.
bool drain_further(const DrainStep& step, const LookedAfter& looked, milliseconds drain) {
  constexpr milliseconds kForMemory{10};
  milliseconds patience = heartbeat_interval();
  try {
    (looked.workers.*step.begin)(drain);
  } catch (const std::bad_alloc&) {
    patience = kForMemory;
  }
  if ((looked.workers.*step.wait)(patience)) {
    return true;
  }
  look_after(looked);
  return false;
}

void drain_through(const DrainStep& step, const LookedAfter& looked, milliseconds drain) {
  while (!drain_further(step, looked, drain)) {
  }
}

// The workers and transfers first, which somebody waits for. The watcher may hang in a disk: the control ends the
// program then. Where the sockets are kept, UDP is answered until everything else has ended, and what comes then
// waits in them for the next dnsd.
void end_all(const config::Config& config, bool sockets_are_kept, const LookedAfter& looked,
             transfer::Service& transfers, follow::StoreWatcher& watcher, Control& control, const util::Log& log) {
  looked.observation.note_draining();
  notify_supervisor("STOPPING=1\nSTATUS=draining");
  control.allow(config.drain + kForTheRest, "the workers");
  watcher.stop();
  transfers.drain(config.drain);
  if (sockets_are_kept) {
    drain_through(kOfTcp, looked, config.drain);
    transfers.wait_ended();
  }
  drain_through(kOfAll, looked, config.drain);
  transfers.wait_ended();
  log_stopped(looked.workers.sums().totals, log);
  control.allow(kForTheRest, "the store's watcher");
}

void log_ready(const std::vector<zonestore::SocketAddress>& addresses, unsigned workers, const util::Log& log) {
  for (const zonestore::SocketAddress& address : addresses) {
    for (const char* const transport : {"udp", "tcp"}) {
      log.info("listening", {{"transport", transport}, {"address", address.to_text()}});
    }
  }
  log.info("ready", {{"workers", workers}, {"version", zonestore::release()}, {"pid", ::getpid()}});
  notify_supervisor("READY=1\nSTATUS=answering");
}

// Every 15 s a line for systemctl status. One for which there is no memory is left out.
class StatusLine {
 public:
  explicit StatusLine(Observation& observation) : observation_(observation) {}

  void renew_if_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - renewed_ < kBetweenStatus) {
      return;
    }
    renewed_ = now;
    try {
      notify_supervisor(("STATUS=" + observation_.status()).c_str());
    } catch (const std::bad_alloc&) {
    }
  }

 private:
  Observation& observation_;
  std::chrono::steady_clock::time_point renewed_ = std::chrono::steady_clock::now();
};

// From a loaded store to the last answer.
ExitCode answer_until_told(const config::Config& config, const net::WorkerSettings& settings, Bound bound,
                           follow::StoreFollower follower, Secrets& secrets, Control& control, const util::Log& log) {
  const auto on_failure = [&control](const char* thread, const char* why) { control.fail(thread, why); };
  const std::vector<zonestore::SocketAddress> addresses = addresses_of(bound.sockets.bound);
  zone::ImageHub hub(follower.loaded().image);
  util::Latest<zonestore::Peers> peers(follower.loaded().head.peers);
  const answer::Settings answers{.udp_answer_bytes = static_cast<std::uint16_t>(config.udp.answer_bytes),
                                 .nsid = config.edns.nsid};
  net::AddressQuota quota(config.tcp.connections_per_address);  // of workers and transfers
  const transfer::Sources in_force{hub, secrets.cookies(), secrets.tsig_keys(), peers};
  transfer::Service transfers(in_force, answers, config.transfer.settings, {addresses, config.store}, log);
  serve::WorkerGroup workers(settings, {in_force, transfers, quota, answers, config.rate_limit},
                             std::move(bound.sockets.bound), log, on_failure);
  follow::StoreWatcher watcher(std::move(follower), hub, peers, log, [&](const follow::PublishedChange& /*change*/) {
    workers.refresh();
    transfers.refresh();
  });
  serve::Heartbeat heartbeat;
  Observation observation(
      {workers, watcher.state(), hub, log, settings.workers, settings.tcp.connections, bound.is_sandboxed});
  const LookedAfter looked{workers, heartbeat, observation};
  StatusLine status(observation);

  transfers.start(on_failure);
  workers.start();
  const Watching watching(watcher, on_failure);
  Showing showing(config, std::move(bound.http), observation, log);
  showing.start(on_failure);
  control.allow(config.drain + kForTheRest, "the main thread");
  log_ready(addresses, settings.workers, log);
  while (!control.wait_for(std::min<milliseconds>(heartbeat_interval(), kBetweenLooks))) {
    look_after(looked);
    status.renew_if_due();
    secrets.roll_if_due();
  }
  end_all(config, bound.sockets.are_kept, looked, transfers, watcher, control, log);
  return control.has_failed() ? ExitCode::kFailed : ExitCode::kEnded;
}

// Before anything is bound: what is wrong with the user is wrong usage.
util::Result<std::optional<Account>> account_for(const config::Config& config) {
  if (config.user.empty()) {
    return std::optional<Account>();
  }
  auto found = find_account(config.user);
  if (!found) {
    // What stands in a file may be no name at all, and is not shown (zonestore/base/file_text.h).
    return util::fail("cannot become the user " +
                      (config.user_is_typed ? "'" + config.user + "'" : std::string("that the config names")) + ": " +
                      found.error());
  }
  return std::optional<Account>(std::move(*found));
}

void print_limits(const config::Config& config, std::ostream& out) {
  for (const zonestore::SocketAddress& address : config.listen) {
    out << "listen: " << address.to_text() << (config.listen_is_default ? ", if this machine can have it\n" : "\n");
  }
  if (!config.rate_limit.is_on()) {
    out << "rate limit: off\n";
    return;
  }
  out << "rate limit: to one client prefix " << config.rate_limit.answers_per_second << " equal answers a second";
  if (const unsigned all = config.rate_limit.all_rate(); all > 0) {
    out << ", " << all << " in all";
  }
  out << "\n";
}

}  // namespace

ExitCode run_server(const config::Config& config, util::Log& log) {
  const auto account = account_for(config);
  if (!account) {
    return refuse(log, ExitCode::kUsage, account.error());
  }
  const net::WorkerSettings settings = worker_settings(config, worker_count(config), log);
  auto sockets = open_sockets(config, settings.workers, log);
  if (!sockets) {
    return refuse(log, ExitCode::kAddress, sockets.error());
  }
  std::optional<HttpSocket> http;
  if (config.metrics.listen) {
    http = metrics::bind_http(*config.metrics.listen);  // not to be had: said later, and tried again
  }
  const auto given_up = give_up_rights(*account, log);
  if (!given_up) {
    return refuse(log, ExitCode::kUsage, given_up.error());
  }
  keep_memory_private();
  follow::StoreFollower follower(config.store);  // which asks for names of accounts
  const auto sandboxed = take_cover(config, log);
  if (!sandboxed) {
    return refuse(log, ExitCode::kUsage, sandboxed.error());
  }
  Control control(log);  // before the first thread: none of them is to take the signals
  log.start();
  control.start();
  auto first = first_secrets(config);
  if (!first) {
    return refuse(log, ExitCode::kUsage, first.error());
  }
  Secrets secrets(config, std::move(*first), log);
  // The store is followed as it changes, and the settings stay: only secrets are read again.
  control.on_hangup([&secrets] { secrets.read_again(); });

  control.allow(kForTheRest, "the first load of the store");
  const auto pause = [&control](milliseconds time) { return !control.wait_for(time); };
  auto loaded = load_store(std::move(follower), pause, log);
  if (!loaded) {
    return loaded.error();
  }
  follow::log_loaded(*loaded, log);
  leave_served_mark(service_directories(), log);
  return answer_until_told(config, settings, {std::move(*sockets), std::move(http), *sandboxed},
                           std::move(loaded->follower), secrets, control, log);
}

ExitCode check(const config::Config& config, const util::Log& log, std::ostream& out) {
  const auto account = account_for(config);
  if (!account) {
    return refuse(log, ExitCode::kUsage, account.error());
  }
  if (*account) {  // what that user may not read, the server could not
    const auto given_up = give_up_rights(*account, log);
    if (!given_up) {
      return refuse(log, ExitCode::kUsage, given_up.error());
    }
  }
  for (const zonestore::SocketAddress& address : config.listen) {
    if (const auto own = net::refuse_shared(address); !own) {
      return refuse(log, ExitCode::kAddress, own.error());
    }
  }
  keep_memory_private();
  if (const auto cover = cover_to_be_had(config); !cover) {
    return refuse(log, ExitCode::kUsage, cover.error());
  }
  if (const auto first = first_secrets(config); !first) {
    return refuse(log, ExitCode::kUsage, first.error());
  }
  const auto pause = [](milliseconds time) {
    std::this_thread::sleep_for(time);
    return true;
  };
  const auto loaded = load_store(follow::StoreFollower(config.store), pause, log);
  if (!loaded) {
    return loaded.error();
  }
  out << "config: good\n";
  print_limits(config, out);
  for (const zonestore::PublishedZone& zone : loaded->follower.loaded().head.zones) {
    out << "zone " << zone.apex.to_text_no_dot() << ": serial " << zone.serial.value << ", " << zone.record_set_count
        << " record sets\n";
  }
  out << "sandbox: " << *cover_to_be_had(config) << "\n";
  print(loaded->report, follow::process_memory(), out);
  return ExitCode::kEnded;
}

}  // namespace dnsd
