#include "dnsd/wire/tsig_mac.h"

#include <algorithm>
#include <array>

#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

using zonestore::crypto::Hmac;
using zonestore::crypto::hmac_bytes;
using zonestore::crypto::HmacCode;
using zonestore::crypto::is_same_code;

constexpr std::size_t kTimeAndFudgeBytes = 8;
constexpr std::size_t kTimeBytes = 6;
constexpr std::size_t kTailBytes = 8;  // length of the MAC, original ID, error, length of other data
constexpr std::size_t kLeastMacBytes = 10;
constexpr std::size_t kAdditionalCountAt = 10;

// A record's fields but for its MAC.
struct Fields {
  ByteView key_name;   // lower case
  ByteView algorithm;  // as it is to be written
  std::array<std::uint8_t, kTimeAndFudgeBytes> time_and_fudge{};
  std::uint16_t original_id = 0;
  TsigError error = TsigError::kNone;
  std::array<std::uint8_t, kTimeBytes> other{};
  std::size_t other_size = 0;

  [[nodiscard]] ByteView other_data() const { return {other.data(), other_size}; }
  [[nodiscard]] std::size_t rdata_bytes(std::size_t mac_size) const {
    return algorithm.size() + kTimeAndFudgeBytes + kTailBytes + mac_size + other_size;
  }
  [[nodiscard]] std::size_t record_bytes(std::size_t mac_size) const {
    return key_name.size() + kRecordHeadBytes + rdata_bytes(mac_size);
  }
};

void store_time(std::uint8_t* out, std::uint64_t unix_seconds) {
  store_u16(out, static_cast<std::uint16_t>(unix_seconds >> 32U));
  store_u32(out + 2, static_cast<std::uint32_t>(unix_seconds));
}

void set_time(Fields& fields, std::uint64_t unix_seconds) {
  store_time(fields.time_and_fudge.data(), unix_seconds);
  store_u16(fields.time_and_fudge.data() + kTimeBytes, kTsigFudgeSeconds);
}

void add_u16(Hmac& hmac, std::size_t value) {
  std::array<std::uint8_t, 2> bytes{};
  store_u16(bytes.data(), static_cast<std::uint16_t>(value));
  hmac.add(bytes);
}

void add_prior(Hmac& hmac, ByteView mac) {
  add_u16(hmac, mac.size());
  hmac.add(mac);
}

// RFC 8945 section 4.3.2: the message as it was before the record came, under the ID that its sender gave it. `more`:
// records that its additional section counts beyond those.
void add_message(Hmac& hmac, ByteView message, std::uint16_t original_id, unsigned more) {
  std::array<std::uint8_t, kHeaderBytes> header{};
  std::copy_n(message.begin(), kHeaderBytes, header.begin());
  store_u16(header.data(), original_id);
  std::uint8_t* const count = header.data() + kAdditionalCountAt;
  store_u16(count, static_cast<std::uint16_t>(load_u16(count) - more));
  hmac.add(header);
  hmac.add(message.subspan(kHeaderBytes));
}

// RFC 8945 section 4.3.3.
void add_variables(Hmac& hmac, const TsigKey& key, ByteView time_and_fudge, std::uint32_t ttl = 0) {
  std::array<std::uint8_t, 6> class_and_ttl{};
  store_u16(class_and_ttl.data(), kClassAny);
  store_u32(class_and_ttl.data() + 2, ttl);
  hmac.add(key.name);
  hmac.add(class_and_ttl);
  hmac.add(key.algorithm());
  hmac.add(time_and_fudge);
}

void add_error(Hmac& hmac, std::uint16_t error, ByteView other) {
  add_u16(hmac, error);
  add_u16(hmac, other.size());
  hmac.add(other);
}

HmacCode code_of_message(Hmac& hmac, ByteView message, const TsigKey& key, const Fields& fields) {
  add_message(hmac, message, fields.original_id, 0);
  add_variables(hmac, key, fields.time_and_fudge);
  add_error(hmac, static_cast<std::uint16_t>(fields.error), fields.other_data());
  return hmac.finish();
}

// Writes from front to back.
class Filler {
 public:
  explicit Filler(std::uint8_t* out) : out_(out) {}
  void bytes(ByteView more) { out_ = std::copy(more.begin(), more.end(), out_); }
  void u16(std::size_t value) {
    store_u16(out_, static_cast<std::uint16_t>(value));
    out_ += 2;
  }

 private:
  std::uint8_t* out_;
};

// Behind the message, which is `size` bytes long and has the room; the new length.
std::size_t append(MutableBytes message, std::size_t size, const Fields& fields, ByteView mac) {
  Filler record(message.data() + size);
  record.bytes(fields.key_name);
  record.u16(static_cast<std::uint16_t>(kTypeTsig));
  record.u16(kClassAny);
  record.u16(0);  // the TTL, both halves
  record.u16(0);
  record.u16(fields.rdata_bytes(mac.size()));
  record.bytes(fields.algorithm);
  record.bytes(fields.time_and_fudge);
  record.u16(mac.size());
  record.bytes(mac);
  record.u16(fields.original_id);
  record.u16(static_cast<std::uint16_t>(fields.error));
  record.u16(fields.other_size);
  record.bytes(fields.other_data());
  std::uint8_t* const count = message.data() + kAdditionalCountAt;
  store_u16(count, static_cast<std::uint16_t>(load_u16(count) + 1));
  return size + fields.record_bytes(mac.size());
}

void set_truncated(MutableBytes answer) {
  store_u16(answer.data() + 2, static_cast<std::uint16_t>(load_u16(answer.data() + 2) | kFlagTruncated));
}

// RFC 8945 section 5.3.2: what BADKEY and BADSIG come with. The key may be none of ours: its name is the query's.
std::size_t append_unsigned(MutableBytes answer, std::size_t size, std::size_t limit, ByteView query,
                            const Tsig& tsig, TsigError error) {
  LoweredName key;
  if (!expand_name(query, tsig.owner_at, key)) {
    return size;
  }
  Fields fields{.key_name = key.view(), .algorithm = tsig.algorithm, .original_id = tsig.original_id, .error = error};
  std::copy_n(tsig.time_and_fudge.begin(), kTimeAndFudgeBytes, fields.time_and_fudge.begin());
  if (fields.record_bytes(0) > std::min(limit, answer.size()) - size) {
    set_truncated(answer);
    return size;
  }
  return append(answer, size, fields, {});
}

bool is_of_time(const Tsig& tsig, std::uint64_t unix_seconds) {
  const std::uint64_t time = tsig.time();
  return (time > unix_seconds ? time - unix_seconds : unix_seconds - time) <= tsig.fudge();
}

Signature bad(TsigError error, const TsigKey* key) {
  return {Signature::State::kBad, error, key};
}

}  // namespace

// In the order of RFC 8945 section 5.2.
Signature verify(ByteView message, const Tsig& tsig, const TsigKeys& keys, std::uint64_t unix_seconds,
                 ByteView prior) {
  LoweredName name;
  LoweredName algorithm;
  lower_name(tsig.algorithm, algorithm);
  const TsigKey* const key = expand_name(message, tsig.owner_at, name) ? keys.find(name.view()) : nullptr;
  if (key == nullptr || !is_same(key->algorithm(), algorithm.view())) {
    return bad(TsigError::kBadKey, nullptr);
  }
  const std::size_t whole = hmac_bytes(key->key.kind());
  if (tsig.mac.size() > whole || tsig.mac.size() < std::max(kLeastMacBytes, whole / 2)) {
    return {Signature::State::kMalformed, TsigError::kNone, nullptr};
  }
  Hmac hmac(key->key);
  if (!prior.empty()) {
    add_prior(hmac, prior);
  }
  add_message(hmac, message.first(tsig.owner_at), tsig.original_id, 1);
  add_variables(hmac, *key, tsig.time_and_fudge, tsig.ttl);
  add_error(hmac, tsig.error, tsig.other);
  if (!is_same_code(hmac.finish().view().first(tsig.mac.size()), tsig.mac)) {
    return bad(TsigError::kBadSig, nullptr);
  }
  if (!is_of_time(tsig, unix_seconds)) {
    return bad(TsigError::kBadTime, key);
  }
  if (tsig.mac.size() < whole) {
    return bad(TsigError::kBadTrunc, key);
  }
  return {Signature::State::kGood, TsigError::kNone, key};
}

std::size_t closing_bytes(const Signature& signature) {
  if (signature.key == nullptr) {
    return 0;
  }
  const TsigKey& key = *signature.key;
  const Fields fields{.key_name = key.name,
                      .algorithm = key.algorithm(),
                      .other_size = signature.error == TsigError::kBadTime ? kTimeBytes : 0};
  return fields.record_bytes(hmac_bytes(key.key.kind()));
}

std::size_t close_answer(MutableBytes answer, std::size_t size, std::size_t limit, ByteView query, const Tsig& tsig,
                         const Signature& signature, std::uint64_t unix_seconds) {
  if (signature.key == nullptr) {
    return append_unsigned(answer, size, limit, query, tsig, signature.error);
  }
  const TsigKey& key = *signature.key;
  Fields fields{
      .key_name = key.name, .algorithm = key.algorithm(), .original_id = tsig.original_id, .error = signature.error};
  if (signature.error == TsigError::kBadTime) {
    // The client's clock and ours (RFC 8945 section 5.2.3).
    std::copy_n(tsig.time_and_fudge.begin(), kTimeAndFudgeBytes, fields.time_and_fudge.begin());
    store_time(fields.other.data(), unix_seconds);
    fields.other_size = kTimeBytes;
  } else {
    set_time(fields, unix_seconds);
  }
  Hmac hmac(key.key);
  add_prior(hmac, tsig.mac);
  const HmacCode code = code_of_message(hmac, answer.first(size), key, fields);
  return append(answer, size, fields, code.view());
}

TsigChain::TsigChain(const TsigKey& key, ByteView request_mac, std::uint16_t original_id)
    : key_(key), hmac_(key.key), request_mac_(request_mac.begin(), request_mac.end()), original_id_(original_id) {}

std::size_t TsigChain::record_bytes() const {
  return closing_bytes({Signature::State::kGood, TsigError::kNone, &key_});
}

std::size_t TsigChain::sign(MutableBytes message, std::size_t size, std::uint64_t unix_seconds) {
  Fields fields{.key_name = key_.name, .algorithm = key_.algorithm(), .original_id = original_id_};
  set_time(fields, unix_seconds);
  if (is_first_) {
    if (!request_mac_.empty()) {
      add_prior(hmac_, request_mac_);
    }
    mac_ = code_of_message(hmac_, message.first(size), key_, fields);
    is_first_ = false;
  } else {
    // RFC 8945 section 5.3.1.
    add_prior(hmac_, mac_.view());
    add_message(hmac_, message.first(size), original_id_, 0);
    hmac_.add(fields.time_and_fudge);
    mac_ = hmac_.finish();
  }
  return append(message, size, fields, mac_.view());
}

}  // namespace dnsd::wire
