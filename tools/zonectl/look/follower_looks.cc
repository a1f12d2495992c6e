#include "tools/zonectl/look/follower_looks.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tools/zonectl/look/secondary_looks.h"
#include "tools/zonectl/look/serial_looks.h"
#include "zonestore/operations/secondaries/sights.h"
#include "zonestore/operations/views/checking.h"

namespace zonectl::look {

using zonestore::ExpectedZone;
using zonestore::Milliseconds;
using zonestore::Result;
using zonestore::ServerEvidence;
using zonestore::ServerEvidenceView;
using zonestore::Verdict;

namespace {

constexpr Milliseconds kBudget{1'800};
constexpr Milliseconds kPatience{2'500};  // the child answers within its budget, if the machine gives it time

// A quick look asks over UDP alone: what a thorough one found missing over TCP it did not see mended.
void keep_what_was_not_asked(std::vector<ServerEvidence>& seen, const std::vector<ServerEvidenceView>& known) {
  for (ServerEvidence& each : seen) {
    const auto before = std::find_if(known.begin(), known.end(), [&each](const ServerEvidenceView& one) {
      return one.zone == each.zone && one.server == each.server && one.verdict == Verdict::kIncomplete;
    });
    if (each.verdict == Verdict::kOk && before != known.end()) {
      each.verdict = before->verdict;
      each.detail = before->detail;
    }
  }
}

}  // namespace

Result<void> see_followers(zonestore::Store& store, Lookout& lookout) {
  const auto waits = waits_for_servers(store);
  if (!waits || !*waits) {
    return waits.map([](bool) {});
  }
  const auto zones = zones_to_check(store);
  const auto known = server_evidence(store);
  if (!zones || !known) {
    return tl::unexpected(!zones ? zones.error() : known.error());
  }
  const ExpectedZone& keys = zones->front();
  const SteadyTime until = std::chrono::steady_clock::now() + kPatience;
  const std::uint32_t number = lookout.ask(task_of_serials(store, keys, *known, kBudget));
  const auto secondaries =
      look_at_secondaries(store, lookout, std::nullopt, Keep::kWhatIsSeen, QuickLook{keys.apex, kBudget});
  auto seen = lookout.take_zone(number, until);
  if (!secondaries) {
    return tl::unexpected(secondaries.error());
  }
  if (!seen) {
    return {};  // nothing was seen, and what was known stays
  }
  keep_what_was_not_asked(*seen, *known);
  return record_server_evidence(store, *seen, keys.as_of).map([](const auto& /*kept*/) {});
}

}  // namespace zonectl::look
