#include "dnsd/transfer/session.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "dnsd/answer/expire.h"
#include "dnsd/answer/opt_decision.h"

namespace dnsd::transfer {
namespace {

constexpr std::size_t kInputBytes = 4096;  // questions are short
constexpr int kMessagesPerTurn = 4;        // before others come

double seconds_of(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string in_seconds(std::chrono::steady_clock::duration time) {
  std::string text = std::to_string(seconds_of(time));
  return text.substr(0, text.find('.') + 4);
}

}  // namespace

Session::Session(net::HandedOver connection, const InForce& in_force, JournalSource& journal,
                 const Settings& settings, const util::Log& log, Clock::time_point now)
    : connection_(std::move(connection)),
      in_force_(in_force),
      journal_(journal),
      settings_(settings),
      log_(log),
      input_(std::move(connection_.unread)),
      question_(std::move(connection_.query)),
      output_(std::move(connection_.unsent)),
      since_(now),
      began_(now),
      marked_(now) {
  reader_.feed(input_);
}

Session::Wants Session::go_on(Clock::time_point now) {
  for (int messages = 0; messages < kMessagesPerTurn;) {
    const Sent sent = flush();
    if (sent != Sent::kAll || ended_) {
      return sent == Sent::kKernelIsFull ? Wants::kRoom : Wants::kEnd;
    }
    if (stream_ != nullptr) {
      ++messages;
      if (const std::optional<Wants> next = go_on_streaming(now)) {
        return *next;
      }
    } else if (!question_.empty() || take_question()) {
      ++messages;
      answer_question(now);
    } else if (const Wants next = ended_ ? Wants::kEnd : read_more(); next != Wants::kAgain) {
      return next;
    }
  }
  return Wants::kAgain;
}

// nullopt: there is something to send, or the next question may come.
std::optional<Session::Wants> Session::go_on_streaming(Clock::time_point now) {
  if (!has_turn_) {
    return Wants::kTurn;
  }
  if (!is_let_in()) {
    say_why_it_ends(kNotLetIn);
    return Wants::kEnd;
  }
  const Stream::Prepared prepared = stream_->prepare(now);
  if (prepared != Stream::Prepared::kReady) {
    return prepared == Stream::Prepared::kPause ? Wants::kPause : Wants::kAgain;
  }
  if (!has_place_ && !is_small()) {
    has_turn_ = false;  // a difference that is none: the whole zone waits for its turn as others do
    return Wants::kTurn;
  }
  if (send_message()) {
    return std::nullopt;
  }
  if (stream_->is_broken()) {
    log_.error("transfer_ended", {{"peer", peer_name_}, {"reason", "a record that no message holds"}});
    return Wants::kEnd;
  }
  end_stream(now);
  return std::nullopt;
}

Session::Sent Session::flush() {
  while (output_at_ < output_.size()) {
    const ssize_t count =
        ::send(socket(), output_.data() + output_at_, output_.size() - output_at_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      output_at_ += static_cast<std::size_t>(count);
      sent_bytes_ += static_cast<std::uint64_t>(count);
    } else if (errno != EINTR) {
      return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::kKernelIsFull : Sent::kFailed;
    }
  }
  output_.clear();
  output_at_ = 0;
  return Sent::kAll;
}

// kAgain: something has come.
Session::Wants Session::read_more() {
  input_.resize(kInputBytes);
  const ssize_t count = ::recv(socket(), input_.data(), input_.size(), MSG_DONTWAIT);
  input_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (count > 0) {
    reader_.feed(input_);
    return Wants::kAgain;
  }
  if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
    return Wants::kEnd;
  }
  return Wants::kInput;
}

// False: there is no whole one, or nothing more is to come.
bool Session::take_question() {
  std::span<const std::uint8_t> question;
  switch (reader_.next(question)) {
    case net::FrameReader::Status::kMessage:
      question_.assign(question.begin(), question.end());
      return true;
    case net::FrameReader::Status::kZeroLength:
      ended_ = true;
      return false;
    case net::FrameReader::Status::kNeedMore:
      break;
  }
  return false;
}

void Session::answer_question(Clock::time_point now) {
  const util::Client client{util::Transport::kTcp, connection_.peer.bytes(), settings_.idle};
  answer::Received received;
  answer::receive(question_, *in_force_.image(), in_force_.settings(), received);
  reveal_private_zone(received, client, *in_force_.image(), in_force_.peers());
  since_ = now;
  if (is_request(received)) {
    const Judgement judgement = judge(received, client, in_force_.peers());
    if (judgement.is_stream) {
      begin_stream(received, judgement, client);
      question_.clear();
      return;
    }
    received.transfer = judgement.verdict;
  }
  output_.resize(net::kTcpPrefixBytes + wire::kMaxMessageBytes);
  const std::size_t size = answer::respond(received, std::span(output_).subspan(net::kTcpPrefixBytes),
                                           *in_force_.image(), in_force_.settings(), client)
                               .size;
  output_.resize(size > 0 ? net::kTcpPrefixBytes + size : 0);
  if (size > 0) {
    net::write_prefix(output_.data(), size);
  }
  question_.clear();
}

void Session::begin_stream(const answer::Received& received, const Judgement& judgement, const util::Client& client) {
  const wire::Query& query = received.query;
  Request request{.image = in_force_.image(),
                  .zone = received.place.zone,
                  .keys = in_force_.tsig_keys(),
                  .key = received.signature.key,
                  .peer = *judgement.peer,
                  .from = judgement.from};
  if (query.tsig) {
    request.mac.assign(query.tsig->mac.begin(), query.tsig->mac.end());
    request.original_id = query.tsig->original_id;
  }
  request.form = {.id = query.header.id,
                  .recursion_desired = (query.header.flags & wire::kFlagRecursionDesired) != 0,
                  .question = {query.question.bytes.begin(), query.question.bytes.end()},
                  .opt = answer::decide_opt(query, in_force_.settings(), client).opt,
                  .message_bytes = settings_.message_bytes};
  if (request.form.opt) {
    request.form.opt->expire = answer::expire_for(query, *request.zone);
  }
  peer_name_ = judgement.peer->name;
  asked_ = Asked{request.peer.id, std::nullopt};
  if (request.key != nullptr) {
    for (const zonestore::Name& name : request.peer.key_names) {
      if (std::ranges::equal(name.wire(), request.key->name)) {
        asked_->key = name;
      }
    }
  }
  stream_ = std::make_unique<Stream>(std::move(request), journal_);
  has_turn_ = false;
}

bool Session::renew() noexcept {
  const Request& request = stream_->request();
  const std::shared_ptr<const zone::Image>& newest = in_force_.image();
  if (request.image == newest) {
    return true;
  }
  const std::shared_ptr<const zone::Zone> zone = newest->find(request.zone->apex);
  if (zone != nullptr) {
    stream_->renew(newest, *zone);
  }
  return zone != nullptr;
}

void Session::take_turn(Clock::time_point now) {
  has_turn_ = true;
  has_place_ = !is_small();
  began_ = marked_ = now;
  marked_bytes_ = acknowledged();
}

// False: there was none.
bool Session::send_message() {
  output_.resize(net::kTcpPrefixBytes + wire::kMaxMessageBytes);
  const std::size_t size =
      stream_->next(std::span(output_).subspan(net::kTcpPrefixBytes), in_force_.settings().unix_seconds);
  output_.resize(size > 0 ? net::kTcpPrefixBytes + size : 0);
  if (size > 0) {
    net::write_prefix(output_.data(), size);
  }
  return size > 0;
}

void Session::end_stream(Clock::time_point now) {
  const Request& request = stream_->request();
  const std::string zone = request.zone->apex.to_text_no_dot();
  const char* const whole = request.from ? "ixfr-as-axfr" : "axfr";
  log_.info("transfer", {{"zone", zone},
                         {"peer", peer_name_},
                         {"kind", stream_->is_whole() ? whole : "ixfr"},
                         {"from", request.from ? std::to_string(*request.from) : std::string("-")},
                         {"to", request.zone->serial},
                         {"records", stream_->records()},
                         {"bytes", stream_->bytes()},
                         {"seconds", in_seconds(now - began_)},
                         {"why", stream_->why() ? to_text(*stream_->why()) : "-"}});
  stream_.reset();
  has_turn_ = false;
  peer_name_.clear();
  std::vector<std::uint8_t>().swap(output_);
  since_ = now;
}

bool Session::is_let_in() const {
  if (stream_ == nullptr) {
    return true;
  }
  const Request& request = stream_->request();
  const zonestore::ByteView key =
      request.key != nullptr ? zonestore::ByteView(request.key->name) : zonestore::ByteView();
  return find_peer(in_force_.peers(), *request.zone, key, connection_.peer.bytes()) != nullptr &&
         (key.empty() || in_force_.tsig_keys() == request.keys ||
          wire::is_same_key(in_force_.tsig_keys()->find(key), request.key));
}

bool Session::client_has_ended() const {
  pollfd polled{socket(), POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) > 0;
}

void Session::say_why_it_ends(const char* why) const {
  if (stream_ != nullptr) {
    log_.warning("transfer_ended", {{"zone", stream_->request().zone->apex.to_text_no_dot()},
                                    {"peer", peer_name_},
                                    {"bytes", stream_->bytes()},
                                    {"reason", why}});
  }
}

std::uint64_t Session::acknowledged() const {
  int queued = 0;
  if (::ioctl(socket(), SIOCOUTQ, &queued) != 0 || queued < 0) {
    return sent_bytes_;
  }
  const auto unacknowledged = static_cast<std::uint64_t>(queued);
  return sent_bytes_ > unacknowledged ? sent_bytes_ - unacknowledged : 0;
}

bool Session::is_late(Clock::time_point now) {
  if (stream_ != nullptr && !has_turn_) {
    return now - since_ > settings_.longest;
  }
  if (stream_ == nullptr && output_.empty()) {
    return now - since_ > settings_.idle;
  }
  const std::uint64_t moved = acknowledged();
  if (moved >= marked_bytes_ + kLeastMovedBytes || moved < marked_bytes_) {
    marked_ = now;
    marked_bytes_ = moved;
  }
  return now - marked_ > settings_.stall || now - began_ > settings_.longest;
}

}  // namespace dnsd::transfer
