#include "dnsd/serve/query_handler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dnsd/serve/answer_count.h"
#include "dnsd/transfer/gate.h"

namespace dnsd::serve {

QueryHandler::QueryHandler(const transfer::Sources& sources, const answer::Settings& settings,
                           metrics::AnswerCounters& counters, transfer::Service* transfers,
                           std::optional<AnswerLimit> limit)
    : in_force_(sources, settings), counters_(counters), transfers_(transfers), limit_(std::move(limit)) {}

void QueryHandler::begin_batch() noexcept {
  in_force_.refresh();
  if (limit_) {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    limit_->begin_batch(std::chrono::duration_cast<AnswerLimit::Time>(since_start));
  }
}

// The way of pipelined queries. One way for one and for many: answer_to then becomes a part of it, which saves each
// query a call and a stack frame.
void QueryHandler::handle(net::Exchange& exchange) noexcept {
  handle_all({&exchange, 1});
}

void QueryHandler::take_over(net::HandedOver connection) {
  transfers_->adopt(std::move(connection));
}

// The query is read once more: this is rare, and what is known of it is of others by now.
std::size_t QueryHandler::shorten(const net::Exchange& exchange) noexcept {
  answer::receive(exchange.query, *in_force_.image(), in_force_.settings(), received_[0]);
  return answer::shorten(received_[0], exchange.room, exchange.answer_size, in_force_.settings());
}

void QueryHandler::handle_all(std::span<net::Exchange> exchanges) noexcept {
  while (!exchanges.empty()) {
    const std::span now = exchanges.first(std::min(kStride, exchanges.size()));
    for (std::size_t index = 0; index < now.size(); ++index) {
      answer::receive(now[index].query, *in_force_.image(), in_force_.settings(), received_[index]);
    }
    answer::prefetch(std::span(received_).first(now.size()));
    for (std::size_t index = 0; index < now.size(); ++index) {
      answer_to(received_[index], now[index]);
    }
    exchanges = exchanges.subspan(now.size());
  }
}

void QueryHandler::answer_to(answer::Received& received, net::Exchange& exchange) noexcept {
  if (received.place.zone == nullptr) {
    transfer::reveal_private_zone(received, exchange.client, *in_force_.image(), in_force_.peers());
  }
  if (transfers_ != nullptr && transfer::is_request(received) && is_handed_over(received, exchange.client)) {
    exchange.hand_over = true;
    count_query(received, exchange.client, answer::CookieState::kNone, counters_);
    return;
  }
  const answer::Answered made =
      answer::respond(received, exchange.room, *in_force_.image(), in_force_.settings(), exchange.client);
  exchange.answer_size = made.size;
  // Only datagrams have addresses that may be forged: who has a connection is where it says.
  if (limit_ && exchange.client.transport == net::Transport::kUdp) {
    exchange.answer_size = limit_->pass(exchange.room.first(made.size), made, exchange.client.address);
  }
  count(received, made, exchange, counters_);
}

// False: one message is the answer.
bool QueryHandler::is_handed_over(answer::Received& received, const net::Client& client) const noexcept {
  const transfer::Judgement judgement = transfer::judge(received, client, in_force_.peers());
  received.transfer = judgement.verdict;
  const zone::Zone* const zone = transfer::zone_asked_for(received, *in_force_.image());
  if (judgement.peer == nullptr && zone != nullptr) {
    transfers_->note_refused(zone->apex, client.address, received.signature.is_good());
  }
  return judgement.is_stream;
}

}  // namespace dnsd::serve
