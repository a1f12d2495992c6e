#include "dnsd/metrics/counters.h"

namespace dnsd::metrics {

void add(Totals& totals, const WorkerCounters& counters) {
  totals.udp_queries += counters.udp_queries.read();
  totals.udp_answers += counters.udp_answers.read();
  totals.udp_dropped += counters.udp_dropped.read();
  totals.udp_oversized += counters.udp_oversized.read();
  totals.udp_truncated += counters.udp_truncated.read();
  totals.udp_broadcast += counters.udp_broadcast.read();
  totals.tcp_connections += counters.tcp_connections.read();
  totals.tcp_refused += counters.tcp_refused.read();
  totals.tcp_evicted += counters.tcp_evicted.read();
  totals.tcp_timed_out += counters.tcp_timed_out.read();
  totals.tcp_queries += counters.tcp_queries.read();
  totals.tcp_answers += counters.tcp_answers.read();
}

void add(Totals& totals, const AnswerCounters& counters) {
  totals.limited_dropped += counters.limited_dropped.read();
  totals.limited_slipped += counters.limited_slipped.read();
}

}  // namespace dnsd::metrics
