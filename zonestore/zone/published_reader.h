// The published zones as their reader sees them: what dnsd loads and follows.
//
// A PublishedReader holds one read-only connection to DIR/zone.db for its whole life. Every load runs in one read
// transaction, so that what it hands out is one committed state. It never waits long: a busy store is
// reported as kBusy at once after `busy_timeout`.
//
// Any number of them may live beside each other in one process, each with its thread (one that follows the store, one
// that reads the journal): nothing here opens or closes zone.db outside SQLite, for closing any descriptor of a file
// drops all the locks that the process holds on it, and a writer would commit under the feet of the others.
//
// Threads: one thread at a time. Errors: as in base/error.h; the object stays usable after an error, and
// the caller decides when to try again or to open anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/peers.h"
#include "zonestore/zone/record_set.h"
#include "zonestore/zone/serial.h"

namespace zonestore {

enum class ZoneId : std::int64_t {};
// Position in the journal: rises by one with every change of any zone of this store.
enum class ChangeId : std::int64_t {};

struct PublishedZone {
  ZoneId id{};
  Name apex;
  Serial serial;
  std::uint64_t record_set_count = 0;
  std::uint64_t record_set_hash_sum = 0;  // mod 2^64, over record_set_hash of all its record sets
  bool is_private = false;                // the catalog (RFC 9432): for its peers alone
};

// A record set as it lies in the store: views that are valid during the callback only.
struct StoredRecordSet {
  ZoneId zone{};
  ByteView owner_key;  // see encode_owner_key
  RecordType type{};
  Ttl ttl{};
  ByteView packed_rdata;  // see pack_rdata
};

enum class JournalOperation : std::uint8_t { kRemoved = 0, kAdded = 1 };

// What a store's published part looked like at one commit.
struct PublishedHead {
  std::string store_id;  // changes when a store is made anew or restored: never catch up across it
  ChangeId newest_change{};
  ChangeId oldest_change{};          // of those still in the journal, of any zone; newest + 1 if it is empty
  std::vector<PublishedZone> zones;  // by apex, canonical order
  Peers peers;                       // those that are enabled; none in a store from before there were any
};

using RecordSetVisitor = std::function<bool(const StoredRecordSet&)>;  // false: no more of them
using JournalVisitor = std::function<void(ChangeId, JournalOperation, const StoredRecordSet&)>;

// A span of a zone's journal, on its way through it slice by slice. Each slice is a read transaction of its own, so
// that no writer waits for more than a few milliseconds; that the span is still whole is seen each time by its first
// change, as the journal is cut from that end.
struct JournalSpan {
  Name apex;
  Serial from;
  Serial to;
  // The reader's own.
  std::string store_id;
  std::vector<ChangeId> changes;  // that were found, oldest first; they lead from `from` to `reached`
  Serial reached;
  std::uint64_t rows = 0;                                              // that those have
  std::uint64_t record_set_count = 0;                                  // of the whole zone
  std::size_t change = 0;                                              // that is being read
  std::optional<std::tuple<std::int64_t, Bytes, std::int64_t>> after;  // within it: operation, owner, type
};

enum class SpanStep : std::uint8_t {
  kMore,       // call again
  kEnd,        // that was all of it
  kNoHistory,  // the journal does not lead from the one serial to the other, or does not any more
};

class PublishedReader {
 public:
  // Checks what is at `store_dir`/zone.db before SQLite makes anything of it: a regular file, not empty, with our
  // application id, a schema version that we know and no write-ahead log. A journal beside it must be a regular file
  // too, each time.
  [[nodiscard]] static Result<PublishedReader> open(const std::filesystem::path& store_dir,
                                                    Milliseconds busy_timeout = Milliseconds{0});

  PublishedReader(PublishedReader&&) noexcept;
  PublishedReader& operator=(PublishedReader&&) noexcept;
  ~PublishedReader();

  // A number that differs from the last one if another process has committed since (PRAGMA data_version).
  [[nodiscard]] Result<std::int64_t> data_version();

  // True if the path still leads to the file that this reader holds open (device and inode).
  [[nodiscard]] bool is_same_file() const;

  [[nodiscard]] Result<PublishedHead> head();

  // Everything: the head, handed to `on_head` first, then each record set. Zones come one after the other, in
  // the order of the head; within a zone the order is that of the file, which is several times faster to read
  // than that of the names, so the types of one owner need not stand together. Counts and hash sums are for
  // the caller to check. It ends early, and well, when `on_record_set` says false.
  [[nodiscard]] Result<PublishedHead> load(const std::function<void(const PublishedHead&)>& on_head,
                                           const RecordSetVisitor& on_record_set);

  // The changes after `after`, oldest first; within a change the removed sets before the added ones.
  // Returns the head of the same read transaction. If the journal does not hold every change after `after`, or
  // the store id is not `store_id`, the visitor is not called and `reached` is false: load anew.
  [[nodiscard]] Result<PublishedHead> catch_up(const std::string& store_id, ChangeId after,
                                               const JournalVisitor& on_change, bool& reached);

  // Finds the changes that lead from span.from to span.to, so many at most in one call. kEnd: they are all found, and
  // span.rows says how many rows read_span will hand out.
  [[nodiscard]] Result<SpanStep> find_span(JournalSpan& span, std::size_t most_changes);
  // Hands out the rows, so many at most in one call, in the order of the journal. After find_span's kEnd.
  [[nodiscard]] Result<SpanStep> read_span(JournalSpan& span, std::size_t most_rows, const JournalVisitor& on_row);

 private:
  struct Impl;
  explicit PublishedReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zonestore
