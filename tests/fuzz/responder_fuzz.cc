// The whole way from a query's bytes to its answer's, held against answer_rules.
// Input: one byte that says how it is asked (bit 0: TCP, bits 1 and 2: our UDP limit, bit 3: signed), then the query.
#include <array>
#include <chrono>
#include <vector>

#include "dnsd/answer/responder.h"
#include "tests/fuzz/answer_rules.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/responder_image.h"

namespace {

using dnsd::answer::Answered;
using dnsd::answer::AnswerKind;
using dnsd::answer::Client;
using dnsd::answer::CookieSecret;
using dnsd::answer::CookieSecrets;
using dnsd::answer::Settings;
using dnsd::answer::Transport;
using zonestore::Bytes;
using zonestore::ByteView;

// What a rate limit is told is what was sent.
void check_kind(const Answered& answered, const Bytes& answer) {
  FUZZ_REQUIRE((answered.kind == AnswerKind::kNone) == answer.empty());
  if (answer.empty()) {
    return;
  }
  const unsigned rcode = answer[3] & 0x0FU;
  const bool authoritative = (answer[2] & 0x04U) != 0;
  switch (answered.kind) {
    case AnswerKind::kPositive:
      FUZZ_REQUIRE(authoritative && (rcode == 0 || rcode == 3 || rcode == 6));
      break;
    case AnswerKind::kNoData:
      FUZZ_REQUIRE(authoritative && rcode == 0);
      break;
    case AnswerKind::kNxDomain:
      FUZZ_REQUIRE(authoritative && rcode == 3);
      break;
    case AnswerKind::kReferral:
      FUZZ_REQUIRE(!authoritative && rcode == 0);
      break;
    case AnswerKind::kError:
    case AnswerKind::kNone:
      FUZZ_REQUIRE(!authoritative);
  }
}

// One of a batch, for which there is a short way.
void check_batch(ByteView query, const dnsd::zone::Image& image, const Settings& settings, const Client& client,
                 const Bytes& answer) {
  dnsd::answer::Received received;
  dnsd::answer::receive(query, image, settings, received);
  dnsd::answer::prefetch({&received, 1});
  Bytes same(client.transport == Transport::kUdp ? settings.udp_answer_bytes : 65535U);
  same.resize(respond(received, same, image, settings, client).size);
  FUZZ_REQUIRE(same == answer);
}

dnsd::wire::TsigKeys make_keys() {
  std::vector<dnsd::wire::TsigKey> keys;
  keys.push_back({Bytes{3, 'k', 'e', 'y', 0}, {zonestore::crypto::HmacKind::kSha256, Bytes(32, 7)}});
  return dnsd::wire::TsigKeys(std::move(keys));
}

Bytes sign(ByteView query, const dnsd::wire::TsigKeys& keys, const Settings& settings) {
  dnsd::wire::TsigChain chain(*keys.find(Bytes{3, 'k', 'e', 'y', 0}), {}, dnsd::wire::load_u16(query.data()));
  Bytes message(query.begin(), query.end());
  message.resize(query.size() + chain.record_bytes());
  message.resize(chain.sign(message, query.size(), settings.unix_seconds));
  return message;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const dnsd::zone::Image> image = dnsd::fuzz::make_image();
  if (size == 0) {
    return 0;
  }
  static const CookieSecrets secrets({CookieSecret{1}, CookieSecret{2}});
  static const Bytes nsid(100, 'n');
  static const Bytes address{192, 0, 2, 1};
  constexpr std::array<std::uint16_t, 4> kUdpLimits{1232, 512, 1400, 4096};
  static const dnsd::wire::TsigKeys keys = make_keys();
  const Settings settings{kUdpLimits[(data[0] >> 1) & 3], nsid, &secrets, &keys, 1'796'000'000};
  const bool over_udp = (data[0] & 1) == 0;
  const Client client{over_udp ? Transport::kUdp : Transport::kTcp, address, std::chrono::seconds{10}};
  const ByteView plain(data + 1, size - 1);
  const bool is_signed = (data[0] & 8) != 0 && plain.size() >= dnsd::wire::kHeaderBytes;
  const Bytes query = is_signed ? sign(plain, keys, settings) : Bytes(plain.begin(), plain.end());
  // As large as the worker's buffers, so that the sanitizer sees a byte too many.
  Bytes answer(over_udp ? settings.udp_answer_bytes : 65535U);
  const Answered answered = respond(query, answer, *image, settings, client);
  answer.resize(answered.size);
  check_kind(answered, answer);
  check_batch(query, *image, settings, client, answer);
  FUZZ_REQUIRE(!over_udp || answered.has_valid_cookie || answer.size() <= 14 * query.size());
  dnsd::fuzz::check_answer({query, over_udp, settings.udp_answer_bytes}, answer);
  return 0;
}
