// What a worker does with a query: answers it from the newest image, within the rate limit. Joins net's seam to
// the pure answer code.
// Threads: its worker's; the hub outlives it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "dnsd/answer/responder.h"
#include "dnsd/answer_limit.h"
#include "dnsd/image_hub.h"
#include "dnsd/net/handler.h"

namespace dnsd {

class QueryHandler final : public net::Handler {
 public:
  // Without `limit` no answer is held back.
  QueryHandler(const ImageHub& hub, const answer::Limits& limits, std::optional<AnswerLimit> limit = std::nullopt)
      : hub_(hub), limits_(limits), limit_(std::move(limit)), seen_(hub.current()) {}

  void begin_batch() override {
    if (hub_.generation() != seen_.generation) {
      seen_ = hub_.current();
    }
    if (limit_) {
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      limit_->begin_batch(std::chrono::duration_cast<AnswerLimit::Time>(now));
    }
  }

  [[nodiscard]] std::size_t handle(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                                   const net::Client& client) noexcept override {
    answer::Client asking;
    asking.transport = client.transport == net::Transport::kUdp ? answer::Transport::kUdp : answer::Transport::kTcp;
    asking.address = client.address;
    const answer::Answered made = answer::respond(query, answer, *seen_.image, limits_, asking);
    if (limit_ && client.transport == net::Transport::kUdp) {
      return limit_->pass(answer.first(made.size), made, client.address);
    }
    return made.size;
  }

 private:
  const ImageHub& hub_;
  answer::Limits limits_;
  std::optional<AnswerLimit> limit_;
  ImageHub::Snapshot seen_;
};

}  // namespace dnsd
