// What stands behind a TSIG record: what is digested, whether a MAC holds, and the records that we close our messages
// with (RFC 8945 sections 4.3, 5.2 and 5.3).
//
//   query    verify ──> Signature ─┬─ good                  the answer is signed with the same key: sign_answer
//                                  ├─ BADTIME, BADTRUNC     NOTAUTH, signed
//                                  ├─ BADKEY, BADSIG        NOTAUTH, unsigned
//                                  └─ a MAC of no length    FORMERR, without a TSIG record
//   stream   TsigChain: the first message as an answer's, the others by the MAC before and the timers alone
//
// Pure: the time is handed in. A signature allocates, as OpenSSL does: std::bad_alloc. Threads: any number at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dnsd/wire/header.h"
#include "dnsd/wire/tsig.h"
#include "dnsd/wire/tsig_key.h"

namespace dnsd::wire {

inline constexpr std::uint16_t kTsigFudgeSeconds = 300;

// What was found of a query's TSIG record.
struct Signature {
  enum class State : std::uint8_t {
    kNone,       // the query has none, or none that closes it
    kGood,       // `key` has signed it
    kBad,        // answer NOTAUTH; `error` says why, and `key` signs that where it is set
    kMalformed,  // answer FORMERR: its MAC has a length that none has
  };
  State state = State::kNone;
  TsigError error = TsigError::kNone;
  const TsigKey* key = nullptr;

  [[nodiscard]] bool is_good() const { return state == State::kGood; }
};

// `message` ends with the record that `tsig` was read from. `unix_seconds`: now. `prior`: the MAC of the request when
// the message is an answer.
[[nodiscard]] Signature verify(ByteView message, const Tsig& tsig, const TsigKeys& keys, std::uint64_t unix_seconds,
                               ByteView prior = {});

// The bytes of the record that closes an answer to a query with this signature: to be kept free. 0: there is none.
// Of one that is told unsigned it is none either: that one goes where there is room.
[[nodiscard]] std::size_t closing_bytes(const Signature& signature);

// Closes the answer to a query with that TSIG record: signed, or with an error. `answer` is `size` bytes long; gives
// back the new length. A signed record has its room (closing_bytes); where `limit` leaves none for an unsigned one,
// the answer gets TC instead and stays as long as it is.
[[nodiscard]] std::size_t close_answer(MutableBytes answer, std::size_t size, std::size_t limit, ByteView query,
                                       const Tsig& tsig, const Signature& signature, std::uint64_t unix_seconds);

// Signs what we send one message after another: a request of ours, or the messages of a transfer.
class TsigChain {
 public:
  // The key outlives the chain. `request_mac`: as it came; empty: the first message is a request.
  TsigChain(const TsigKey& key, ByteView request_mac, std::uint16_t original_id);

  [[nodiscard]] std::size_t record_bytes() const;  // what each message must leave free

  // Closes the message, which is `size` bytes long; its new length.
  [[nodiscard]] std::size_t sign(MutableBytes message, std::size_t size, std::uint64_t unix_seconds);

  // Of the message that was signed last: what the answer to a request is verified with.
  [[nodiscard]] ByteView mac() const { return mac_.view(); }

 private:
  const TsigKey& key_;
  zonestore::crypto::Hmac hmac_;
  zonestore::Bytes request_mac_;
  zonestore::crypto::HmacCode mac_;
  std::uint16_t original_id_;
  bool is_first_ = true;
};

}  // namespace dnsd::wire
