// Finding a name in its zone (RFC 1034 section 4.3.2, step 3, with RFC 4592 and RFC 6672).
//
//   apex ──> ... ──> a cut or a DNAME on the way? It hides all that lies below: kCut, kDname, the highest one wins
//                └─> the name itself is there: kExact (an empty non-terminal too, RFC 8020)
//                └─> it is not: below the closest encloser a name "*"? kWildcard; else kNone
//
// The name of a plain zone (Census) costs one hash; in others each name above it is looked at, at most as many as the
// zone's deepest name has labels. Pure. Threads: any number.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dnsd/wire/name.h"
#include "dnsd/zone/image.h"

namespace dnsd::zone {

enum class Match : std::uint8_t {
  kNone,      // there is no such name
  kExact,     // `node` is the name's
  kWildcard,  // `node` is the source of synthesis (RFC 4592 section 3.3.1)
  kCut,       // `node` has the NS records of a delegation at or above the name
  kDname,     // `node` has a DNAME record, and lies above the name
};

struct Found {
  Match match = Match::kNone;
  NodeView node;
  std::size_t owner_at = 0;  // of kCut and kDname: where in the name that was sought the node's name begins
  std::uint64_t source = 0;  // hash of the node's name; of kNone: of the apex
};

// At a cut itself the parent is asked for DS, and the child for all else (RFC 4035 section 3.1.4.1).
enum class CutItself : bool { kIsBelow, kIsOurs };

// Where a name of a zone is, if it is there: computed once for a query.
struct Place {
  const Zone* zone = nullptr;  // nullptr: none of ours
  std::uint64_t hash = 0;      // of the name, in the zone's table
};

// Precondition: `name` is at or below the zone's apex.
[[nodiscard]] Place place_in(const Zone& zone, const wire::LoweredName& name);

// Precondition: `place` is the name's, and has a zone.
[[nodiscard]] Found look_up(const Place& place, const wire::LoweredName& name, CutItself cut_itself);

// `guess`, if it is the node that look_up would find, and that takes no more than a look at its name; else no node.
// Precondition: as for look_up, if there is a guess.
[[nodiscard]] NodeView confirm(const Place& place, const wire::LoweredName& name, NodeView guess);

// The node of any name, in lower case, not of its wildcard; of no node: it is not there, or not of this zone.
[[nodiscard]] NodeView find_exactly(const Zone& zone, const wire::LoweredName& name);

}  // namespace dnsd::zone
