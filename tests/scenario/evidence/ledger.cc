#include "tests/scenario/evidence/ledger.h"

#include <algorithm>

namespace tests::evidence {

using lifecycle::Millis;
using zonestore::Guard;

namespace {

bool any(const std::array<bool, kServers>& flags) {
  return std::find(flags.begin(), flags.end(), true) != flags.end();
}

// Who is silent is as he was.
void note_servers(std::array<bool, kServers>& wrong, const std::array<Sight, kServers>& servers) {
  for (std::size_t i = 0; i < kServers; ++i) {
    if (servers.at(i) != Sight::kSilent) {
      wrong.at(i) = servers.at(i) == Sight::kWrong;
    }
  }
}

}  // namespace

void Ledger::note(Thing& thing, Sight sight, Millis now) {
  if (sight == Sight::kSilent) {
    return;
  }
  thing.is_wrong = sight == Sight::kWrong;
  thing.right_at = sight == Sight::kRight ? std::optional(now) : std::nullopt;
}

void Ledger::note_own_side(const std::array<Sight, kServers>& servers, Millis now) {
  const bool did_answer =
      std::any_of(servers.begin(), servers.end(), [](Sight sight) { return sight != Sight::kSilent; });
  if (!did_answer) {
    return;
  }
  is_delegated_ = true;
  note_servers(serves_other_bytes_, servers);
  own_right_at_ = any(serves_other_bytes_) ? std::nullopt : std::optional(now);
}

void Ledger::write_down(const Sights& slot, const std::array<Sight, kServers>& servers, Millis now) {
  note_own_side(slot.servers, now);
  note_servers(serves_old_serial_, servers);
  note(cname_, slot.cname, now);
  note(answer_, slot.answer, now);
}

void Ledger::begin_another_key() {
  serves_other_bytes_ = {};
  own_right_at_.reset();
  cname_.right_at.reset();
  answer_ = {};
}

std::optional<Guard> Ledger::bad_news() const {
  if (any(serves_other_bytes_) || any(serves_old_serial_)) {
    return Guard::kNsLag;
  }
  if (cname_.is_wrong) {
    return Guard::kCnameMissing;
  }
  return answer_.is_wrong ? std::optional(Guard::kNsLag) : std::nullopt;
}

std::optional<Millis> Ledger::all_right_since() const {
  if (!own_right_at_ || !cname_.right_at || !answer_.right_at) {
    return std::nullopt;
  }
  return std::min({*own_right_at_, *cname_.right_at, *answer_.right_at});
}

}  // namespace tests::evidence
