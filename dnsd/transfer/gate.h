// Who may have a zone: judged once for a request, before anything is read for it.
//
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

// Precondition: is_request(). The first that fits: a peer of this zone that has the key (of several, the one whose
// address it is, else the first by name); for an unsigned request, a peer without keys that has the address.
[[nodiscard]] Judgement judge(const answer::Received& received, const util::Client& client,
                              const zonestore::Peers& peers);

// The peer that may have the zone: by the key's name (empty: unsigned) and the client's address. nullptr: nobody is.
[[nodiscard]] const zonestore::Peer* find_peer(const zonestore::Peers& peers, const zonestore::Name& apex,
                                               zonestore::ByteView key_name, zonestore::ByteView address);

}  // namespace dnsd::transfer
