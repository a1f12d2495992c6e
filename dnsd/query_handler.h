// What a worker does with a query: answers it from the newest image. Joins net's seam to the pure answer code.
// Threads: its worker's; the hub outlives it.
#pragma once

#include <memory>

#include "dnsd/answer/responder.h"
#include "dnsd/image_hub.h"
#include "dnsd/net/handler.h"

namespace dnsd {

class QueryHandler final : public net::Handler {
 public:
  QueryHandler(const ImageHub& hub, const answer::Limits& limits)
      : hub_(hub), limits_(limits), seen_(hub.current()) {}

  void begin_batch() override {
    if (hub_.generation() != seen_.generation) {
      seen_ = hub_.current();
    }
  }

  [[nodiscard]] std::size_t handle(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                                   const net::Client& client) noexcept override {
    answer::Client asking;
    asking.transport = client.transport == net::Transport::kUdp ? answer::Transport::kUdp : answer::Transport::kTcp;
    asking.address = client.address;
    return answer::respond(query, answer, *seen_.image, limits_, asking).size;
  }

 private:
  const ImageHub& hub_;
  answer::Limits limits_;
  ImageHub::Snapshot seen_;
};

}  // namespace dnsd
