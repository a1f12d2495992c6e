#include "dnsd/serve/worker_group.h"

#include <condition_variable>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include <pthread.h>

#include "dnsd/serve/query_handler.h"

namespace dnsd::serve {

// Which of the threads have ended.
struct WorkerGroup::Ended {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> workers;
  std::size_t count = 0;
  std::size_t without_tcp = 0;  // whose connections have ended, of those that were told to end them first

  void note(std::size_t index) {
    const std::lock_guard lock(mutex);
    workers[index] = true;
    ++count;
    changed.notify_all();
  }
  void note_without_tcp() {
    const std::lock_guard lock(mutex);
    ++without_tcp;
    changed.notify_all();
  }
};

WorkerGroup::WorkerGroup(const net::WorkerSettings& settings, const Sources& sources,
                         std::vector<net::BoundAddress> bound, const util::Log& log, util::OnFailure on_failure)
    : on_failure_(std::move(on_failure)),
      ended_(std::make_unique<Ended>()),
      told_to_drain_tcp_(settings.workers),
      told_to_drain_(settings.workers) {
  if (sources.rate_limit.is_on()) {
    limit_.emplace(sources.rate_limit);
  }
  for (unsigned index = 0; index < settings.workers; ++index) {
    metrics::AnswerCounters& counters = *answer_counters_.emplace_back(std::make_unique<metrics::AnswerCounters>());
    auto handler = std::make_unique<QueryHandler>(
        sources.in_force, sources.answers, counters, &sources.transfers,
        limit_ ? std::optional<AnswerLimit>(std::in_place, *limit_, counters, log) : std::nullopt);
    auto worker = std::make_unique<net::Worker>(settings, std::move(handler), sources.quota, log);
    for (net::BoundAddress& address : bound) {
      worker->serve(std::move(address.udp[index]), std::move(address.tcp[index]));
    }
    workers_.push_back(std::move(worker));
  }
}

// No thread may be left: it would use what goes next. Where there is no memory to tell one, it is tried until there
// is.
WorkerGroup::~WorkerGroup() {
  constexpr std::chrono::milliseconds kForMemory{10};
  while (!threads_.empty()) {
    try {
      begin_drain(std::chrono::milliseconds{0});
      while (!wait_ended(std::chrono::hours{1})) {
      }
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kForMemory);
    }
  }
}

void WorkerGroup::start() {
  // Both before the first thread: it notes its end in the one, and a thread that finds no place in the other could
  // not even be joined.
  ended_->workers.resize(workers_.size());
  threads_.reserve(workers_.size());
  clocks_.reserve(workers_.size());
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    threads_.push_back(util::start_thread(
        "worker-" + std::to_string(index),
        [this, index] {
          workers_[index]->run();
          ended_->note(index);
        },
        on_failure_));
    clockid_t clock{};
    const bool has_clock = ::pthread_getcpuclockid(threads_.back().native_handle(), &clock) == 0;
    clocks_.push_back(has_clock ? std::optional(clock) : std::nullopt);
  }
}

void WorkerGroup::refresh() {
  for (const auto& worker : workers_) {
    worker->refresh();
  }
}

std::vector<Pulse> WorkerGroup::pulses() {
  std::vector<Pulse> pulses;
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    const std::lock_guard lock(ended_->mutex);
    // Read before it is asked for: what is seen is the answer to the last question.
    pulses.push_back({workers_[index]->beats(), ended_->workers[index]});
  }
  for (const auto& worker : workers_) {
    worker->ask_for_beat();
  }
  return pulses;
}

void WorkerGroup::begin_tcp_drain(std::chrono::milliseconds at_most) {
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    if (!told_to_drain_tcp_[index]) {
      workers_[index]->drain_tcp(at_most, [this] { ended_->note_without_tcp(); });
      told_to_drain_tcp_[index] = true;
    }
  }
}

// Who has ended has no connection left either.
bool WorkerGroup::wait_tcp_drained(std::chrono::milliseconds at_most) {
  std::unique_lock lock(ended_->mutex);
  return ended_->changed.wait_for(lock, at_most, [this] {
    return threads_.empty() || ended_->count > 0 || ended_->without_tcp >= threads_.size();
  });
}

void WorkerGroup::begin_drain(std::chrono::milliseconds at_most) {
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    // Where memory ran out half way, the next call tells the rest.
    if (!told_to_drain_[index]) {
      workers_[index]->drain(at_most);
      told_to_drain_[index] = true;
    }
  }
}

bool WorkerGroup::wait_ended(std::chrono::milliseconds at_most) {
  {
    std::unique_lock lock(ended_->mutex);
    if (!ended_->changed.wait_for(lock, at_most,
                                  [this] { return threads_.empty() || ended_->count == threads_.size(); })) {
      return false;
    }
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  return true;
}

metrics::WorkerSums WorkerGroup::sums() const {
  metrics::WorkerSums sums;
  for (const auto& worker : workers_) {
    sums.add(worker->counters());
  }
  for (const auto& counters : answer_counters_) {
    sums.add(*counters);
  }
  return sums;
}

// Of a thread that has ended the kernel has no clock, and nobody asks any more.
std::vector<std::optional<double>> WorkerGroup::busy_seconds() const {
  constexpr double kSecond = 1e9;
  std::vector<std::optional<double>> seconds;
  for (const std::optional<clockid_t>& clock : clocks_) {
    timespec used{};
    if (clock && ::clock_gettime(*clock, &used) == 0) {
      seconds.emplace_back(static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / kSecond);
    } else {
      seconds.emplace_back();
    }
  }
  return seconds;
}

std::uint64_t WorkerGroup::receive_drops() const {
  std::uint64_t drops = 0;
  for (const auto& worker : workers_) {
    drops += worker->receive_drops();
  }
  return drops;
}

}  // namespace dnsd::serve
