#include "zonestore/zone/published_reader.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "zonestore/db/connection.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/schema.h"
#include "zonestore/zone/peer_rows.h"
#include "zonestore/zone/schema_versions.h"
#include "zonestore/zone/zone_table.h"

namespace zonestore {
namespace {

// Which file a path leads to.
using FileIdentity = std::pair<dev_t, ino_t>;

// By stat alone: opening and closing the file would drop SQLite's locks on it.
std::optional<FileIdentity> identity_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return FileIdentity{status.st_dev, status.st_ino};
}

// Before each transaction: it may have come since the last one, and SQLite would wait for ever for a pipe's other
// end.
void check_journal(db::Connection& connection) {
  if (std::optional<Error> obstacle = db::find_journal_obstacle(connection.file())) {
    throw db::Failure(std::move(*obstacle));
  }
}

// As db::at_border, for what a visitor throws too: whoever builds an image may run out of memory.
template <class T, class Body>
Result<T> at_border(Body body) {
  return db::at_border<T>([&]() -> decltype(body()) {
    try {
      return body();
    } catch (const std::bad_alloc&) {
      throw db::Failure(Error{ErrorCode::kIo, "out of memory", "give the program more memory", std::nullopt});
    }
  });
}

std::int64_t change_column(ChangeId change) {
  return static_cast<std::int64_t>(change);
}

PublishedHead read_head(db::Connection& connection) {
  PublishedHead head;
  db::Statement& store = connection.cached("SELECT store_id FROM store WHERE one = 1");
  if (!store.step()) {
    throw db::Failure(Error{ErrorCode::kDamaged, connection.file().string() + " has no row in its table 'store'",
                            "restore it from a backup"});
  }
  head.store_id = store.text(0);
  store.reset();
  // The sequence outlives the rows that the journal loses.
  head.newest_change = static_cast<ChangeId>(
      connection.integer("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal_change'"));
  db::Statement& oldest = connection.cached("SELECT coalesce(min(change_id), ? + 1) FROM journal_change");
  oldest.bind(1, change_column(head.newest_change));
  oldest.step();
  head.oldest_change = static_cast<ChangeId>(oldest.integer(0));
  oldest.reset();
  head.zones = read_zones(connection);
  // Asked in each transaction: a store is brought up to date beside a running reader.
  if (connection.integer("PRAGMA user_version") >= kPeersSince) {
    head.peers = read_peers(connection);
  }
  return head;
}

// The tables that are read here are the same since this version: programs that are upgraded before their store must
// go on serving it.
constexpr std::int64_t kPublishedSince = 1;

}  // namespace

SchemaVersions schema_versions() {
  return {kPublishedSince, db::zone_schema().steps.back().version};
}

namespace {

// A zone that has at least this part of all record sets is read by a scan of the table in the order of the
// file, which passes over the rows of others; a smaller one by its index. So at most this many scans.
constexpr std::uint64_t kScanPart = 8;

// False: the visitor wants no more.
bool visit_zone(db::Connection& connection, const PublishedZone& zone, std::uint64_t record_sets_of_all,
                const RecordSetVisitor& visit) {
  const bool is_large = zone.record_set_count >= record_sets_of_all / kScanPart;
  db::Statement& statement = connection.cached(
      is_large ? std::string_view("SELECT owner, type, ttl, rdata FROM record_set NOT INDEXED WHERE zone_id = ?")
               : std::string_view("SELECT owner, type, ttl, rdata FROM record_set INDEXED BY record_set_by_owner "
                                  "WHERE zone_id = ?"));
  statement.bind(1, static_cast<std::int64_t>(zone.id));
  bool more = true;
  while (more && statement.step()) {
    more = visit({zone.id, statement.blob(0), static_cast<RecordType>(statement.integer(1)),
                  static_cast<Ttl>(statement.integer(2)), statement.blob(3)});
  }
  statement.reset();
  return more;
}

// True if the journal has every change after `after`, whole. Changes are numbered without a gap, but each
// zone's journal is cut by itself, so that holes may lie behind the oldest change.
bool journal_reaches(db::Connection& connection, ChangeId after, const PublishedHead& head) {
  if (after > head.newest_change || change_column(after) + 1 < change_column(head.oldest_change)) {
    return false;
  }
  db::Statement& statement =
      connection.cached("SELECT count(*) FROM journal_change WHERE change_id > ? AND row_count > 0");
  statement.bind(1, change_column(after));
  statement.step();
  const std::int64_t whole_changes = statement.integer(0);
  statement.reset();
  return whole_changes == change_column(head.newest_change) - change_column(after);
}

void visit_journal(db::Connection& connection, ChangeId after, const JournalVisitor& visit) {
  db::Statement& statement = connection.cached(
      "SELECT r.change_id, r.operation, c.zone_id, r.owner, r.type, r.ttl, r.rdata "
      "FROM journal_record_set AS r JOIN journal_change AS c ON c.change_id = r.change_id "
      "WHERE r.change_id > ? ORDER BY r.change_id, r.operation, r.owner, r.type");
  statement.bind(1, change_column(after));
  while (statement.step()) {
    visit(static_cast<ChangeId>(statement.integer(0)), static_cast<JournalOperation>(statement.integer(1)),
          {static_cast<ZoneId>(statement.integer(2)), statement.blob(3),
           static_cast<RecordType>(statement.integer(4)), static_cast<Ttl>(statement.integer(5)), statement.blob(6)});
  }
  statement.reset();
}

std::string read_store_id(db::Connection& connection) {
  db::Statement& store = connection.cached("SELECT store_id FROM store WHERE one = 1");
  std::string id = store.step() ? store.text(0) : std::string();
  store.reset();
  return id;
}

// True if the span's first change is there and whole. A restore puts another store in its place.
bool is_still_whole(db::Connection& connection, const JournalSpan& span) {
  db::Statement& first = connection.cached("SELECT row_count FROM journal_change WHERE change_id = ?");
  first.bind(1, change_column(span.changes.front()));
  const bool whole = first.step() && first.integer(0) > 0;
  first.reset();
  return whole && read_store_id(connection) == span.store_id;
}

// The first of them, by its serial.
std::optional<std::int64_t> first_change(db::Connection& connection, ZoneId zone, Serial from) {
  db::Statement& row =
      connection.cached("SELECT change_id FROM journal_change WHERE zone_id = ? AND serial_before = ?");
  row.bind(1, static_cast<std::int64_t>(zone));
  row.bind(2, std::int64_t{from.value});
  const auto found = row.step() ? std::optional(row.integer(0)) : std::nullopt;
  row.reset();
  return found;
}

// Those of the zone from change `first` on, as long as each begins where the one before ended.
SpanStep follow_changes(db::Connection& connection, ZoneId zone, std::int64_t first, std::size_t most,
                        JournalSpan& span) {
  db::Statement& rows = connection.cached(
      "SELECT change_id, serial_before, serial_after, row_count FROM journal_change "
      "WHERE zone_id = ? AND change_id >= ? ORDER BY change_id LIMIT ?");
  rows.bind(1, static_cast<std::int64_t>(zone));
  rows.bind(2, first);
  rows.bind(3, static_cast<std::int64_t>(most));
  SpanStep step = SpanStep::kNoHistory;  // as long as there is no more to come
  while (rows.step()) {
    const bool joins = rows.integer(1) == std::int64_t{span.reached.value} && rows.integer(3) > 0;
    if (!joins) {
      step = SpanStep::kNoHistory;
      break;
    }
    span.changes.push_back(static_cast<ChangeId>(rows.integer(0)));
    span.rows += static_cast<std::uint64_t>(rows.integer(3));
    span.reached = Serial{static_cast<std::uint32_t>(rows.integer(2))};
    step = SpanStep::kMore;
    if (span.reached == span.to) {
      step = SpanStep::kEnd;
      break;
    }
  }
  rows.reset();
  return step;
}

// At most so many rows of the change that the span has come to; how many there were.
std::size_t visit_change(db::Connection& connection, JournalSpan& span, ZoneId zone, std::size_t most,
                         const JournalVisitor& visit) {
  db::Statement& rows = connection.cached(
      "SELECT operation, owner, type, ttl, rdata FROM journal_record_set WHERE change_id = ?1 "
      "AND (operation, owner, type) > (?2, ?3, ?4) ORDER BY operation, owner, type LIMIT ?5");
  const ChangeId change = span.changes[span.change];
  const auto [operation, owner, type] = span.after.value_or(std::tuple{std::int64_t{-1}, Bytes(), std::int64_t{-1}});
  rows.bind(1, change_column(change));
  rows.bind(2, operation);
  rows.bind(3, ByteView(owner));
  rows.bind(4, type);
  rows.bind(5, static_cast<std::int64_t>(most));
  std::size_t count = 0;
  for (; rows.step(); ++count) {
    const ByteView key = rows.blob(1);
    visit(change, static_cast<JournalOperation>(rows.integer(0)),
          {zone, key, static_cast<RecordType>(rows.integer(2)), static_cast<Ttl>(rows.integer(3)), rows.blob(4)});
    span.after.emplace(rows.integer(0), Bytes(key.begin(), key.end()), rows.integer(2));
  }
  rows.reset();
  return count;
}

}  // namespace

struct PublishedReader::Impl {
  db::Connection connection;
  FileIdentity identity;
};

PublishedReader::PublishedReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PublishedReader::PublishedReader(PublishedReader&&) noexcept = default;
PublishedReader& PublishedReader::operator=(PublishedReader&&) noexcept = default;
PublishedReader::~PublishedReader() = default;

Result<PublishedReader> PublishedReader::open(const std::filesystem::path& store_dir, Milliseconds busy_timeout) {
  return at_border<PublishedReader>([&]() -> Result<PublishedReader> {
    const std::filesystem::path file = store_dir / "zone.db";
    const auto before = identity_of(file);
    db::Connection connection = db::Connection::open(file, db::Access::kReadOnly, busy_timeout);
    db::check_header(connection, db::zone_schema());
    db::refuse_log(connection, db::zone_schema());
    db::check_version(connection, db::zone_schema(), kPublishedSince);
    // SQLite does not tell which file it opened: if the path led to the same one before and after, to that.
    if (!before || identity_of(file) != before) {
      return fail(ErrorCode::kMissing, file.string() + " was replaced while it was being opened", "try again");
    }
    return PublishedReader(std::make_unique<Impl>(Impl{std::move(connection), *before}));
  });
}

Result<std::int64_t> PublishedReader::data_version() {
  return at_border<std::int64_t>([&] {
    check_journal(impl_->connection);
    return impl_->connection.integer("PRAGMA data_version");
  });
}

bool PublishedReader::is_same_file() const {
  return identity_of(impl_->connection.file()) == impl_->identity;
}

Result<PublishedHead> PublishedReader::head() {
  return at_border<PublishedHead>([&] {
    check_journal(impl_->connection);
    const db::Transaction transaction(impl_->connection, db::Transaction::Kind::kRead);
    return read_head(impl_->connection);
  });
}

Result<PublishedHead> PublishedReader::load(const std::function<void(const PublishedHead&)>& on_head,
                                            const RecordSetVisitor& on_record_set) {
  return at_border<PublishedHead>([&] {
    check_journal(impl_->connection);
    const db::Transaction transaction(impl_->connection, db::Transaction::Kind::kRead);
    PublishedHead head = read_head(impl_->connection);
    on_head(head);
    std::uint64_t record_sets = 0;
    for (const PublishedZone& zone : head.zones) {
      record_sets += zone.record_set_count;
    }
    for (const PublishedZone& zone : head.zones) {
      if (!visit_zone(impl_->connection, zone, record_sets, on_record_set)) {
        break;
      }
    }
    return head;
  });
}

Result<PublishedHead> PublishedReader::catch_up(const std::string& store_id, ChangeId after,
                                                const JournalVisitor& on_change, bool& reached) {
  reached = false;
  return at_border<PublishedHead>([&] {
    check_journal(impl_->connection);
    const db::Transaction transaction(impl_->connection, db::Transaction::Kind::kRead);
    PublishedHead head = read_head(impl_->connection);
    if (head.store_id == store_id && journal_reaches(impl_->connection, after, head)) {
      visit_journal(impl_->connection, after, on_change);
      reached = true;
    }
    return head;
  });
}

Result<SpanStep> PublishedReader::find_span(JournalSpan& span, std::size_t most_changes) {
  return at_border<SpanStep>([&]() -> SpanStep {
    check_journal(impl_->connection);
    const db::Transaction transaction(impl_->connection, db::Transaction::Kind::kRead);
    if (impl_->connection.integer("PRAGMA user_version") < kPeersSince) {
      return SpanStep::kNoHistory;
    }
    const auto zone = read_zone(impl_->connection, span.apex);
    if (!zone) {
      return SpanStep::kNoHistory;
    }
    if (span.changes.empty()) {
      span.store_id = read_store_id(impl_->connection);
      span.reached = span.from;
      span.record_set_count = zone->record_set_count;
      const auto first = first_change(impl_->connection, zone->id, span.from);
      return first ? follow_changes(impl_->connection, zone->id, *first, most_changes, span) : SpanStep::kNoHistory;
    }
    if (!is_still_whole(impl_->connection, span)) {
      return SpanStep::kNoHistory;
    }
    return follow_changes(impl_->connection, zone->id, change_column(span.changes.back()) + 1, most_changes, span);
  });
}

Result<SpanStep> PublishedReader::read_span(JournalSpan& span, std::size_t most_rows, const JournalVisitor& on_row) {
  return at_border<SpanStep>([&]() -> SpanStep {
    check_journal(impl_->connection);
    const db::Transaction transaction(impl_->connection, db::Transaction::Kind::kRead);
    const auto zone = read_zone(impl_->connection, span.apex);
    if (!zone || !is_still_whole(impl_->connection, span)) {
      return SpanStep::kNoHistory;
    }
    for (std::size_t left = most_rows; left > 0 && span.change < span.changes.size();) {
      const std::size_t count = visit_change(impl_->connection, span, zone->id, left, on_row);
      if (count < left) {
        ++span.change;
        span.after.reset();
      }
      left -= count;
    }
    return span.change < span.changes.size() ? SpanStep::kMore : SpanStep::kEnd;
  });
}

}  // namespace zonestore
