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
#include "dnsd/net/handler.h"
#include "dnsd/serve/answer_limit.h"
#include "dnsd/util/latest.h"
#include "dnsd/zone/image_hub.h"

namespace dnsd::serve {

class QueryHandler final : public net::Handler {
 public:
  // What may be replaced at any time; all of it outlives the handler.
  struct Sources {
    const zone::ImageHub& hub;
    const util::Latest<answer::CookieSecrets>& cookie_secrets;
    const util::Latest<wire::TsigKeys>& tsig_keys;
  };

  // `settings` without secrets and keys: those are taken from the sources. Without `limit` no answer is held back.
  QueryHandler(const Sources& sources, const answer::Settings& settings,
               std::optional<AnswerLimit> limit = std::nullopt);

  void begin_batch() noexcept override;
  void handle(net::Exchange& exchange) noexcept override;
  [[nodiscard]] std::size_t shorten(std::span<std::uint8_t> answer) noexcept override;
  void handle_all(std::span<net::Exchange> exchanges) noexcept override;

 private:
  // So many queries are under way at once: memory has that much to do side by side, and they stay in the cache.
  static constexpr std::size_t kStride = 16;

  [[nodiscard]] std::size_t answer_to(const answer::Received& received, std::span<std::uint8_t> answer,
                                      const net::Client& client) noexcept;

  Sources sources_;
  answer::Settings settings_;
  std::optional<AnswerLimit> limit_;
  zone::ImageHub::Snapshot image_;
  util::Latest<answer::CookieSecrets>::Snapshot seen_secrets_;
  util::Latest<wire::TsigKeys>::Snapshot seen_keys_;
  std::array<answer::Received, kStride> received_;
};

}  // namespace dnsd::serve
