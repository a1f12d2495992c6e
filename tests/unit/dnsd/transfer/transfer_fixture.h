// Requests for transfers of an image with two zones, and peers who may have them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dnsd/transfer/gate.h"
#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::transfer {

inline zonestore::SocketAddress address(std::string_view text) {
  return zonestore::SocketAddress::parse(text).value();
}

inline zonestore::Peer peer(std::string_view name, std::vector<std::string_view> keys,
                            std::vector<std::string_view> addresses) {
  zonestore::Peer made;
  made.name = name;
  for (const std::string_view key : keys) {
    made.key_names.push_back(test::parse(key));
  }
  for (const std::string_view each : addresses) {
    made.addresses.push_back(address(each));
  }
  return made;
}

class TransferTest : public test::ResponderTest {
 protected:
  static constexpr unsigned kAxfr = 252;
  static constexpr unsigned kIxfr = 251;
  static constexpr std::uint32_t kSerial = 2026112301;

  TransferTest() {
    std::vector<wire::TsigKey> keys;
    for (const char* const name : {"ns2-key", "ns3-key"}) {
      keys.push_back({test::name(name), {zonestore::crypto::HmacKind::kSha256, zonestore::Bytes(32, 7)}});
    }
    keys_ = wire::TsigKeys(std::move(keys));
    settings_.tsig_keys = &keys_;
    settings_.unix_seconds = 1'796'000'000;
  }

  // Signed by that key; empty: not.
  zonestore::Bytes sign(zonestore::Bytes request, std::string_view key) const {
    if (key.empty()) {
      return request;
    }
    wire::TsigChain chain(*keys_.find(test::name(key)), {}, 0xBEEF);
    const std::size_t size = request.size();
    request.resize(size + chain.record_bytes());
    request.resize(chain.sign(request, size, settings_.unix_seconds));
    return request;
  }

  static zonestore::Bytes ixfr(std::string_view zone, std::optional<std::uint32_t> serial) {
    const zonestore::Bytes question = test::question(test::name(zone), kIxfr);
    if (!serial) {
      return test::message(0, {}, {question});
    }
    return test::message(0, {1, 0, 1, 0},
                         {question, test::record(test::name(zone), 6, 1, 0, test::soa_data(zone, *serial, 1))});
  }

  const answer::Received& receive(const zonestore::Bytes& request) {
    bytes_ = request;
    answer::receive(bytes_, *image_, settings_, received_);
    return received_;
  }

  wire::TsigKeys keys_;
  zonestore::Bytes bytes_;
  answer::Received received_;
};

}  // namespace dnsd::transfer
