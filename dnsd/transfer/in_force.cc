#include "dnsd/transfer/in_force.h"

#include <chrono>

namespace dnsd::transfer {
namespace {

template <class Value>
void pick_up(const util::Latest<Value>& latest, typename util::Latest<Value>::Snapshot& seen) noexcept {
  if (latest.generation() != seen.generation) {
    seen = latest.current();
  }
}

}  // namespace

InForce::InForce(const Sources& sources, const answer::Settings& settings)
    : sources_(sources),
      settings_(settings),
      image_(sources.hub.current()),
      secrets_(sources.cookie_secrets.current()),
      keys_(sources.tsig_keys.current()),
      peers_(sources.peers.current()) {
  refresh();
}

void InForce::refresh() noexcept {
  if (sources_.hub.generation() != image_.generation) {
    image_ = sources_.hub.current();
  }
  pick_up(sources_.cookie_secrets, secrets_);
  pick_up(sources_.tsig_keys, keys_);
  pick_up(sources_.peers, peers_);
  settings_.cookie_secrets = secrets_.value.get();
  settings_.tsig_keys = keys_.value.get();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  settings_.unix_seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace dnsd::transfer
