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

// A question that is worth a look at who asks: nothing is wrong with it, and a signature holds if there is one.
bool is_in_good_form(const answer::Received& received) {
  using State = wire::Signature::State;
  const wire::Query& query = received.query;
  return received.form == wire::Form::kGood && query.has_question &&
         query.question.question_class == wire::kClassIn && query.header.opcode() == wire::Opcode::kQuery &&
         (!query.edns || query.edns->version == 0) &&
         (received.signature.state == State::kNone || received.signature.is_good());
}

bool is_transfer(RecordType type) {
  return type == RecordType::kAxfr || type == RecordType::kIxfr;
}

ByteView key_name_of(const answer::Received& received) {
  return received.signature.key != nullptr ? ByteView(received.signature.key->name) : ByteView();
}

// nullptr: there is none of that very apex.
const zone::Zone* private_zone_at(const wire::LoweredName& name, const zone::Image& image) {
  const zone::Zone* const zone = image.private_apexes.find(name);
  return zone != nullptr && zone->apex.size_bytes() == name.size ? zone : nullptr;
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
  return is_in_good_form(received) && is_transfer(received.query.question.type);
}

void reveal_private_zone(answer::Received& received, const util::Client& client, const zone::Image& image,
                         const zonestore::Peers& peers) {
  if (received.place.zone != nullptr || !is_in_good_form(received)) {
    return;
  }
  const wire::Question& question = received.query.question;
  if (question.type != RecordType::kSoa && !is_transfer(question.type)) {
    return;
  }
  const zone::Zone* const zone = private_zone_at(question.name, image);
  if (zone != nullptr && find_peer(peers, *zone, key_name_of(received), client.address) != nullptr) {
    received.place = zone::place_in(*zone, question.name);
  }
}

const zone::Zone* zone_asked_for(const answer::Received& received, const zone::Image& image) {
  const zone::Zone* const zone = received.place.zone;
  const wire::LoweredName& name = received.query.question.name;
  return zone != nullptr && zone->apex.size_bytes() == name.size ? zone : private_zone_at(name, image);
}

const Peer* find_peer(const zonestore::Peers& peers, const zone::Zone& zone, ByteView key_name, ByteView address) {
  const Peer* found = nullptr;
  for (const Peer& peer : peers) {
    if (!peer.takes(zone.apex, zone.is_private) || !is_let_in(peer, key_name, address)) {
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
  const Peer* const peer = find_peer(peers, *zone, key_name_of(received), client.address);
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
