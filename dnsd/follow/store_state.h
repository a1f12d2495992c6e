// How the store is doing, as the watcher sees it, for whoever shows it.
//
//   watcher ──note_...──> StoreState ──read──> metrics, the health check, the supervisor's line
//
// Threads: the note_ functions are the watcher's (the first one may come before it runs), everything else any's.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/metrics/counters.h"
#include "dnsd/util/latest.h"
#include "dnsd/zone/loader.h"
#include "zonestore/base/error.h"
#include "zonestore/exposition/exposition.h"

namespace dnsd::follow {

// Why a whole store was read.
enum class LoadReason : std::uint8_t {
  kStart,
  kReplaced,    // another file at the path
  kJournalGap,  // the journal does not reach back so far, or zones came or went
  kRecovered,   // it could not be used before
};
inline constexpr std::size_t kLoadReasons = 4;

class StoreState {
 public:
  using Clock = std::chrono::system_clock;

  // What is served since when.
  struct Served {
    struct Zone {
      std::string apex;
      std::uint64_t record_sets = 0;
    };
    std::vector<Zone> zones;
    std::uint64_t record_data_bytes = 0;
    Clock::time_point published_at;
  };
  // Why the store cannot be used, and since when.
  struct Trouble {
    zonestore::ErrorCode code{};
    Clock::time_point since;
  };

  StoreState() : served_(Served{}) {}

  // An image of it was published, `took` after it was noticed (absent: the first one, which a start waits for).
  // `whole`: for this reason everything was read.
  void note_published(const zone::Loaded& loaded, std::optional<LoadReason> whole,
                      std::optional<std::chrono::microseconds> took);
  void note_checked();
  void note_trouble(zonestore::ErrorCode code);
  void note_health() { trouble_code_.store(kNoTrouble, std::memory_order_relaxed); }

  [[nodiscard]] Served served() const { return *served_.current().value; }
  [[nodiscard]] std::optional<Trouble> trouble() const;
  // The last look that worked.
  [[nodiscard]] Clock::time_point checked_at() const;

  void expose(zonestore::exposition::Exposition& out) const;

 private:
  static constexpr int kNoTrouble = -1;
  static constexpr std::size_t kPublishBuckets = 8;  // and one for what takes longer

  void expose_trouble(zonestore::exposition::Exposition& out) const;

  util::Latest<Served> served_;
  std::atomic<std::int64_t> checked_ms_{0};  // since 1970
  std::atomic<std::int64_t> trouble_since_ms_{0};
  std::atomic<int> trouble_code_{kNoTrouble};
  std::array<metrics::Counter, kLoadReasons> loads_;
  metrics::Counter changes_;
  std::array<metrics::Counter, kPublishBuckets + 1> publishing_;
  metrics::Counter publishing_us_;
};

}  // namespace dnsd::follow
