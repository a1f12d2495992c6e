// Record sets on their way from the thread that reads the store to the thread that builds the image.
//
//   reader: begin(head), add, add, ...  ──> [batch] [batch] [batch] [batch] ──> builder: head(), next(), next(), ...
//           waits while all are full          a ring, used again and again        waits while all are empty
//
// Either side may end early: end() is the reader's last word, stop() the builder's, after which add() says false.
// Threads: one on either side.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "dnsd/zone/loader_intake.h"

namespace dnsd::zone {

// Record sets with bytes of their own, one behind the other.
class Batch {
 public:
  void add(const ReadySet& set);
  void clear();

  [[nodiscard]] bool is_full() const { return bytes_.size() >= kFullBytes; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] ReadySet at(std::size_t index) const;  // good until the batch changes

 private:
  static constexpr std::size_t kFullBytes = std::size_t{256} * 1024;  // some five hundred keys: stays in the cache

  struct Entry {
    ReadySet set;  // without its views
    std::size_t owner_at = 0;
    std::size_t rdata_at = 0;
    std::size_t end = 0;
  };
  std::vector<Entry> entries_;
  Bytes bytes_;
};

class Relay {
 public:
  // The reader's.
  void begin(const zonestore::PublishedHead& head);
  [[nodiscard]] bool add(const ReadySet& set);  // false: no more are wanted
  void end();

  // The builder's.
  [[nodiscard]] const zonestore::PublishedHead* head();  // nullptr: the reader ended without one
  [[nodiscard]] const Batch* next();                     // good until the next call; nullptr: that was all
  void stop();

 private:
  [[nodiscard]] Batch& filling() { return ring_[handed_over_ % ring_.size()]; }
  [[nodiscard]] bool hand_over();  // false: no more are wanted

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<zonestore::PublishedHead> head_;
  bool ended_ = false;
  bool stopped_ = false;
  // Batches are counted; the reader fills the one at handed_over_, the builder has the one at given_back_.
  std::array<Batch, 4> ring_;
  std::size_t handed_over_ = 0;  // written by the reader only
  std::size_t given_back_ = 0;   // written by the builder only
  bool lent_ = false;            // the builder's: it has one to give back
};

}  // namespace dnsd::zone
