#include "dnsd/transfer/notify_plan.h"

#include <algorithm>
#include <utility>

namespace dnsd::transfer {
namespace {

using std::chrono::seconds;

constexpr unsigned kDoublings = 5;  // 2, 4, 8, 16, 32 s
constexpr seconds kLongestPause{60};

seconds pause_after(unsigned attempts) {
  return attempts <= kDoublings ? seconds{std::int64_t{1} << attempts} : kLongestPause;
}

}  // namespace

void NotifyPlan::set(const zonestore::Peers& peers, const std::vector<NotifiedZone>& zones, Time now,
                     std::chrono::milliseconds delay) {
  std::vector<Entry> next;
  for (const zonestore::Peer& peer : peers) {
    for (const zonestore::SocketAddress& address : peer.addresses) {
      for (const NotifiedZone& zone : zones) {
        if (!peer.takes(zone.apex, zone.is_private)) {
          continue;
        }
        NotifyTarget target{peer.id, address, zone.apex};
        const auto known = std::ranges::find(entries_, target, &Entry::target);
        Entry& entry = next.emplace_back(known != entries_.end() ? std::move(*known) : Entry{std::move(target)});
        const bool is_new = known == entries_.end() || entry.serial != zone.serial;
        entry.serial = zone.serial;
        if (is_new) {
          tell(entry, now + delay);
        }
      }
    }
  }
  entries_ = std::move(next);
}

bool NotifyPlan::has(const NotifyTarget& target) const {
  return std::ranges::find(entries_, target, &Entry::target) != entries_.end();
}

// What is under way goes on: its answer, or its next attempt, brings the newest serial.
void NotifyPlan::tell(Entry& entry, Time at) {
  if (entry.is_under_way || entry.due) {
    return;
  }
  entry.due = entry.last_sent ? std::max(at, *entry.last_sent + gap_) : at;
}

void NotifyPlan::tell_again(zonestore::SecondaryId peer, Time now) {
  for (Entry& entry : entries_) {
    if (entry.target.peer == peer) {
      entry.is_under_way = false;
      entry.attempts = 0;
      entry.pauses = 0;
      entry.due.reset();
      tell(entry, now);
    }
  }
}

void NotifyPlan::is_back(zonestore::SecondaryId peer, Time now) {
  for (Entry& entry : entries_) {
    if (entry.target.peer == peer && entry.is_under_way) {
      entry.pauses = 0;
      entry.due = std::min(*entry.due, std::max(now, *entry.last_sent + gap_));
    }
  }
}

std::optional<NotifyPlan::Time> NotifyPlan::next_due() const {
  std::optional<Time> next;
  for (const Entry& entry : entries_) {
    if (entry.due && (!next || *entry.due < *next)) {
      next = entry.due;
    }
  }
  return next;
}

std::vector<NotifyPlan::Sending> NotifyPlan::take_due(Time now) {
  std::vector<Sending> all;
  for (Entry& entry : entries_) {
    if (!entry.due || *entry.due > now) {
      continue;
    }
    entry.is_under_way = true;
    entry.sent_serial = entry.serial;
    entry.last_sent = now;
    ++entry.attempts;
    entry.due = now + pause_after(++entry.pauses);
    const Said said = entry.attempts == kDoublings + 1 ? say(entry, Said::kUnanswered) : Said::kNothing;
    all.push_back({entry.target, entry.turns++, said});
  }
  return all;
}

NotifyPlan::Said NotifyPlan::answered(const NotifyTarget& target, Reaction reaction, Time now) {
  const auto place = std::ranges::find(entries_, target, &Entry::target);
  if (place == entries_.end() || !place->is_under_way) {
    return Said::kNothing;
  }
  if (reaction == Reaction::kUnverified) {
    return say(*place, Said::kUnverified);
  }
  place->is_under_way = false;
  place->attempts = 0;
  place->pauses = 0;
  place->due.reset();
  if (place->serial != place->sent_serial) {
    tell(*place, now);
  }
  if (reaction == Reaction::kRefused) {
    return say(*place, Said::kRefused);
  }
  const bool was_said = std::exchange(place->said, Said::kNothing) != Said::kNothing;
  return was_said ? Said::kAnsweredAgain : Said::kNothing;
}

NotifyPlan::Said NotifyPlan::say(Entry& entry, Said what) {
  return std::exchange(entry.said, what) == what ? Said::kNothing : what;
}

}  // namespace dnsd::transfer
