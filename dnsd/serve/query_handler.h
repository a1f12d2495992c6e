// What a worker does with a query: answers it from the newest image, within the rate limit. Joins net's seam to
// the pure answer code, and hands it what it must not look for itself: the time, the client, the secrets in force.
// Threads: its worker's; the hub and the secrets outlive it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/answer/responder.h"
#include "dnsd/metrics/answer_tally.h"
#include "dnsd/net/handler.h"
#include "dnsd/serve/answer_limit.h"
#include "dnsd/transfer/in_force.h"
#include "dnsd/transfer/service.h"

namespace dnsd::serve {

class QueryHandler final : public net::Handler {
 public:
  // `settings` without secrets and keys: those are taken from the sources. `transfers`: who goes on with a connection
  // that a transfer was asked for on; nullptr: nobody, and every transfer is refused. Without `limit` no answer is
  // held back. All of them outlive the handler, and so do the counters, which it alone writes.
  QueryHandler(const transfer::Sources& sources, const answer::Settings& settings, metrics::AnswerCounters& counters,
               transfer::Service* transfers = nullptr, std::optional<AnswerLimit> limit = std::nullopt);

  void begin_batch() noexcept override;
  void handle(net::Exchange& exchange) noexcept override;
  void take_over(net::HandedOver connection) override;
  [[nodiscard]] std::size_t shorten(const net::Exchange& exchange) noexcept override;
  void handle_all(std::span<net::Exchange> exchanges) noexcept override;

 private:
  // So many queries are under way at once: memory has that much to do side by side, and they stay in the cache.
  static constexpr std::size_t kStride = 16;

  void answer_to(answer::Received& received, net::Exchange& exchange) noexcept;
  [[nodiscard]] bool is_handed_over(answer::Received& received, const net::Client& client) const noexcept;

  transfer::InForce in_force_;
  metrics::AnswerCounters& counters_;
  transfer::Service* transfers_;
  std::optional<AnswerLimit> limit_;
  std::array<answer::Received, kStride> received_;
};

}  // namespace dnsd::serve
