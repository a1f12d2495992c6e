// Who may have a zone: judged once for a request, before anything is read for it.
//
//   SOA, AXFR, IXFR ─> the apex of a private zone, and from a peer of it? else no zone of ours has that name
//   AXFR, IXFR ─> an apex of ours? ─> signed by a key of a peer of this zone, or from the address of one without
//   keys?
//                     NOTAUTH                 REFUSED, whatever of it was wrong
//              ─> over UDP, or nothing new: one message ─> else a stream of messages
//
// Pure. Threads: any number at once.
#pragma once

#include <cstdint>
#include <optional>

#include "dnsd/answer/responder.h"
#include "zonestore/zone/peers.h"

namespace dnsd::transfer {

struct Judgement {
  answer::TransferVerdict verdict = answer::TransferVerdict::kRefused;  // where one message is enough
  bool is_stream = false;                                               // it is not
  const zonestore::Peer* peer = nullptr;                                // of those that were handed in
  std::optional<std::uint32_t> from = std::nullopt;                     // of IXFR: the serial that the peer has
};

// A question for a transfer, in good form and, if it is signed, rightly signed: all else has one answer for
// everybody.
[[nodiscard]] bool is_request(const answer::Received& received);

// The catalog (RFC 9432) lists all zones and is for its peers alone: for everybody else, and for every other
// question, it is not there. Where one of its peers asks for its SOA or for a transfer, the question's place becomes
// that zone. To be called before anything else is made of a question; costs nothing where its name is one of a zone
// of ours.
void reveal_private_zone(answer::Received& received, const util::Client& client, const zone::Image& image,
                         const zonestore::Peers& peers);

// The zone that a request is for, private or not, whoever asks: what the log says of those who are refused. nullptr:
// the name is no apex of ours. Precondition: is_request().
[[nodiscard]] const zone::Zone* zone_asked_for(const answer::Received& received, const zone::Image& image);

// Precondition: is_request(). The first that fits: a peer of this zone that has the key (of several, the one whose
// address it is, else the first by name); for an unsigned request, a peer without keys that has the address.
[[nodiscard]] Judgement judge(const answer::Received& received, const util::Client& client,
                              const zonestore::Peers& peers);

// The peer that may have the zone: by the key's name (empty: unsigned) and the client's address. nullptr: nobody is.
[[nodiscard]] const zonestore::Peer* find_peer(const zonestore::Peers& peers, const zone::Zone& zone,
                                               zonestore::ByteView key_name, zonestore::ByteView address);

}  // namespace dnsd::transfer
