// One connection of a secondary: transfers one after another, and whatever else it asks between them (SOA and then
// IXFR on one connection is usual).
//
//   question ─┬─ no transfer ──────────────────────────────> answered as anywhere (answer::respond)
//             └─ transfer ─> its turn (kTurn) ─> message by message, as the socket takes them ─> the next question
//
// Waits for nothing: whoever has it calls go_on() when what it wants is there, and closes it when its time is up
// (is_late). A peer that is taken out, or whose key is, gets no further message. A stream that cannot go on ends the
// connection, and never with a SOA that was not earned.
//
// A reader that is slow costs time and memory; it goes by what it has acknowledged (SIOCOUTQ), not by what the socket
// took: behind a full buffer that becomes writable in large steps.
//
// Threads: the service's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/net/frame_reader.h"
#include "dnsd/net/handed_over.h"
#include "dnsd/transfer/in_force.h"
#include "dnsd/transfer/settings.h"
#include "dnsd/transfer/stream.h"
#include "dnsd/util/log.h"

namespace dnsd::transfer {

// Why a stream ends before its end, for the log.
inline constexpr const char* kTooSlow = "it read too slowly";
inline constexpr const char* kNotLetIn = "it may not have the zone any more";
inline constexpr const char* kTooManyWait = "too many of its requests wait";
inline constexpr const char* kTooManyImages = "it keeps the oldest of too many states of the zones";

class Session {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Wants : std::uint8_t {
    kInput,  // the next question
    kRoom,   // in the socket
    kTurn,   // among the streams; take_turn() when there is a place
    kPause,  // pause(): the store is busy
    kAgain,  // nothing: others may come first
    kEnd,
  };

  // `in_force` is refreshed before each call; it, the journal, the settings and the log outlive the session.
  Session(net::HandedOver connection, const InForce& in_force, JournalSource& journal, const Settings& settings,
          const util::Log& log, Clock::time_point now);

  // Does what can be done without waiting, for a few messages at most. Throws std::bad_alloc; it is to be closed
  // then.
  [[nodiscard]] Wants go_on(Clock::time_point now);

  void take_turn(Clock::time_point now);
  [[nodiscard]] bool has_turn() const { return stream_ != nullptr && has_turn_; }
  // The peer whose stream it sends or will send; empty: none.
  [[nodiscard]] const std::string& peer_name() const { return peer_name_; }
  [[nodiscard]] bool is_difference() const { return stream_ != nullptr && !stream_->is_whole(); }
  [[nodiscard]] std::chrono::milliseconds pause() const { return stream_->pause(); }
  // What its stream has is so little that it takes no place among the streams.
  [[nodiscard]] bool is_small() const { return stream_ != nullptr && stream_->expected_bytes() < kSmallBytes; }
  // The image that is sent from; nullptr: none is.
  [[nodiscard]] const zone::Image* image() const { return has_turn() ? stream_->request().image.get() : nullptr; }
  // Who waits for its turn waits for the newest image, and keeps no older one. False: the zone has gone.
  [[nodiscard]] bool renew() noexcept;
  [[nodiscard]] Clock::time_point began() const { return began_; }
  [[nodiscard]] Clock::time_point waiting_since() const { return since_; }

  // True: it moves too little, or has nothing more to ask.
  [[nodiscard]] bool is_late(Clock::time_point now);
  // False: the peer, its zone or its key has gone, and so must the stream.
  [[nodiscard]] bool is_let_in() const;
  // True: the other side is closed, so that nobody may be left who would read. A client may close its side behind its
  // question and read the answer: no reason to end it where there is room.
  [[nodiscard]] bool client_has_ended() const;
  // Logs the end of a stream that was under way; nothing of a connection that was idle.
  void say_why_it_ends(const char* why) const;

  struct Asked {
    zonestore::SecondaryId peer{};
    std::optional<zonestore::Name> key;  // that it signed with
  };
  // Once for each request for a zone: whose it was.
  [[nodiscard]] std::optional<Asked> take_asked() { return std::exchange(asked_, std::nullopt); }

  [[nodiscard]] int socket() const { return connection_.socket.get(); }

 private:
  enum class Sent : std::uint8_t { kAll, kKernelIsFull, kFailed };

  [[nodiscard]] Sent flush();
  [[nodiscard]] Wants read_more();
  [[nodiscard]] bool take_question();
  void answer_question(Clock::time_point now);
  void begin_stream(const answer::Received& received, const Judgement& judgement, const util::Client& client);
  [[nodiscard]] bool send_message();
  void end_stream(Clock::time_point now);
  [[nodiscard]] std::optional<Wants> go_on_streaming(Clock::time_point now);
  [[nodiscard]] std::uint64_t acknowledged() const;

  net::HandedOver connection_;
  const InForce& in_force_;
  JournalSource& journal_;
  const Settings& settings_;
  const util::Log& log_;
  net::FrameReader reader_;
  std::vector<std::uint8_t> input_;
  std::vector<std::uint8_t> question_;  // that is being answered
  std::vector<std::uint8_t> output_;
  std::size_t output_at_ = 0;  // what comes before has been sent
  std::uint64_t sent_bytes_ = 0;
  std::string peer_name_;
  std::optional<Asked> asked_;
  std::unique_ptr<Stream> stream_;
  bool has_turn_ = false;
  bool has_place_ = false;  // among Settings::streams, too
  bool ended_ = false;
  Clock::time_point since_;   // of waiting: for a question, or for a turn
  Clock::time_point began_;   // the stream
  Clock::time_point marked_;  // when it had acknowledged so much
  std::uint64_t marked_bytes_ = 0;
};

}  // namespace dnsd::transfer
