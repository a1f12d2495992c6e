#include "dnsd/metrics/catalogue.h"

#include <algorithm>
#include <type_traits>

namespace dnsd::metrics {
namespace {

constexpr Family kReceived{"dnsd_messages_received_total",
                           "Messages received: datagrams, and messages over TCP; queries and what is none"};
constexpr Family kSent{"dnsd_messages_sent_total", "Answers handed to the kernel"};
constexpr Family kBytes{"dnsd_answer_bytes_total", "Bytes of answers, headers of UDP and TCP left out"};
constexpr Family kDropped{"dnsd_queries_dropped_total",
                          "Messages that were not answered, or whose answer was not sent"};
constexpr Family kTruncated{"dnsd_answers_truncated_total",
                            "UDP answers that were sent short, so that the client asks by TCP"};
constexpr Family kRateLimited{"dnsd_rate_limited_total",
                              "UDP answers that the rate limit held back (dropped) or sent truncated (slipped)"};
constexpr Family kConnections{"dnsd_tcp_connections_total",
                              "TCP connections accepted: served, or closed at once (too many from that address; no "
                              "descriptor or no memory)"};
constexpr Family kClosed{"dnsd_tcp_closed_total",
                         "TCP connections that ended: for another one (evicted), because a time ran out, by their "
                         "client, or handed over to send a zone"};
constexpr Family kLogDropped{"dnsd_log_lines_dropped_total",
                             "Lines that the log lost: its reader was slow, or there was no memory"};

// In the order of the line `stopped`, which people and scripts know.
constexpr std::array<Entry, kEntries> kCatalogue{{
    {&kReceived, "transport=\"udp\"", "udp_queries", &SocketCounts::udp_queries},
    {&kSent, "transport=\"udp\"", "udp_answers", &SocketCounts::udp_answers},
    {&kBytes, "transport=\"udp\"", "udp_answer_bytes", &SocketCounts::udp_answer_bytes},
    {&kDropped, "reason=\"send_failed\"", "udp_dropped", &SocketCounts::udp_dropped},
    {&kDropped, "reason=\"oversized\"", "udp_oversized", &SocketCounts::udp_oversized},
    {&kTruncated, "reason=\"interface\"", "udp_truncated", &SocketCounts::udp_truncated},
    {&kDropped, "reason=\"broadcast\"", "udp_broadcast", &SocketCounts::udp_broadcast},
    {&kDropped, "reason=\"short\"", "short_queries", &AnswerCounts::short_queries},
    {&kDropped, "reason=\"response\"", "responses_ignored", &AnswerCounts::responses},
    {&kDropped, "reason=\"no_memory\"", "unsigned_lost", &AnswerCounts::unsigned_lost},
    {&kRateLimited, "action=\"dropped\"", "limited_dropped", &AnswerCounts::limited_dropped},
    {&kRateLimited, "action=\"slipped\"", "limited_slipped", &AnswerCounts::limited_slipped},
    {&kReceived, "transport=\"tcp\"", "tcp_queries", &SocketCounts::tcp_queries},
    {&kSent, "transport=\"tcp\"", "tcp_answers", &SocketCounts::tcp_answers},
    {&kBytes, "transport=\"tcp\"", "tcp_answer_bytes", &SocketCounts::tcp_answer_bytes},
    {&kConnections, "outcome=\"served\"", "tcp_connections", &SocketCounts::tcp_connections},
    {&kConnections, "outcome=\"refused_address\"", "tcp_refused_address", &SocketCounts::tcp_refused_address},
    {&kConnections, "outcome=\"refused_descriptors\"", "tcp_refused_descriptors",
     &SocketCounts::tcp_refused_descriptors},
    {&kClosed, "reason=\"evicted\"", "tcp_evicted", &SocketCounts::tcp_evicted},
    {&kClosed, "reason=\"timed_out\"", "tcp_timed_out", &SocketCounts::tcp_timed_out},
    {&kClosed, "reason=\"lifetime\"", "tcp_lifetime", &SocketCounts::tcp_lifetime},
    {&kClosed, "reason=\"queries\"", "tcp_spent", &SocketCounts::tcp_spent},
    {&kClosed, "reason=\"client\"", "tcp_client", &SocketCounts::tcp_client},
    {&kClosed, "reason=\"no_memory\"", "tcp_lost", &SocketCounts::tcp_lost},
    {&kClosed, "reason=\"drained\"", "tcp_drained", &SocketCounts::tcp_drained},
    {&kClosed, "reason=\"handed_over\"", "tcp_transfers", &SocketCounts::tcp_transfers},
    {&kLogDropped, "", "log_lines_dropped", &ProcessCounts::log_lines_dropped},
}};

// There are as many entries as counters, so none of these is left out if no two are the same.
constexpr bool has_each_counter_once() {
  for (std::size_t index = 0; index < kEntries; ++index) {
    if (kCatalogue[index].family == nullptr) {
      return false;
    }
    for (std::size_t other = 0; other < index; ++other) {
      if (kCatalogue[index].place == kCatalogue[other].place) {
        return false;
      }
    }
  }
  return true;
}
static_assert(has_each_counter_once());

std::uint64_t value_of(const Counter& counter) {
  return counter.read();
}

std::uint64_t value_of(std::uint64_t count) {
  return count;
}

}  // namespace

const std::array<Entry, kEntries>& catalogue() {
  return kCatalogue;
}

template <class Counts>
void Totals::add_all(const Counts& counts) {
  for (std::size_t index = 0; index < kEntries; ++index) {
    std::visit(
        [&](const auto member) {
          if constexpr (std::is_invocable_v<decltype(member), const Counts&>) {
            values_[index] += value_of(counts.*member);
          }
        },
        kCatalogue[index].place);
  }
}

void Totals::add(const SocketCounts& counts) {
  add_all(counts);
}

void Totals::add(const AnswerCounts& counts) {
  add_all(counts);
}

void Totals::add(const ProcessCounts& counts) {
  add_all(counts);
}

std::uint64_t Totals::of(const Place& place) const {
  const auto entry = std::ranges::find(kCatalogue, place, &Entry::place);
  return values_[static_cast<std::size_t>(entry - kCatalogue.begin())];
}

std::uint64_t Totals::sum(std::string_view family) const {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < kEntries; ++index) {
    sum += kCatalogue[index].family->name == family ? values_[index] : 0;
  }
  return sum;
}

}  // namespace dnsd::metrics
