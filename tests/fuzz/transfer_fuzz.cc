// What transfers read of strangers: requests, judged at the gate, and answers to NOTIFY. Input: one byte that says
// which (bit 0: an answer; bit 1: over TCP; bit 2: from the address of the peer without a key), then the message.
#include <memory>

#include "dnsd/transfer/gate.h"
#include "dnsd/transfer/notify_message.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/responder_image.h"

namespace {

using dnsd::util::Client;
using dnsd::util::Transport;
using zonestore::Bytes;
using zonestore::ByteView;

zonestore::Peers make_peers() {
  zonestore::Peer keyed;
  keyed.name = "keyed";
  keyed.key_names = {zonestore::Name::parse("key").value()};
  keyed.addresses = {zonestore::SocketAddress::parse("192.0.2.2:53").value()};
  zonestore::Peer open;
  open.name = "open";
  open.addresses = {zonestore::SocketAddress::parse("192.0.2.3:53").value()};
  return {keyed, open};
}

dnsd::wire::TsigKeys make_keys() {
  std::vector<dnsd::wire::TsigKey> keys;
  keys.push_back({Bytes{3, 'k', 'e', 'y', 0}, {zonestore::crypto::HmacKind::kSha256, Bytes(32, 7)}});
  return dnsd::wire::TsigKeys(std::move(keys));
}

void judge_request(ByteView message, bool over_tcp, bool is_open_peer, const dnsd::zone::Image& image,
                   const dnsd::wire::TsigKeys& keys) {
  static const zonestore::Peers peers = make_peers();
  const dnsd::answer::Settings settings{.tsig_keys = &keys, .unix_seconds = 1'796'000'000};
  const Bytes address{192, 0, 2, static_cast<std::uint8_t>(is_open_peer ? 3 : 2)};
  dnsd::answer::Received received;
  dnsd::answer::receive(message, image, settings, received);
  if (!dnsd::transfer::is_request(received)) {
    return;
  }
  const Client client{over_tcp ? Transport::kTcp : Transport::kUdp, address, {}};
  const auto judgement = dnsd::transfer::judge(received, client, peers);
  FUZZ_REQUIRE(!judgement.is_stream || (over_tcp && judgement.peer != nullptr));
  FUZZ_REQUIRE(judgement.peer == nullptr || is_open_peer);  // nobody here can sign
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const dnsd::zone::Image> image = dnsd::fuzz::make_image();
  static const dnsd::wire::TsigKeys keys = make_keys();
  if (size == 0) {
    return 0;
  }
  const ByteView message(data + 1, size - 1);
  if ((data[0] & 1) == 0) {
    judge_request(message, (data[0] & 2) != 0, (data[0] & 4) != 0, *image, keys);
    return 0;
  }
  const dnsd::zone::Zone& zone = *image->zones.front();
  for (const auto* key : {static_cast<const dnsd::wire::TsigKey*>(nullptr), keys.find(Bytes{3, 'k', 'e', 'y', 0})}) {
    const auto sent = dnsd::transfer::make_notify(zone, 0x1234, key, 1'796'000'000);
    const auto reaction = dnsd::transfer::read_notify_answer(message, sent, zone.apex, keys, 1'796'000'000);
    FUZZ_REQUIRE(!reaction || key == nullptr || *reaction == dnsd::transfer::NotifyPlan::Reaction::kUnverified);
  }
  return 0;
}
