// What a worker does with a query: answers it from the newest image, within the rate limit. Joins net's seam to
// the pure answer code, and hands it what it must not look for itself: the time, the client, the secrets in force.
// Threads: its worker's; the hub and the secrets outlive it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "dnsd/answer/responder.h"
#include "dnsd/answer_limit.h"
#include "dnsd/image_hub.h"
#include "dnsd/latest.h"
#include "dnsd/net/handler.h"

namespace dnsd {

class QueryHandler final : public net::Handler {
 public:
  // `settings` without cookie secrets: those are taken from `secrets`, which may be replaced at any time. Without
  // `limit` no answer is held back.
  QueryHandler(const ImageHub& hub, const Latest<answer::CookieSecrets>& secrets, const answer::Settings& settings,
               std::optional<AnswerLimit> limit = std::nullopt)
      : hub_(hub),
        secrets_(secrets),
        settings_(settings),
        limit_(std::move(limit)),
        image_(hub.current()),
        seen_secrets_(secrets.current()) {
    settings_.cookie_secrets = seen_secrets_.value.get();
  }

  void begin_batch() override {
    if (hub_.generation() != image_.generation) {
      image_ = hub_.current();
    }
    if (secrets_.generation() != seen_secrets_.generation) {
      seen_secrets_ = secrets_.current();
      settings_.cookie_secrets = seen_secrets_.value.get();
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    unix_seconds_ = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    if (limit_) {
      const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
      limit_->begin_batch(std::chrono::duration_cast<AnswerLimit::Time>(since_start));
    }
  }

  [[nodiscard]] std::size_t handle(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                                   const net::Client& client) noexcept override {
    const answer::Answered made = answer::respond(query, answer, *image_.image, settings_, seen_by_answer(client));
    if (limit_ && client.transport == net::Transport::kUdp) {
      return limit_->pass(answer.first(made.size), made, client.address);
    }
    return made.size;
  }

 private:
  [[nodiscard]] answer::Client seen_by_answer(const net::Client& client) const {
    constexpr std::chrono::milliseconds kKeepaliveUnit{100};  // RFC 7828 section 3.1
    constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
    return {.transport = client.transport == net::Transport::kUdp ? answer::Transport::kUdp : answer::Transport::kTcp,
            .address = client.address,
            .unix_seconds = unix_seconds_,
            .keepalive = static_cast<std::uint16_t>(std::min(client.idle / kKeepaliveUnit, kMost))};
  }

  const ImageHub& hub_;
  const Latest<answer::CookieSecrets>& secrets_;
  answer::Settings settings_;
  std::optional<AnswerLimit> limit_;
  ImageHub::Snapshot image_;
  Latest<answer::CookieSecrets>::Snapshot seen_secrets_;
  std::uint32_t unix_seconds_ = 0;
};

}  // namespace dnsd
