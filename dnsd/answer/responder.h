// From the bytes of a query to the bytes of its answer: the whole decision, pure.
//
//   parse (wire) ─> opcode, class, form ─> zone ─> find the name ─> positive | NODATA | NXDOMAIN | REFUSED
//       └─> OPT: cookie, keepalive (opt_decision)         └─> copy the laid-out record set, patch, OPT, TC
//
// With a million names the memory behind a name is seldom in the cache, and waiting for it would cost more than all
// the rest. Whoever has many queries at hand takes them through it step by step: receive all, prefetch all, respond
// to all; then each step's memory comes while the others' queries are worked on.
//
// Reads no clock, does no I/O, logs nothing, allocates nothing but for a query that is signed by a key of ours; where
// memory lacks for that, it is not answered. Threads: any number at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dnsd/answer/settings.h"
#include "dnsd/answer/transfer_verdict.h"
#include "dnsd/wire/query.h"
#include "dnsd/wire/tsig_mac.h"
#include "dnsd/zone/image.h"
#include "dnsd/zone/look_up.h"

namespace dnsd::answer {

enum class AnswerKind : std::uint8_t { kNone, kPositive, kNoData, kNxDomain, kReferral, kError };

// What was written, and what a rate limit and whoever counts need to know of it.
struct Answered {
  std::size_t size = 0;  // bytes; 0: silence (RFC 8906: a datagram shorter than a header, or a response)
  AnswerKind kind = AnswerKind::kNone;
  // Alike for answers that a flood would ask for over and over: those from one name and type, and those that one zone
  // or cut gives to any number of names. An error's is its RCODE.
  std::uint64_t identity = 0;
  bool has_valid_cookie = false;  // the client has been seen at its address (RFC 7873 section 5.2.4)
  bool is_signed = false;         // by a key that the client has, too
  bool is_usual = false;          // made by usual_answer: a TXT record set in full, to a query without a cookie
  CookieState cookie = CookieState::kNone;
  wire::Rcode rcode = wire::Rcode::kNoError;
  const zone::Zone* zone = nullptr;  // that it comes from; of the usual answer the one that was received with it
};

// A query that was read, and where the image has its name. Good while the query's bytes, the image and the settings'
// keys live.
struct Received {
  wire::Query query;
  wire::Form form = wire::Form::kSilence;
  std::span<const std::uint8_t> bytes;
  wire::Signature signature;                             // of its TSIG record
  TransferVerdict transfer = TransferVerdict::kRefused;  // of a request for a transfer, once it was judged
  zone::Place place;
  zone::NodeView guess;  // of prefetch: the node that the name will most likely lead to
};

// Reads the query, and judges its TSIG record. `received` may be used again and again.
void receive(std::span<const std::uint8_t> query, const zone::Image& image, const Settings& settings,
             Received& received) noexcept;

// Begins to fetch what the answers will be copied from.
void prefetch(std::span<Received> queries) noexcept;

// Writes the answer to what receive() has read into `answer` (at least 512 bytes over UDP; 65535 over TCP), from the
// same image and settings.
[[nodiscard]] Answered respond(const Received& received, std::span<std::uint8_t> answer, const zone::Image& image,
                               const Settings& settings, const Client& client) noexcept;

// Makes a short answer, in place, of one that respond() has made and that is `size` bytes long: its question with TC,
// and signed again where it was (RFC 8945 section 5.3: a client takes none that is not). Its length; 0: that cannot
// be done.
[[nodiscard]] std::size_t shorten(const Received& received, std::span<std::uint8_t> room, std::size_t size,
                                  const Settings& settings) noexcept;

// Both at once, for a single query.
[[nodiscard]] Answered respond(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                               const zone::Image& image, const Settings& settings, const Client& client) noexcept;

}  // namespace dnsd::answer
