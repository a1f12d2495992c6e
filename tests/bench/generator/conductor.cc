#include "tests/bench/generator/conductor.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/bench/generator/answer_check.h"

namespace bench {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint64_t kLongestIdleNs = 1'000'000;

std::uint64_t clock_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::uint64_t as_ns(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

// "sel1-mosa._domainkey.dkim.secutix.com", for people.
std::string name_text(std::span<const std::uint8_t> query) {
  std::string text;
  for (std::size_t at = 12; at < query.size() && query[at] != 0; at += 1 + query[at]) {
    text += (text.empty() ? "" : ".") + std::string(reinterpret_cast<const char*>(&query[at + 1]), query[at]);
  }
  return text;
}

}  // namespace

Conductor::Conductor(const RunSettings& settings, Workload& workload)
    : settings_(settings),
      workload_(workload),
      began_ns_(clock_ns()),
      now_ns_(began_ns_),
      last_answer_ns_(began_ns_) {}

void Conductor::tick() {
  now_ns_ = clock_ns();
}

bool Conductor::has_ended() const {
  const bool is_late = settings_.time.count() != 0 && now_ns_ - began_ns_ >= as_ns(settings_.time);
  return is_late || (settings_.queries != 0 && result_.sent >= settings_.queries);
}

// Query number n is due n / rate seconds after the begin.
std::uint64_t Conductor::due_ns() const {
  return began_ns_ + result_.sent * kNsPerSecond / settings_.rate;
}

bool Conductor::may_send() const {
  return !has_ended() && (settings_.rate == 0 || due_ns() <= now_ns_);
}

std::uint64_t Conductor::idle_ns() const {
  if (settings_.rate == 0) {
    return 0;
  }
  return has_ended() ? kLongestIdleNs : std::min(kLongestIdleNs, due_ns() > now_ns_ ? due_ns() - now_ns_ : 0);
}

// Latency counts from when the query was due, so that a server that stalls pays for those that could not be sent.
Flight& Conductor::begin(Flights& flights) {
  const std::uint64_t due = settings_.rate == 0 ? now_ns_ : due_ns();
  ++result_.sent;
  return flights.begin(workload_, due, now_ns_);
}

bool Conductor::take(std::span<const std::uint8_t> message, Flights& flights) {
  Flight* const flight =
      message.size() >= 12 ? flights.find(static_cast<std::uint16_t>(message[0] << 8 | message[1])) : nullptr;
  if (flight == nullptr) {
    ++result_.late;
    return false;
  }
  ++result_.answered;
  last_answer_ns_ = now_ns_;
  result_.latency.add(now_ns_ - flight->due_ns);
  if (settings_.are_checked) {
    if (const char* const fault = find_fault(message, flight->wire(), flight->expected)) {
      if (++result_.wrong == 1) {
        result_.first_fault = std::string(fault) + ", asked for " + name_text(flight->wire());
      }
    }
  }
  flights.end(*flight);
  return true;
}

void Conductor::give_up(Flights& flights) {
  const std::uint64_t patience = as_ns(settings_.patience);
  result_.lost += now_ns_ > patience ? flights.give_up(now_ns_ - patience) : 0;
}

void Conductor::forget(Flights& flights) {
  result_.sent -= flights.give_up(std::numeric_limits<std::uint64_t>::max());
}

void Conductor::count_reconnect() {
  if (++result_.reconnects > 1000 + result_.answered) {
    throw std::runtime_error("the server closes its connections without an answer");
  }
}

RunResult Conductor::result() {
  result_.took = std::chrono::nanoseconds(last_answer_ns_ - began_ns_);
  return result_;
}

}  // namespace bench
