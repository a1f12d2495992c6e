// How a commit that failed is told from one that was made. Inside db/ only.
//
// A write transaction puts a random mark of its own into the database just before its COMMIT: the table commit_mark
// has the marks of the last 32 commits. Where COMMIT then returns an error, SQLite has let go of the file, and
// whoever opens it next rolls back what is not whole; after that the mark is there, or it is not. One that is there
// is proven to outlive a power cut by a second commit: it overwrites the journal, whose end may not have reached the
// disk. One that is not there can no more come back: a journal only leads backwards. Threads: that of the connection.
// Errors: thrown as db::Failure.
#pragma once

#include <array>
#include <optional>

#include "zonestore/db/connection.h"

namespace zonestore::db {

class CommitMark {
 public:
  enum class Found : std::uint8_t { kThere, kAbsent, kLost };  // lost: so many commits since that nobody can say

  // Precondition: a write transaction. nullopt: the database has no place for marks (an older schema).
  [[nodiscard]] static std::optional<CommitMark> put(Connection& connection);
  // Precondition: a transaction.
  [[nodiscard]] Found look(Connection& connection) const;

  // The newest mark of a database: two files that carry the same were made by the same commit. nullopt: none.
  [[nodiscard]] static std::optional<Bytes> newest(Connection& connection);

 private:
  Bytes own_;
  Bytes earlier_;  // the marks before it, newest first
};

// The error for a change of which it is not known whether it was made.
[[nodiscard]] Failure unknown_outcome(const Error& error, const std::string& why);

}  // namespace zonestore::db
