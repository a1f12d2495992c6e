#include "zonestore/db/commit_mark.h"

#include <algorithm>

#include <sqlite3.h>

namespace zonestore::db {
namespace {

constexpr std::size_t kMarkBytes = 8;
constexpr std::size_t kMarks = 32;

bool has_marks(Connection& connection) {
  Statement& row =
      connection.cached("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'commit_mark'");
  const bool found = row.step();
  row.reset();
  return found;
}

Bytes marks_of(Connection& connection) {
  Statement& row = connection.cached("SELECT recent FROM main.commit_mark");
  Bytes marks;
  if (row.step()) {
    const ByteView blob = row.blob(0);
    marks.assign(blob.begin(), blob.end());
  }
  row.reset();
  return marks;
}

// Marks stand one after the other, newest first.
bool holds(const Bytes& marks, const Bytes& mark) {
  for (std::size_t at = 0; at + kMarkBytes <= marks.size(); at += kMarkBytes) {
    const auto begin = marks.begin() + static_cast<std::ptrdiff_t>(at);
    if (std::equal(mark.begin(), mark.end(), begin)) {
      return true;
    }
  }
  return false;
}

Bytes first_of(const Bytes& marks) {
  return {marks.begin(), marks.begin() + static_cast<std::ptrdiff_t>(std::min(kMarkBytes, marks.size()))};
}

}  // namespace

std::optional<CommitMark> CommitMark::put(Connection& connection) {
  if (!has_marks(connection)) {
    return std::nullopt;
  }
  CommitMark mark;
  mark.earlier_ = marks_of(connection);
  mark.own_.resize(kMarkBytes);
  ::sqlite3_randomness(static_cast<int>(kMarkBytes), mark.own_.data());
  Bytes marks = mark.own_;
  marks.insert(marks.end(), mark.earlier_.begin(), mark.earlier_.end());
  marks.resize(std::min(marks.size(), kMarks * kMarkBytes));
  connection.cached("INSERT OR REPLACE INTO main.commit_mark (one, recent) VALUES (1, ?1)")
      .bind(1, ByteView(marks))
      .run();
  return mark;
}

CommitMark::Found CommitMark::look(Connection& connection) const {
  const Bytes marks = marks_of(connection);
  if (holds(marks, own_)) {
    return Found::kThere;
  }
  // All that was committed since is there to be seen if it reaches back to what was there before.
  const bool is_whole = earlier_.empty() ? marks.size() < kMarks * kMarkBytes : holds(marks, first_of(earlier_));
  return is_whole ? Found::kAbsent : Found::kLost;
}

std::optional<Bytes> CommitMark::newest(Connection& connection) {
  if (!has_marks(connection)) {
    return std::nullopt;
  }
  const Bytes marks = marks_of(connection);
  return marks.empty() ? std::nullopt : std::optional(first_of(marks));
}

Failure unknown_outcome(const Error& error, const std::string& why) {
  return Failure(Error{ErrorCode::kUnknown,
                       "whether this was done is not known: " + error.message + (why.empty() ? "" : "; then: " + why),
                       "look before you run it again: zonectl log", std::nullopt});
}

}  // namespace zonestore::db
