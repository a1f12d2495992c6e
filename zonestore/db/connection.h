// The only user of SQLite (through SQLiteCpp): connections, statements, transactions.
//
// A rollback journal, not WAL: journal_mode=TRUNCATE, synchronous=FULL (EXTRA where it costs nothing more),
// foreign_keys=ON, mmap_size=0, trusted_schema=OFF, cell_size_check=ON, busy timeout 10 s by default.
// Writers take BEGIN IMMEDIATE. SQLite's result codes become Error codes here and nowhere else, extended
// ones included: SQLITE_BUSY kBusy, SQLITE_FULL kFull, SQLITE_READONLY kReadOnly, SQLITE_READONLY_ROLLBACK and
// a hot journal that may not be opened kHotJournal, SQLITE_CORRUPT and SQLITE_NOTADB kDamaged, SQLITE_CANTOPEN
// and SQLITE_PERM kPermission, kMissing, kReadOnly or kForeign by what the file system says, SQLITE_ERROR and
// SQLITE_CONSTRAINT kDamaged (the tables are not as the schema has them), the rest kIo.
//
// Threads: a connection belongs to one thread at a time. Errors: thrown as db::Failure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/db/failure.h"

namespace zonestore::db {

struct Schema;

// kScratch: reads the file, and writes in memory alone: for dry runs. It takes no lock that a writer would notice for
// longer than a transaction, syncs nothing, needs no right to write, and works on any schema that migrate() can bring
// up. What it commits is gone with the connection; see scratch.h.
enum class Access : std::uint8_t { kReadOnly, kReadWrite, kCreate, kScratch };

inline constexpr Milliseconds kDefaultBusyTimeout{10'000};

// A compiled statement. Parameters are bound by position from 1, columns read by position from 0. It keeps the
// database open for as long as it lives. The end of a transaction resets it.
class Statement {
 public:
  ~Statement();
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;

  Statement& bind(int position, std::int64_t value);
  Statement& bind(int position, std::string_view text);
  Statement& bind(int position, ByteView blob);  // copied
  Statement& bind_null(int position);
  template <class T>
  Statement& bind(int position, const std::optional<T>& value) {
    return value ? bind(position, *value) : bind_null(position);
  }

  bool step();   // true: there is a row
  void run();    // for statements that give no rows; resets, so that it can be bound and run again
  void reset();  // also clears the bindings

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] ByteView blob(int column) const;  // valid until the next step or reset
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Connection;
  struct Impl;
  explicit Statement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Connection {
 public:
  // With kCreate the file is made with `mode` if it is missing (never through a symbolic link). Opening for
  // reading does not read the file yet: a lock, a hot journal or damage is reported by the first statement.
  [[nodiscard]] static Connection open(const std::filesystem::path& file, Access access,
                                       Milliseconds busy_timeout = kDefaultBusyTimeout, unsigned mode = 0644);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  [[nodiscard]] Statement prepare(std::string_view sql);
  // A statement kept by this connection and reset before it is handed out: for SQL that runs often. The
  // reference is good until the same SQL is asked for again.
  [[nodiscard]] Statement& cached(std::string_view sql);
  void execute(std::string_view sql);                        // one or many statements, no rows
  [[nodiscard]] std::int64_t integer(std::string_view sql);  // the first column of the only row
  [[nodiscard]] std::int64_t last_insert_rowid() const;
  [[nodiscard]] std::int64_t changed_rows() const;          // by the last statement
  [[nodiscard]] const std::filesystem::path& file() const;  // absolute
  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] bool is_scratch() const;

 private:
  friend class Transaction;
  friend void copy_pages(Connection& source, Connection& destination);
  friend class ScratchHold;
  friend void migrate(Connection& connection, const Schema& schema);
  friend void check_header(const Connection& connection, const Schema& schema);
  friend void refuse_log(const Connection& connection, const Schema& schema);
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// While it lives, what a scratch connection commits stays together as well as can be: the file is kept from changing
// below it, though never for more than a second at a time, so that a writer waits no longer. Does nothing for others.
class ScratchHold {
 public:
  explicit ScratchHold(Connection& connection);
  ~ScratchHold();
  ScratchHold(const ScratchHold&) = delete;
  ScratchHold& operator=(const ScratchHold&) = delete;
  ScratchHold(ScratchHold&&) = delete;
  ScratchHold& operator=(ScratchHold&&) = delete;

  // Another program changed the file since: what had been committed before was dropped, and later transactions have
  // not seen it.
  [[nodiscard]] bool broken() const;

 private:
  Connection& connection_;
  std::uint64_t drops_before_ = 0;
};

class CommitMark;

// Scope is transaction: rolled back unless commit() returned. Either end resets every statement of the
// connection, so that none of them goes on holding a lock; blobs that were read from them are gone then.
class Transaction {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };  // BEGIN; BEGIN IMMEDIATE
  Transaction(Connection& connection, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction(Transaction&&) = delete;
  Transaction& operator=(Transaction&&) = delete;

  // Returns if the change was made and outlives a power cut, also where that had to be found out after an error: then
  // trouble() says which. Throws kUnknown if it cannot be told whether it was made; whatever else is thrown, it was
  // not.
  void commit();
  [[nodiscard]] const std::string& trouble() const { return trouble_; }  // of a commit that was done; empty: none

 private:
  void find_out(const Error& error, const std::optional<CommitMark>& mark);
  [[nodiscard]] bool has_written() const;

  Connection& connection_;
  Kind kind_;
  int changes_before_ = 0;
  bool open_ = true;
  std::string trouble_;
};

}  // namespace zonestore::db
