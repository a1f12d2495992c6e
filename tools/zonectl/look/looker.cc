#include "tools/zonectl/look/looker.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "tools/zonectl/look/child.h"
#include "tools/zonectl/look/messages.h"
#include "tools/zonectl/probe/customer.h"
#include "tools/zonectl/probe/serials.h"

namespace zonectl::look {

using probe::Finding;
using probe::NameServer;
using probe::Patience;
using probe::World;
using std::chrono::steady_clock;
using zonestore::Milliseconds;
using zonestore::Verdict;

namespace {

constexpr std::size_t kTasksAtOnce = 64;
// In a look before a rotation.
constexpr Milliseconds kQuickServer{400};
constexpr Milliseconds kQuickResolver{700};
constexpr Milliseconds kForAnswering{150};  // of the budget: what was seen has to arrive too
// How long an answer of our own name servers' names is good, and who was silent is left alone: of thousands of looks
// not each waits for the same dead machine.
constexpr Milliseconds kAddressesAreGood{30'000};
constexpr Milliseconds kLeftAlone{10'000};

// Remembers for a while.
class Silence {
 public:
  void note(const std::string& who) { until_[who] = steady_clock::now() + kLeftAlone; }
  [[nodiscard]] bool holds(const std::string& who) const {
    const auto found = until_.find(who);
    return found != until_.end() && steady_clock::now() < found->second;
  }

 private:
  std::map<std::string, SteadyTime> until_;
};

class Looker {
 public:
  Looker(int pipe, const Means& means) : pipe_(pipe), means_(means) {}

  void run() {
    while (std::optional<Frame> frame = read_frame(pipe_)) {
      std::optional<Task> task = read_task(frame->payload);
      if (!task) {
        return;
      }
      wait_for_room();
      std::thread([this, number = frame->number, task = *std::move(task)] {
        serve(number, task);
        const std::lock_guard lock(mutex_);
        --at_work_;
        room_.notify_one();
      }).detach();
    }
  }

 private:
  void wait_for_room() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return at_work_ < kTasksAtOnce; });
    ++at_work_;
  }

  void serve(std::uint32_t number, const Task& task) {
    const zonestore::Bytes answer = task.kind == Kind::kZone          ? write_seen(zone(task))
                                    : task.kind == Kind::kSerials     ? write_seen(serials(task))
                                    : task.kind == Kind::kAllServers  ? write_seen(all_servers(task))
                                    : task.kind == Kind::kSecondaries ? write_seen(secondaries(task))
                                    : task.kind == Kind::kResolver    ? write_resolver_answers(resolver_serves(task))
                                    : task.kind == Kind::kRotation    ? write_seen(rotation(task))
                                                                      : write_seen(institution(task));
    const std::lock_guard lock(writing_);
    write_frame(pipe_, number, answer);
  }

  [[nodiscard]] World world_of(const Task& task, const Patience& patience, const Patience& for_resolver) const {
    return World{probe::Resolver(means_.resolvers, for_resolver),
                 patience,
                 task.dkim_zone,
                 task.spf_zone,
                 {},
                 {},
                 {},
                 means_.suffixes.get()};
  }
  // Where there is time.
  [[nodiscard]] World patient_world(const Task& task) const {
    const Patience patience{means_.timeout, 2};
    return world_of(task, patience, {patience.timeout * 2, 2});  // a resolver asks others in turn
  }

  [[nodiscard]] std::vector<NameServer> servers_of(const World& world, const Task& task) const {
    if (means_.servers.empty()) {
      return with_addresses(world.resolver, task.zone.name_servers);
    }
    std::vector<NameServer> servers;
    for (const probe::Address& address : means_.servers) {
      servers.push_back({zonestore::Name(), address});
    }
    return servers;
  }

  // Any name of the world's will do that a resolver is sure to know.
  [[nodiscard]] bool resolver_serves(const Task& task) const {
    const World world = patient_world(task);
    for (const zonestore::Name& name : {zonestore::Name(), task.dkim_zone}) {
      const probe::Reply reply = world.resolver.ask({name, zonestore::RecordType::kNs});
      if (reply.is(probe::kNoError) || reply.is(probe::kNxDomain)) {
        return true;
      }
    }
    return false;
  }

  std::vector<zonestore::ServerEvidence> zone(const Task& task) {
    const World world = patient_world(task);
    const std::vector<NameServer> servers = servers_of(world, task);
    std::vector<zonestore::ServerEvidence> evidence = look_at_zone(world, task.zone, servers);
    if (task.zone.apex == task.dkim_zone) {
      keep_own(servers, evidence);
    }
    return evidence;
  }

  [[nodiscard]] std::vector<zonestore::ServerEvidence> serials(const Task& task) const {
    const SteadyTime until = steady_clock::now() + Milliseconds{task.budget_ms};
    return look_at_serials({task.zone, task.known_servers, means_.servers}, means_.resolvers, until);
  }

  [[nodiscard]] std::vector<zonestore::ServerEvidence> secondaries(const Task& task) const {
    const Patience quick{kQuickServer, 2, steady_clock::now() + Milliseconds{task.budget_ms}};
    return look_at_secondaries(task.zone, task.secondaries,
                               task.budget_ms != 0 ? quick : Patience{means_.timeout, 2});
  }

  [[nodiscard]] std::vector<zonestore::ServerEvidence> all_servers(const Task& task) const {
    return look_at_all_servers({task.zone, task.known_servers, task.secondaries, means_.servers}, means_.resolvers,
                               means_.timeout);
  }

  // A silent server is not asked for every slot of every institution.
  void keep_own(const std::vector<NameServer>& servers, const std::vector<zonestore::ServerEvidence>& evidence) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (evidence[i].verdict == Verdict::kUnreachable) {
        silent_servers_.push_back(evidence[i].server);
        continue;
      }
      own_servers_.push_back(servers[i]);
      if (evidence[i].verdict == Verdict::kLagging) {
        lagging_servers_.push_back(evidence[i].server);
      }
    }
  }

  SeenInstitution institution(const Task& task) {
    World world = patient_world(task);
    {
      const std::lock_guard lock(mutex_);
      world.own_servers = own_servers_;
      world.silent_servers = silent_servers_;
      world.lagging_servers = lagging_servers_;
    }
    const probe::Report report = look_at_institution(world, *task.subject);
    SeenInstitution seen{report.findings, {}};
    for (std::size_t i = 0; i < report.slots.size(); ++i) {
      const std::optional<zonestore::Bytes>& wanted = task.subject->slots.at(i).rdata;
      const std::vector<zonestore::Bytes>& came = report.slots[i].seen;
      seen.served.push_back(wanted && std::find(came.begin(), came.end(), *wanted) != came.end());
    }
    return seen;
  }

  // ---- before a rotation: all side by side, and done when the time is over ----

  SeenInstitution rotation(const Task& task) {
    const SteadyTime until =
        steady_clock::now() + std::max(Milliseconds{task.budget_ms} - kForAnswering, kForAnswering);
    const Patience for_resolver{kQuickResolver, 2, until};
    World world = world_of(task, {kQuickServer, 2, until}, for_resolver);
    if (!resolver_answers(task, for_resolver)) {
      world.resolver = probe::Resolver({}, for_resolver);
    }
    std::vector<std::future<std::vector<Finding>>> looks;
    for (const zonestore::DomainInstructions& domain : task.subject->domains) {
      looks.push_back(std::async(std::launch::async, [&world, &task, &domain] {
        return look_quickly_at_domain(world, *task.subject, domain, task.target);
      }));
    }
    SeenInstitution seen;
    seen.findings.push_back(own_side(task, world));
    for (std::future<std::vector<Finding>>& look : looks) {
      for (Finding& finding : look.get()) {
        seen.findings.push_back(std::move(finding));
      }
    }
    return seen;
  }

  Finding own_side(const Task& task, World world) {
    sort_servers(task, world);
    probe::OwnSlot own =
        look_quickly_at_own_slot(world, task.subject->slots.at(static_cast<std::size_t>(task.target) - 1));
    const std::lock_guard lock(mutex_);
    for (const NameServer& server : world.own_servers) {
      const std::string name = server.to_text();
      const auto among = [&name](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      if (!among(own.finding.served) && !among(own.finding.behind)) {
        silence_.note(name);
      }
    }
    return std::move(own.finding);
  }

  void sort_servers(const Task& task, World& world) {
    for (NameServer& server : quick_servers(task, world)) {
      const std::lock_guard lock(mutex_);
      if (silence_.holds(server.to_text())) {
        world.silent_servers.push_back(server.to_text());
      } else {
        world.own_servers.push_back(std::move(server));
      }
    }
  }

  // Those of thousands of looks are looked up once.
  std::vector<NameServer> quick_servers(const Task& task, const World& world) {
    const std::lock_guard lock(looking_up_);
    if (quick_servers_.empty() || steady_clock::now() > quick_servers_good_until_) {
      quick_servers_ = servers_of(world, task);
      quick_servers_good_until_ = steady_clock::now() + kAddressesAreGood;
    }
    return quick_servers_;
  }

  bool resolver_answers(const Task& task, const Patience& patience) {
    const std::lock_guard lock(looking_up_);
    if (steady_clock::now() < resolver_known_until_) {
      return resolver_answers_;
    }
    // Any answer will do: that of a zone's name servers is remembered by every resolver.
    const probe::Resolver resolver(means_.resolvers, patience);
    resolver_answers_ = resolver.ask({task.dkim_zone, zonestore::RecordType::kNs}).answered;
    resolver_known_until_ = steady_clock::now() + (resolver_answers_ ? kAddressesAreGood : kLeftAlone);
    return resolver_answers_;
  }

  int pipe_;
  const Means& means_;
  std::mutex writing_;
  std::mutex mutex_;  // of what follows
  std::condition_variable room_;
  std::size_t at_work_ = 0;
  std::vector<NameServer> own_servers_;
  std::vector<std::string> silent_servers_;
  std::vector<std::string> lagging_servers_;
  Silence silence_;
  std::mutex looking_up_;  // of what follows
  std::vector<NameServer> quick_servers_;
  SteadyTime quick_servers_good_until_{};
  bool resolver_answers_ = false;
  SteadyTime resolver_known_until_{};
};

}  // namespace

void look_for_parent(int pipe, const Means& means) {
  Means own = means;
  if (own.suffixes == nullptr) {
    own.suffixes = std::make_shared<const probe::PublicSuffixes>();  // that of libpsl: no file can be opened
  }
  Looker(pipe, own).run();
  ::_exit(0);  // threads may be at work: with this process they end
}

}  // namespace zonectl::look
