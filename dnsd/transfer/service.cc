#include "dnsd/transfer/service.h"

#include <algorithm>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dnsd/transfer/notifier.h"
#include "dnsd/transfer/refusals.h"
#include "dnsd/transfer/session.h"
#include "dnsd/util/exception_text.h"

namespace dnsd::transfer {
namespace {

namespace asio = boost::asio;
using Clock = Session::Clock;
using Descriptor = asio::posix::stream_descriptor;

constexpr std::chrono::milliseconds kSweepInterval{1000};
constexpr std::chrono::milliseconds kForMemory{10};  // before what found none is tried again
constexpr int kNicer = 10;                           // than the workers

}  // namespace

struct Service::Loop {
  // A session, and what its socket is waited for with: the socket stays the session's.
  struct Place {
    Place(asio::io_context& context, net::HandedOver connection, const InForce& in_force, JournalSource& journal,
          const Settings& settings, const util::Log& log)
        : session(std::move(connection), in_force, journal, settings, log, Clock::now()),
          socket(context),
          timer(context) {
      socket.assign(session.socket());
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }

    // Ends what is waited for.
    void leave() {
      timer.cancel();
      if (socket.is_open()) {
        socket.release();
      }
    }

    Session session;
    Descriptor socket;
    asio::steady_timer timer;
    Session::Wants wants = Session::Wants::kAgain;
  };

  using Places = std::list<std::shared_ptr<Place>>;

  Loop(const Sources& sources, const answer::Settings& answers, const Settings& its_settings, Host host,
       const util::Log& its_log)
      : in_force(sources, answers),
        settings(its_settings),
        log(its_log),
        journal(std::move(host.store_dir), settings.ixfr_bytes,
                [&hub = sources.hub] { return hub.is_loading_anew(); }),
        notifier(context, in_force, settings, std::move(host.listening), log) {}

  void run();
  void adopt(net::HandedOver connection);
  void go_on(const std::shared_ptr<Place>& place);
  void wait(const std::shared_ptr<Place>& place);
  void close(const std::shared_ptr<Place>& place);
  void end(const std::shared_ptr<Place>& place, const char* why);
  void give_turns();
  [[nodiscard]] bool may_begin(const Session& session) const;
  [[nodiscard]] std::shared_ptr<Place> first_in_line() const;
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool waits_too_often(const Session& session) const;
  [[nodiscard]] bool is_one_too_many(const Place& place);
  bool drop_who_left(const std::string* of_peer);
  void sweep();
  void limit_images();
  void sweep_later();
  void drain(std::chrono::milliseconds at_most);
  void stop_if_drained();
  void note(const char* what) noexcept;

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer sweep_timer{context};
  asio::steady_timer drain_timer{context};
  InForce in_force;
  Settings settings;
  const util::Log& log;
  JournalSource journal;
  Notifier notifier;
  Places places;
  std::mutex refusals_mutex;
  Refusals refusals;
  bool draining = false;
  Clock::time_point quiet_until;
  std::thread thread;
};

void Service::Loop::run() {
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNicer);  // a wish
  while (true) {
    try {
      sweep_later();
      context.run();
      return;
    } catch (const std::exception& exception) {
      note(util::text_of(exception));
    }
    std::this_thread::sleep_for(kForMemory);
  }
}

void Service::Loop::note(const char* what) noexcept {
  const auto now = Clock::now();
  if (now >= quiet_until) {
    quiet_until = now + util::kBetweenLines;
    log.error("transfer_lost", {{"message", what}, {"hint", "the others go on; see MemoryMax and LimitDATA"}});
  }
}

void Service::Loop::adopt(net::HandedOver connection) {
  if (draining || (places.size() >= settings.waiting + settings.streams && !make_room())) {
    return;  // closed with the object
  }
  in_force.refresh();
  auto place = std::make_shared<Place>(context, std::move(connection), in_force, journal, settings, log);
  places.push_back(place);
  go_on(place);
}

// The longest idle one goes, or those who wait for nothing any more; false: all are at work.
bool Service::Loop::make_room() {
  std::shared_ptr<Place> longest;
  for (const auto& place : places) {
    const bool is_idle = place->wants == Session::Wants::kInput;
    if (is_idle && (!longest || place->session.waiting_since() < longest->session.waiting_since())) {
      longest = place;
    }
  }
  if (longest) {
    close(longest);
  }
  return longest != nullptr || drop_who_left(nullptr);
}

// Of those who wait for their turn, of one peer or (nullptr) of all: nothing is read or written there that would find
// that the client has given up. True: there was one.
bool Service::Loop::drop_who_left(const std::string* of_peer) {
  Places left;
  for (const auto& place : places) {
    if (place->wants == Session::Wants::kTurn && (of_peer == nullptr || place->session.peer_name() == *of_peer) &&
        place->session.client_has_ended()) {
      left.push_back(place);
    }
  }
  for (const auto& place : left) {
    close(place);
  }
  return !left.empty();
}

// One peer has a quarter of the places at most, so that there is one for the others.
bool Service::Loop::waits_too_often(const Session& session) const {
  const auto waits = [&session](const std::shared_ptr<Place>& place) {
    return place->wants == Session::Wants::kTurn && place->session.peer_name() == session.peer_name();
  };
  return std::ranges::count_if(places, waits) > static_cast<std::ptrdiff_t>(std::max(1U, settings.waiting / 4));
}

// What is small does not wait, and so takes no place in the line.
bool Service::Loop::is_one_too_many(const Place& place) {
  if (place.wants != Session::Wants::kTurn || place.session.is_small() || !waits_too_often(place.session)) {
    return false;
  }
  const std::string peer = place.session.peer_name();
  return !drop_who_left(&peer) || waits_too_often(place.session);
}

// A session whose step finds no memory ends, and takes nobody with it.
void Service::Loop::go_on(const std::shared_ptr<Place>& place) {
  if (place->wants == Session::Wants::kEnd) {
    return;  // it was closed meanwhile
  }
  in_force.refresh();
  const bool had_turn = place->session.has_turn();
  try {
    place->wants = place->session.go_on(Clock::now());
    if (const auto asked = place->session.take_asked()) {
      notifier.note_request(asked->peer, asked->key);
    }
  } catch (const std::exception& exception) {
    note(util::text_of(exception));
    place->wants = Session::Wants::kEnd;
  }
  if (is_one_too_many(*place)) {
    end(place, kTooManyWait);
  } else if (place->wants == Session::Wants::kEnd || (draining && !place->session.has_turn())) {
    close(place);
  } else {
    wait(place);
  }
  if ((had_turn && !place->session.has_turn()) || place->wants == Session::Wants::kTurn ||
      place->wants == Session::Wants::kEnd) {
    give_turns();
  }
}

void Service::Loop::wait(const std::shared_ptr<Place>& place) {
  const auto resume = [this, place](const boost::system::error_code& error) {
    if (!error) {
      go_on(place);
    }
  };
  switch (place->wants) {
    case Session::Wants::kInput:
      place->socket.async_wait(Descriptor::wait_read, resume);
      break;
    case Session::Wants::kRoom:
      place->socket.async_wait(Descriptor::wait_write, resume);
      break;
    case Session::Wants::kAgain:
      asio::post(context, [this, place] { go_on(place); });
      break;
    case Session::Wants::kPause:
      place->timer.expires_after(place->session.pause());
      place->timer.async_wait(resume);
      break;
    case Session::Wants::kTurn:
    case Session::Wants::kEnd:
      break;
  }
}

void Service::Loop::close(const std::shared_ptr<Place>& place) {
  place->wants = Session::Wants::kEnd;
  place->leave();
  places.remove(place);
  stop_if_drained();
}

void Service::Loop::end(const std::shared_ptr<Place>& place, const char* why) {
  place->session.say_why_it_ends(why);
  close(place);
}

bool Service::Loop::may_begin(const Session& session) const {
  unsigned all = 0;
  unsigned of_peer = 0;
  for (const auto& place : places) {
    if (place->session.has_turn() && !place->session.is_small()) {
      ++all;
      of_peer += place->session.peer_name() == session.peer_name() ? 1 : 0;
    }
  }
  return session.is_small() || (all < settings.streams && of_peer < settings.streams_per_peer);
}

// IXFR first: it is short, and what somebody waits for.
auto Service::Loop::first_in_line() const -> std::shared_ptr<Place> {
  std::shared_ptr<Place> first;
  for (const auto& place : places) {
    if (place->wants == Session::Wants::kTurn && may_begin(place->session) &&
        (!first || (place->session.is_difference() && !first->session.is_difference()))) {
      first = place;
    }
  }
  return first;
}

void Service::Loop::give_turns() {
  while (const std::shared_ptr<Place> place = first_in_line()) {
    if (!place->session.renew()) {
      end(place, kNotLetIn);
      continue;
    }
    place->session.take_turn(Clock::now());
    place->wants = Session::Wants::kAgain;
    wait(place);
  }
}

void Service::Loop::sweep_later() {
  sweep_timer.expires_after(kSweepInterval);
  sweep_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      sweep();
      sweep_later();
    }
  });
}

void Service::Loop::sweep() {
  if (draining) {
    return;
  }
  in_force.refresh();
  notifier.look();
  const auto now = Clock::now();
  const Places all = places;
  for (const auto& place : all) {
    if (place->session.is_late(now)) {
      end(place, kTooSlow);
    } else if (!place->session.is_let_in() || (place->wants == Session::Wants::kTurn && !place->session.renew())) {
      end(place, kNotLetIn);
    }
  }
  limit_images();
  give_turns();
}

// Each image that is kept has what has changed since: memory that slow readers would take without end.
void Service::Loop::limit_images() {
  std::set<const zone::Image*> images;
  std::shared_ptr<Place> oldest;
  for (const auto& place : places) {
    const zone::Image* const image = place->session.image();
    if (image == nullptr || image == in_force.image().get()) {
      continue;
    }
    images.insert(image);
    if (!oldest || place->session.began() < oldest->session.began()) {
      oldest = place;
    }
  }
  if (images.size() > settings.images) {
    end(oldest, kTooManyImages);
  }
}

void Service::Loop::drain(std::chrono::milliseconds at_most) {
  draining = true;
  notifier.stop();
  const Places all = places;
  for (const auto& place : all) {
    if (!place->session.has_turn()) {
      close(place);
    }
  }
  drain_timer.expires_after(at_most);
  drain_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      const Places left = places;
      for (const auto& place : left) {
        close(place);
      }
    }
  });
  stop_if_drained();
}

// What still waited would keep the thread from ending.
void Service::Loop::stop_if_drained() {
  if (draining && places.empty()) {
    work.reset();
    sweep_timer.cancel();
    drain_timer.cancel();
    context.stop();
  }
}

Service::Service(const Sources& sources, const answer::Settings& answers, const Settings& settings, Host host,
                 const util::Log& log)
    : loop_(std::make_unique<Loop>(sources, answers, settings, std::move(host), log)) {}

Service::~Service() {
  if (loop_->thread.joinable()) {
    loop_->context.stop();
    loop_->thread.join();
  }
}

void Service::start(util::OnFailure on_failure) {
  loop_->thread = util::start_thread(
      "transfer", [loop = loop_.get()] { loop->run(); }, std::move(on_failure));
}

void Service::adopt(net::HandedOver connection) {
  // In a shared pointer: what is posted is copied.
  asio::post(loop_->context, [loop = loop_.get(), held = std::make_shared<net::HandedOver>(std::move(connection))] {
    loop->adopt(std::move(*held));
  });
}

void Service::note_refused(const zonestore::Name& zone, std::span<const std::uint8_t> address,
                           bool is_signed) noexcept {
  try {
    std::optional<std::uint64_t> unsaid;
    {
      const std::lock_guard lock(loop_->refusals_mutex);
      unsaid = loop_->refusals.note(address, Clock::now());
    }
    const auto client = zonestore::SocketAddress::from_bytes(address, 0);
    if (unsaid && client) {
      const std::string text = client->to_text();
      loop_->log.warning("transfer_refused", {{"zone", zone.to_text_no_dot()},
                                              {"client", text.substr(0, text.rfind(':'))},
                                              {"signed", is_signed ? "yes" : "no"},
                                              {"unsaid", *unsaid}});
    }
  } catch (const std::exception&) {  // unsaid for once
  }
}

void Service::refresh() {
  asio::post(loop_->context, [loop = loop_.get()] { loop->sweep(); });
}

void Service::wait_ended() {
  if (loop_->thread.joinable()) {
    loop_->thread.join();
  }
}

void Service::drain(std::chrono::milliseconds at_most) {
  asio::post(loop_->context, [loop = loop_.get(), at_most] { loop->drain(at_most); });
}

}  // namespace dnsd::transfer
