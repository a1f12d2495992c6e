#include "dnsd/transfer/gate.h"

#include <algorithm>

#include "dnsd/wire/ixfr.h"
#include "zonestore/zone/serial.h"

namespace dnsd::transfer {
namespace {

using answer::TransferVerdict;
using zonestore::ByteView;
using zonestore::Peer;
using zonestore::RecordType;

bool is_same(ByteView left, ByteView right) {
  return std::ranges::equal(left, right);
}

bool has_key(const Peer& peer, ByteView key_name) {
  return std::ranges::any_of(peer.key_names,
                             [key_name](const zonestore::Name& name) { return is_same(name.wire(), key_name); });
}

bool has_address(const Peer& peer, ByteView address) {
  return std::ranges::any_of(
      peer.addresses, [address](const zonestore::SocketAddress& own) { return is_same(own.bytes(), address); });
}

bool is_let_in(const Peer& peer, ByteView key_name, ByteView address) {
  if (key_name.empty()) {
    return peer.key_names.empty() && has_address(peer, address);
  }
  return has_key(peer, key_name) && (!peer.from_addresses_only || has_address(peer, address));
}

// What an IXFR request gets. The serials' order is that of RFC 1982.
Judgement judge_difference(const answer::Received& received, const util::Client& client, const Peer& peer) {
  Judgement judgement{.peer = &peer, .from = wire::ixfr_serial(received.bytes, received.query)};
  if (!judgement.from) {
    judgement.verdict = TransferVerdict::kFormErr;
    return judgement;
  }
  const zonestore::Serial ours{received.place.zone->serial};
  const zonestore::Serial theirs{*judgement.from};
  const bool is_new = ours != theirs && !zonestore::is_before(ours, theirs);
  judgement.is_stream = is_new && client.transport == util::Transport::kTcp;
  judgement.verdict = TransferVerdict::kSoaAlone;
  return judgement;
}

}  // namespace

bool is_request(const answer::Received& received) {
  using State = wire::Signature::State;
  const wire::Query& query = received.query;
  return received.form == wire::Form::kGood && query.has_question &&
         (query.question.type == RecordType::kAxfr || query.question.type == RecordType::kIxfr) &&
         query.question.question_class == wire::kClassIn && query.header.opcode() == wire::Opcode::kQuery &&
         (!query.edns || query.edns->version == 0) &&
         (received.signature.state == State::kNone || received.signature.is_good());
}

const Peer* find_peer(const zonestore::Peers& peers, const zonestore::Name& apex, ByteView key_name,
                      ByteView address) {
  const Peer* found = nullptr;
  for (const Peer& peer : peers) {
    if (!peer.takes(apex, false) || !is_let_in(peer, key_name, address)) {
      continue;
    }
    if (has_address(peer, address)) {
      return &peer;
    }
    found = found == nullptr ? &peer : found;
  }
  return found;
}

Judgement judge(const answer::Received& received, const util::Client& client, const zonestore::Peers& peers) {
  const zone::Zone* const zone = received.place.zone;
  const wire::Question& question = received.query.question;
  if (zone == nullptr || zone->apex.size_bytes() != question.name.size) {
    return {};
  }
  const ByteView key_name = received.signature.key != nullptr ? ByteView(received.signature.key->name) : ByteView();
  const Peer* const peer = find_peer(peers, zone->apex, key_name, client.address);
  if (peer == nullptr) {
    return {};
  }
  if (question.type == RecordType::kIxfr) {
    return judge_difference(received, client, *peer);
  }
  Judgement judgement{.verdict = TransferVerdict::kNotImp, .peer = peer};
  judgement.is_stream = client.transport == util::Transport::kTcp;
  return judgement;
}

}  // namespace dnsd::transfer
