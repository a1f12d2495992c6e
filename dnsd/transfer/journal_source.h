// Differences between serials, from the store's journal: read in slices, condensed, shared by who asks for the same.
//
//   span ─> find its changes ─> few enough rows? ─> read them, slice by slice ─> condense ─> does it lead to the
//   image?
//               no-history          too-large            busy, damaged                            damaged
//
// What is short of all that is answered with the whole zone: the reason goes into the log. One reader for all, and
// one slice at a time: SQLite gives a second connection of a process its read lock past a waiting writer.
//
// Threads: the service's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "dnsd/zone/image.h"
#include "zonestore/zone/zone_difference.h"

namespace dnsd::transfer {

enum class WholeZoneWhy : std::uint8_t { kNoHistory, kTooLarge, kBusy, kDamaged, kPeer };
[[nodiscard]] const char* to_text(WholeZoneWhy why);

// Between which serials, and of which zone of an image.
struct WantedSpan {
  const zone::Zone* zone = nullptr;
  std::uint32_t from = 0;
};

class JournalSource {
 public:
  using Clock = std::chrono::steady_clock;
  using DifferencePointer = std::shared_ptr<const zonestore::ZoneDifference>;

  // `most_bytes`: what one difference may take in memory; all that live, made or being made, may take twice as much.
  // `is_store_taken`: while it says so nothing is read, as while a writer is at work; empty: never.
  JournalSource(std::filesystem::path store_dir, std::size_t most_bytes, std::function<bool()> is_store_taken = {});
  JournalSource(const JournalSource&) = delete;
  JournalSource& operator=(const JournalSource&) = delete;
  JournalSource(JournalSource&&) = delete;
  JournalSource& operator=(JournalSource&&) = delete;
  ~JournalSource();

  // One who is at work on a difference; begun by begin(), done step by step.
  class Work {
   public:
    Work(JournalSource& source, const WantedSpan& wanted);
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    Work(Work&&) = delete;
    Work& operator=(Work&&) = delete;
    ~Work();

    enum class Step : std::uint8_t {
      kMore,   // others may come in between; then again
      kPause,  // a writer is at work: again in pause()
      kDone,   // difference() is there
      kWhole,  // there is none: why()
    };
    [[nodiscard]] Step step(Clock::time_point now);
    [[nodiscard]] std::chrono::milliseconds pause() const { return pause_; }
    [[nodiscard]] const DifferencePointer& difference() const { return difference_; }
    [[nodiscard]] WholeZoneWhy why() const { return why_; }
    // About what the difference takes in memory.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

   private:
    void count(std::size_t bytes);
    [[nodiscard]] Step whole(WholeZoneWhy why);
    [[nodiscard]] Step busy(Clock::time_point now);
    [[nodiscard]] Step find();
    [[nodiscard]] Step read();
    [[nodiscard]] Step after_error(const zonestore::Error& error, Clock::time_point now);

    JournalSource& source_;
    std::shared_ptr<std::size_t> being_made_;  // the source's: this may be the one that goes later
    std::size_t counted_ = 0;                  // of it
    WantedSpan wanted_;
    zonestore::JournalSpan span_;
    std::optional<zonestore::DifferenceBuilder> builder_;
    bool is_found_ = false;
    std::optional<zonestore::Error> error_;
    std::optional<Clock::time_point> busy_since_;
    std::chrono::milliseconds pause_{0};
    DifferencePointer difference_;
    std::size_t bytes_ = 0;
    WholeZoneWhy why_ = WholeZoneWhy::kNoHistory;
  };

 private:
  struct Known {
    zonestore::Name apex;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::weak_ptr<const zonestore::ZoneDifference> difference;
    std::size_t bytes = 0;
  };
  struct Found {
    DifferencePointer difference = nullptr;
    std::size_t bytes = 0;
  };

  [[nodiscard]] zonestore::Result<zonestore::PublishedReader*> reader();
  [[nodiscard]] Found find_known(const WantedSpan& wanted);
  [[nodiscard]] std::size_t live_bytes() const;
  void keep(const WantedSpan& wanted, const DifferencePointer& difference, std::size_t bytes);

  std::filesystem::path store_dir_;
  std::size_t most_bytes_;
  std::function<bool()> is_store_taken_;
  std::optional<zonestore::PublishedReader> reader_;
  std::vector<Known> known_;
  std::shared_ptr<std::size_t> being_made_ = std::make_shared<std::size_t>(0);  // bytes
  DifferencePointer newest_;  // if it is small: several secondaries ask for it one after another
};

// True if the image has all that was added and nothing of what was removed: the difference leads to it.
[[nodiscard]] bool leads_to(const zonestore::ZoneDifference& difference, const zone::Zone& zone);

}  // namespace dnsd::transfer
