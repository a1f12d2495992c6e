#include "zonestore/operations/views/event_sorter.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include "zonestore/base/durable_file.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

// Nothing of it outlives the process: no journal, no sync. The key is the order, so that nothing is sorted in
// SQLite's own temporary files, wherever they would be; pages beyond the cache go to the file.
constexpr std::string_view kSettings =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=FILE; "
    "PRAGMA cache_size=-16000; "
    "CREATE TABLE event (at_ms INTEGER, code TEXT, number INTEGER, kind INTEGER, slot INTEGER, is_approximate "
    "INTEGER, "
    "held_back_by INTEGER, PRIMARY KEY (at_ms, code, number)) WITHOUT ROWID; BEGIN";

fs::path new_file(const fs::path& directory) {
  std::error_code ignored;
  int reason = 0;
  for (const fs::path& place : {directory, fs::temp_directory_path(ignored)}) {
    fs::path file = draft_name(place / "plan");
    const auto made = create_file(file, 0600);
    if (made) {
      return file;
    }
    reason = made.error().value();
  }
  throw db::Failure(Error{ErrorCode::kIo,
                          std::string("cannot use a temporary file to sort events in: ") + std::strerror(reason),
                          "make room in the directory for temporary files, or set TMPDIR to another", std::nullopt});
}

db::Connection open_unnamed(const fs::path& directory) {
  const fs::path file = new_file(directory);
  try {
    db::Connection connection = db::Connection::open(file, db::Access::kReadWrite);
    connection.execute(kSettings);
    ::unlink(file.c_str());
    return connection;
  } catch (const db::Failure&) {
    ::unlink(file.c_str());
    throw;
  }
}

PlannedEvent event_of(const db::Statement& row) {
  PlannedEvent planned;
  planned.code = row.text(1);
  planned.event.at = WallTime(Milliseconds(row.integer(0)));
  planned.event.kind = static_cast<dkim::ForecastEvent::Kind>(row.integer(2));
  if (!row.is_null(3)) {
    planned.event.slot = static_cast<dkim::SlotId>(row.integer(3));
  }
  planned.event.is_approximate = row.integer(4) != 0;
  if (!row.is_null(5)) {
    planned.held_back_by = static_cast<Guard>(row.integer(5));
  }
  return planned;
}

template <class Enum>
std::optional<std::int64_t> column(const std::optional<Enum>& value) {
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

}  // namespace

EventSorter::EventSorter(const fs::path& directory) : connection_(open_unnamed(directory)) {}

void EventSorter::add(const PlannedEvent& planned) {
  connection_
      .cached(
          "INSERT INTO event (at_ms, code, number, kind, slot, is_approximate, held_back_by) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .bind(1, std::int64_t{planned.event.at.time_since_epoch().count()})
      .bind(2, std::string_view(planned.code))
      .bind(3, ++added_)
      .bind(4, static_cast<std::int64_t>(planned.event.kind))
      .bind(5, column(planned.event.slot))
      .bind(6, std::int64_t{planned.event.is_approximate})
      .bind(7, column(planned.held_back_by))
      .run();
}

void EventSorter::visit(const std::function<bool(const PlannedEvent&)>& visitor) {
  db::Statement& rows = connection_.cached(
      "SELECT at_ms, code, kind, slot, is_approximate, held_back_by FROM event ORDER BY at_ms, code, number");
  while (rows.step()) {
    if (!visitor(event_of(rows))) {
      break;
    }
  }
  rows.reset();
}

}  // namespace zonestore
