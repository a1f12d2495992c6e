#include "dnsd/worker_group.h"

#include <exception>
#include <utility>

#include <pthread.h>

#include "dnsd/query_handler.h"

namespace dnsd {

WorkerGroup::WorkerGroup(const net::WorkerSettings& settings, const Sources& sources,
                         std::vector<net::BoundAddress> bound, const util::Log& log, OnFailure on_failure)
    : quota_(settings.tcp.connections_per_address), on_failure_(std::move(on_failure)) {
  if (sources.rate_limit.is_on()) {
    limit_.emplace(sources.rate_limit);
  }
  for (unsigned index = 0; index < settings.workers; ++index) {
    metrics::AnswerCounters& counters = *answer_counters_.emplace_back(std::make_unique<metrics::AnswerCounters>());
    auto handler = std::make_unique<QueryHandler>(
        sources.hub, sources.cookie_secrets, sources.answers,
        limit_ ? std::optional<AnswerLimit>(std::in_place, *limit_, counters, log) : std::nullopt);
    auto worker = std::make_unique<net::Worker>(settings, std::move(handler), quota_, log);
    for (net::BoundAddress& address : bound) {
      worker->serve(std::move(address.udp[index]), std::move(address.tcp[index]));
    }
    workers_.push_back(std::move(worker));
  }
}

WorkerGroup::~WorkerGroup() {
  drain(std::chrono::milliseconds{0});
}

void WorkerGroup::start() {
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    net::Worker& worker = *workers_[index];
    threads_.push_back(start_thread(
        "worker-" + std::to_string(index), [&worker] { worker.run(); }, on_failure_));
  }
}

void WorkerGroup::refresh() {
  for (const auto& worker : workers_) {
    worker->refresh();
  }
}

void WorkerGroup::drain(std::chrono::milliseconds at_most) {
  for (const auto& worker : workers_) {
    worker->drain(at_most);
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

metrics::Totals WorkerGroup::totals() const {
  metrics::Totals totals;
  for (const auto& worker : workers_) {
    metrics::add(totals, worker->counters());
  }
  for (const auto& counters : answer_counters_) {
    metrics::add(totals, *counters);
  }
  return totals;
}

std::thread start_thread(const std::string& name, std::function<void()> body, WorkerGroup::OnFailure on_failure) {
  std::thread thread([name, body = std::move(body), on_failure = std::move(on_failure)] {
    ::pthread_setname_np(::pthread_self(), name.c_str());
    try {
      body();
    } catch (const std::exception& exception) {
      on_failure(name + ": " + exception.what());
    } catch (...) {
      on_failure(name + ": an exception of no known kind");
    }
  });
  return thread;
}

}  // namespace dnsd
