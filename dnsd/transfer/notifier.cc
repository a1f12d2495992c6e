#include "dnsd/transfer/notifier.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/socket.h>

#include "dnsd/transfer/notify_message.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd::transfer {
namespace {

using zonestore::SocketAddress;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLatestAfterStart{10'000};

bool is_loopback(const SocketAddress& address) {
  const auto bytes = address.bytes();
  if (!address.is_ipv6()) {
    return bytes[0] == 127;
  }
  return bytes.back() == 1 && std::ranges::all_of(bytes.first(15), [](std::uint8_t byte) { return byte == 0; });
}

bool is_same_host(const SocketAddress& left, const SocketAddress& right) {
  return std::ranges::equal(left.bytes(), right.bytes());
}

// Where the system would send from; nullopt: nowhere.
std::optional<SocketAddress> route_to(const SocketAddress& target) {
  const zonestore::FileDescriptor probe(::socket(target.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const own = reinterpret_cast<sockaddr*>(&storage);
  if (!probe.is_open() || ::connect(probe.get(), target.data(), target.size()) != 0 ||
      ::getsockname(probe.get(), own, &size) != 0) {
    return std::nullopt;
  }
  return SocketAddress::from_sockaddr(own);
}

}  // namespace

// One whose answer is waited for, with what that is verified by.
struct Notifier::UnderWay {
  UnderWay(boost::asio::io_context& context, NotifyTarget to) : target(std::move(to)), socket(context) {}

  NotifyTarget target;
  std::shared_ptr<const wire::TsigKeys> keys;
  SentNotify sent;
  boost::asio::posix::stream_descriptor socket;
};

Notifier::Notifier(boost::asio::io_context& context, const InForce& in_force, const Settings& settings,
                   std::vector<SocketAddress> listening, const util::Log& log)
    : context_(context),
      in_force_(in_force),
      settings_(settings),
      listening_(std::move(listening)),
      log_(log),
      plan_(settings.notify_gap),
      timer_(context),
      random_(std::random_device{}()) {}

Notifier::~Notifier() = default;

void Notifier::look() {
  const InForce::Seen now = in_force_.seen();
  if (seen_ != now) {
    set_plan(now);
    seen_ = now;  // only now: what found no memory on its way is tried again at the next look
  }
  send_due();
}

void Notifier::set_plan(const InForce::Seen& now) {
  std::vector<NotifiedZone> zones;
  for (const auto& zone : in_force_.image()->zones) {
    zones.push_back({zone->apex, zone->serial, zone->is_private});
  }
  // Not all at once after a start: what was told before it need not be told in haste.
  const auto late = std::chrono::milliseconds(
      seen_ ? 0 : std::uniform_int_distribution<int>(0, kLatestAfterStart.count())(random_));
  plan_.set(in_force_.peers(), zones, Clock::now(), late);
  // Whoever is not told any more will not be asked again, and may never answer.
  std::erase_if(under_way_, [this](const auto& each) { return !plan_.has(each->target); });
  if (!seen_ || seen_->keys != now.keys || seen_->peers != now.peers) {
    note_other_keys();
    note_missing_keys();
  }
}

// Without its key a peer cannot be told; once that has come, it is.
void Notifier::note_missing_keys() {
  for (const zonestore::Peer& peer : in_force_.peers()) {
    bool has_key = peer.key_names.empty();
    for (const zonestore::Name& name : peer.key_names) {
      const bool is_there = in_force_.tsig_keys()->find(name.wire()) != nullptr;
      has_key = has_key || is_there;
      if (!is_there) {
        log_.warning("tsig_key_missing",
                     {{"peer", peer.name},
                      {"key", name.to_text_no_dot()},
                      {"hint", "make it with tsig_key make, or name another with zonectl secondary set"}});
      }
    }
    const auto [place, is_new] = had_key_.try_emplace(peer.id, has_key);
    if (!is_new && !std::exchange(place->second, has_key) && has_key) {
      plan_.tell_again(peer.id, Clock::now());
    }
  }
}

// What was signed with a key that is another one now is not waited for: the peer may know the new one, and is told by
// that.
void Notifier::note_other_keys() {
  const std::shared_ptr<const wire::TsigKeys> before = std::exchange(keys_, in_force_.tsig_keys());
  if (before == nullptr || before == keys_) {
    return;
  }
  for (const zonestore::Peer& peer : in_force_.peers()) {
    const bool is_other = std::ranges::any_of(peer.key_names, [&](const zonestore::Name& name) {
      const wire::TsigKey* const was = before->find(name.wire());
      const wire::TsigKey* const is = keys_->find(name.wire());
      return was != nullptr && is != nullptr && !wire::is_same_key(was, is);
    });
    if (is_other) {
      std::erase_if(under_way_, [&peer](const auto& each) { return each->target.peer == peer.id; });
      plan_.tell_again(peer.id, Clock::now());
    }
  }
}

void Notifier::note_request(zonestore::SecondaryId peer, const std::optional<zonestore::Name>& key) {
  if (key) {
    used_keys_.insert_or_assign(peer, *key);
  }
  plan_.is_back(peer, Clock::now());
  send_due();
}

void Notifier::stop() {
  timer_.cancel();
  for (const auto& each : under_way_) {
    boost::system::error_code ignored;
    each->socket.close(ignored);
  }
  under_way_.clear();
}

void Notifier::send_due() {
  for (const NotifyPlan::Sending& sending : plan_.take_due(Clock::now())) {
    send(sending);
  }
  if (const auto next = plan_.next_due()) {
    timer_.expires_at(*next);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) {
        send_due();
      }
    });
  }
}

const zonestore::Peer* Notifier::find(zonestore::SecondaryId peer) const {
  const auto place = std::ranges::find(in_force_.peers(), peer, &zonestore::Peer::id);
  return place == in_force_.peers().end() ? nullptr : &*place;
}

// The one that it used last; until it has used one, those that there are take turns.
const wire::TsigKey* Notifier::key_for(const zonestore::Peer& peer, unsigned attempt) const {
  const wire::TsigKeys& keys = *in_force_.tsig_keys();
  const auto used = used_keys_.find(peer.id);
  if (used != used_keys_.end() && std::ranges::find(peer.key_names, used->second) != peer.key_names.end()) {
    if (const wire::TsigKey* const key = keys.find(used->second.wire())) {
      return key;
    }
  }
  for (std::size_t index = 0; index < peer.key_names.size(); ++index) {
    const zonestore::Name& name = peer.key_names[(attempt + index) % peer.key_names.size()];
    if (const wire::TsigKey* const key = keys.find(name.wire())) {
      return key;
    }
  }
  return nullptr;
}

// False: dnsd has no address of that family to send from.
bool Notifier::bind_source(int socket, const SocketAddress& target) {
  const auto& set = target.is_ipv6() ? settings_.notify_source_v6 : settings_.notify_source_v4;
  std::optional<SocketAddress> source = set;
  if (!source) {
    const auto is_of_family = [&](const SocketAddress& own) { return own.is_ipv6() == target.is_ipv6(); };
    const auto is_wildcard = [&](const SocketAddress& own) { return is_of_family(own) && own.is_wildcard(); };
    if (std::ranges::any_of(listening_, is_wildcard)) {
      return true;  // the route's choice
    }
    const auto route = route_to(target);
    auto place = std::ranges::find_if(listening_, [&](const SocketAddress& own) {
      return route && is_of_family(own) && is_same_host(own, *route);
    });
    if (place == listening_.end()) {
      place = std::ranges::find_if(listening_, [&](const SocketAddress& own) {
        return is_of_family(own) && is_loopback(own) == is_loopback(target);
      });
    }
    if (place == listening_.end()) {
      return false;
    }
    source = SocketAddress::from_bytes(place->bytes(), 0);
  }
  return ::bind(socket, source->data(), source->size()) == 0;
}

void Notifier::send(const NotifyPlan::Sending& sending) {
  const zonestore::Peer* const peer = find(sending.target.peer);
  const std::shared_ptr<const zone::Zone> zone = in_force_.image()->find(sending.target.zone);
  if (peer == nullptr || zone == nullptr) {
    return;
  }
  say(sending.target, sending.said, "");
  const wire::TsigKey* const key = key_for(*peer, sending.attempt);
  if (key == nullptr && !peer->key_names.empty()) {
    return;  // tsig_key_missing was said
  }
  const SocketAddress& address = sending.target.address;
  zonestore::FileDescriptor socket(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) {
    return;  // of the next attempt
  }
  if (!bind_source(socket.get(), address)) {
    if (!std::exchange(said_no_source_, true)) {
      log_.warning("notify_no_source",
                   {{"peer", peer->name},
                    {"address", address.to_text()},
                    {"hint", address.is_ipv6() ? "set transfer.notify_source_v6" : "set transfer.notify_source_v4"}});
    }
    return;
  }
  auto under_way = std::make_shared<UnderWay>(context_, sending.target);
  under_way->keys = in_force_.tsig_keys();
  under_way->sent = make_notify(*zone, static_cast<std::uint16_t>(random_()), key, in_force_.settings().unix_seconds);
  if (::connect(socket.get(), address.data(), address.size()) != 0) {
    return;
  }
  (void)::send(socket.get(), under_way->sent.message.data(), under_way->sent.message.size(), MSG_NOSIGNAL);
  under_way->socket.assign(socket.get());
  (void)socket.release();  // only now: assign() may throw
  // The earlier attempt's answer comes too late.
  std::erase_if(under_way_, [&](const auto& each) { return each->target == sending.target; });
  under_way_.push_back(under_way);
  wait_for_answer(under_way);
}

void Notifier::wait_for_answer(const std::shared_ptr<UnderWay>& under_way) {
  std::weak_ptr<UnderWay> weak = under_way;  // who is forgotten is not waited for
  under_way->socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [this, weak](const boost::system::error_code& error) {
                                 const auto held = weak.lock();
                                 if (!error && held) {
                                   take_answer(held);
                                 }
                               });
}

void Notifier::take_answer(const std::shared_ptr<UnderWay>& under_way) {
  std::array<std::uint8_t, 2 * wire::kPlainUdpBytes> answer{};
  const ssize_t count = ::recv(under_way->socket.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT);
  const auto reaction =
      count > 0 ? read_notify_answer(std::span(answer).first(static_cast<std::size_t>(count)), under_way->sent,
                                     under_way->target.zone, *under_way->keys, in_force_.settings().unix_seconds)
                : std::nullopt;
  if (!reaction) {
    if (count >= 0 || errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED) {
      wait_for_answer(under_way);
    }
    return;
  }
  const NotifyPlan::Said said = plan_.answered(under_way->target, *reaction, Clock::now());
  const unsigned rcode = answer[3] & 0x0FU;
  say(under_way->target, said, "RCODE " + std::to_string(rcode));
  if (*reaction == NotifyPlan::Reaction::kUnverified) {
    wait_for_answer(under_way);  // anybody may have sent that: the answer may still come
  } else {
    std::erase(under_way_, under_way);
  }
  send_due();
}

void Notifier::say(const NotifyTarget& target, NotifyPlan::Said said, const std::string& detail) {
  const zonestore::Peer* const peer = find(target.peer);
  const std::string name = peer != nullptr ? peer->name : std::string("?");
  const std::string zone = target.zone.to_text_no_dot();
  const std::string address = target.address.to_text();
  switch (said) {
    case NotifyPlan::Said::kNothing:
      break;
    case NotifyPlan::Said::kUnanswered:
      log_.warning(
          "notify_unanswered",
          {{"zone", zone}, {"peer", name}, {"address", address}, {"hint", "it is asked once a minute from now on"}});
      break;
    case NotifyPlan::Said::kAnsweredAgain:
      log_.info("notify_answered", {{"zone", zone}, {"peer", name}, {"address", address}});
      break;
    case NotifyPlan::Said::kRefused:
      log_.warning("notify_refused", {{"zone", zone}, {"peer", name}, {"address", address}, {"answer", detail}});
      break;
    case NotifyPlan::Said::kUnverified:
      log_.warning("notify_refused", {{"zone", zone},
                                      {"peer", name},
                                      {"address", address},
                                      {"answer", detail},
                                      {"verified", "no"},
                                      {"hint", "does it know the key?"}});
      break;
  }
}

}  // namespace dnsd::transfer
