#include "dnsd/serve/query_handler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dnsd/wire/truncate.h"

namespace dnsd::serve {

QueryHandler::QueryHandler(const Sources& sources, const answer::Settings& settings, std::optional<AnswerLimit> limit)
    : sources_(sources),
      settings_(settings),
      limit_(std::move(limit)),
      image_(sources.hub.current()),
      seen_secrets_(sources.cookie_secrets.current()),
      seen_keys_(sources.tsig_keys.current()) {
  settings_.cookie_secrets = seen_secrets_.value.get();
  settings_.tsig_keys = seen_keys_.value.get();
}

void QueryHandler::begin_batch() noexcept {
  // Numbers are compared; a lock is taken only when something has been published.
  if (sources_.hub.generation() != image_.generation) {
    image_ = sources_.hub.current();
  }
  if (sources_.cookie_secrets.generation() != seen_secrets_.generation) {
    seen_secrets_ = sources_.cookie_secrets.current();
    settings_.cookie_secrets = seen_secrets_.value.get();
  }
  if (sources_.tsig_keys.generation() != seen_keys_.generation) {
    seen_keys_ = sources_.tsig_keys.current();
    settings_.tsig_keys = seen_keys_.value.get();
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  settings_.unix_seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  if (limit_) {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    limit_->begin_batch(std::chrono::duration_cast<AnswerLimit::Time>(since_start));
  }
}

// The way of pipelined queries. Without prefetch there is no guess of the node, and the general way answers: byte for
// byte the same.
void QueryHandler::handle(net::Exchange& exchange) noexcept {
  answer::receive(exchange.query, *image_.image, settings_, received_[0]);
  exchange.answer_size = answer_to(received_[0], exchange.room, exchange.client);
}

std::size_t QueryHandler::shorten(std::span<std::uint8_t> answer) noexcept {
  return wire::truncate_answer(answer);
}

void QueryHandler::handle_all(std::span<net::Exchange> exchanges) noexcept {
  while (!exchanges.empty()) {
    const std::span now = exchanges.first(std::min(kStride, exchanges.size()));
    for (std::size_t index = 0; index < now.size(); ++index) {
      answer::receive(now[index].query, *image_.image, settings_, received_[index]);
    }
    answer::prefetch(std::span(received_).first(now.size()));
    for (std::size_t index = 0; index < now.size(); ++index) {
      now[index].answer_size = answer_to(received_[index], now[index].room, now[index].client);
    }
    exchanges = exchanges.subspan(now.size());
  }
}

std::size_t QueryHandler::answer_to(const answer::Received& received, std::span<std::uint8_t> answer,
                                    const net::Client& client) noexcept {
  const answer::Answered made = answer::respond(received, answer, *image_.image, settings_, client);
  // Only datagrams have addresses that may be forged: who has a connection is where it says.
  if (limit_ && client.transport == net::Transport::kUdp) {
    return limit_->pass(answer.first(made.size), made, client.address);
  }
  return made.size;
}

}  // namespace dnsd::serve
