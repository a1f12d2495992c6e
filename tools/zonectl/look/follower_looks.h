// All servers of the zone of the keys, seen just before a key is judged ripe: what has ended in the store ends in the
// world when the last of them has followed (zonestore/dkim/propagation.h), and a look that comes when somebody asks
// may show that they have. Threads: one.
#pragma once

#include "tools/zonectl/look/lookout.h"
#include "zonestore/operations/change/store.h"

namespace zonectl::look {

// Name servers and secondaries, side by side, in two seconds at most, with no transaction open; what they said is
// kept. Nobody is asked where no wait rests on servers. Errors: those of the store; kIo if the child does not answer.
[[nodiscard]] zonestore::Result<void> see_followers(zonestore::Store& store, Lookout& lookout);

}  // namespace zonectl::look
