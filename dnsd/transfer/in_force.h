// What is in force while queries are answered: the newest image, the secrets, the keys, the peers. Each is replaced
// whole by somebody else; whoever answers keeps his own and looks for newer ones between two queries.
//
// Threads: one for each object; what it picks up from is shared by all.
#pragma once

#include <cstdint>
#include <memory>

#include "dnsd/answer/responder.h"
#include "dnsd/util/latest.h"
#include "dnsd/zone/image_hub.h"
#include "zonestore/zone/peers.h"

namespace dnsd::transfer {

// What may be replaced at any time; all of it outlives who picks up from it.
struct Sources {
  const zone::ImageHub& hub;
  const util::Latest<answer::CookieSecrets>& cookie_secrets;
  const util::Latest<wire::TsigKeys>& tsig_keys;
  const util::Latest<zonestore::Peers>& peers;
};

class InForce {
 public:
  // `settings` without secrets, keys and time: those come from the sources and the clock.
  InForce(const Sources& sources, const answer::Settings& settings);

  // Numbers are compared; a lock is taken only when something has been published. Never throws.
  void refresh() noexcept;

  // Which ones are in force, by number: an address may be another's by the time it is seen again.
  struct Seen {
    std::uint64_t image = 0;
    std::uint64_t keys = 0;
    std::uint64_t peers = 0;

    friend bool operator==(const Seen&, const Seen&) = default;
  };
  [[nodiscard]] Seen seen() const { return {image_.generation, keys_.generation, peers_.generation}; }

  [[nodiscard]] const std::shared_ptr<const zone::Image>& image() const { return image_.image; }
  [[nodiscard]] const answer::Settings& settings() const { return settings_; }
  [[nodiscard]] const std::shared_ptr<const wire::TsigKeys>& tsig_keys() const { return keys_.value; }
  [[nodiscard]] const zonestore::Peers& peers() const { return *peers_.value; }

 private:
  Sources sources_;
  answer::Settings settings_;
  zone::ImageHub::Snapshot image_;
  util::Latest<answer::CookieSecrets>::Snapshot secrets_;
  util::Latest<wire::TsigKeys>::Snapshot keys_;
  util::Latest<zonestore::Peers>::Snapshot peers_;
};

}  // namespace dnsd::transfer
