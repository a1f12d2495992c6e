#include "zonestore/operations/history/audit_chain.h"

#include <algorithm>

#include "zonestore/operations/change/audit_writer.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

// So many rows are read under one read lock: writers wait for milliseconds, however long the log is.
constexpr std::int64_t kRowsAtATime = 5'000;
constexpr int kChainColumn = 11;

std::string hexadecimal(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string rows_text(std::int64_t first, std::int64_t last) {
  return first == last ? "row " + std::to_string(first) + " is missing"
                       : "rows " + std::to_string(first) + " to " + std::to_string(last) + " are missing";
}

// Goes along the rows, in the order of their ids. A row is held against the value that the row before carries, not
// against the one that it should carry: so one altered row is one fault and not the end of the chain.
class Verification {
 public:
  Verification(db::Connection& connection, const std::optional<AuditRowTold>& expected)
      : connection_(connection), expected_(expected) {}

  // True if there may be more.
  bool read_some() {
    const db::Transaction reading(connection_, db::Transaction::Kind::kRead);
    if (check_.rows == 0) {
      const crypto::Sha256Digest start = audit_chain_start(connection_);
      previous_.assign(start.begin(), start.end());
    }
    db::Statement& rows = connection_.cached("SELECT " + std::string(kChainedColumns) +
                                             ", chain FROM audit WHERE audit_id > ?1 ORDER BY audit_id LIMIT ?2");
    rows.bind(1, last_id_).bind(2, kRowsAtATime);
    std::int64_t count = 0;
    for (; rows.step(); ++count) {
      take(rows);
    }
    if (count == kRowsAtATime) {
      return true;
    }
    check_end();
    return false;
  }

  AuditCheck result() && {
    check_expected();
    check_.newest_id = last_id_;
    check_.newest_chain = chained_ == 0 ? "" : hexadecimal(previous_);
    return std::move(check_);
  }

 private:
  void take(const db::Statement& row) {
    const std::int64_t id = row.integer(0);
    if (id != last_id_ + 1) {
      add({last_id_ + 1, std::nullopt, "", rows_text(last_id_ + 1, id - 1)});
    }
    last_id_ = id;
    ++check_.rows;
    if (expected_ && id == expected_->id) {
      found_ = row.is_null(kChainColumn) ? "" : hexadecimal(row.blob(kChainColumn));
    }
    if (!row.is_null(kChainColumn)) {
      take_chained(row);
    } else if (chained_ == 0) {
      ++check_.unchained;
    } else {
      add_row(row, "it is not chained, though rows before it are: it was put in, or its chain was taken out");
    }
  }

  void take_chained(const db::Statement& row) {
    ++chained_;
    const ByteView carried = row.blob(kChainColumn);
    const crypto::Sha256Digest expected = audit_chain_value(previous_, row);
    if (!std::ranges::equal(expected, carried)) {
      add_row(row,
              "its content and the row before do not give the value that it carries: one of them was altered, "
              "put in, moved or taken out");
    }
    previous_.assign(carried.begin(), carried.end());
  }

  // Against the store's row, in the transaction that saw the last row.
  void check_end() {
    db::Statement& store = connection_.cached("SELECT audit_chain, audit_count FROM store");
    if (!store.step()) {
      return;
    }
    const ByteView newest = store.blob(0);
    const std::int64_t count = store.integer(1);
    if (chained_ < count) {
      add({last_id_ + 1, std::nullopt, "",
           "the log ends too early: the store has counted " + std::to_string(count) + " chained rows, and " +
               std::to_string(chained_) + " are there"});
    } else if (chained_ > count || (chained_ > 0 && !std::ranges::equal(newest, previous_))) {
      add({last_id_, std::nullopt, "",
           "the log ends in another row than the store has noted: it has counted " + std::to_string(count) +
               " chained rows, and " + std::to_string(chained_) + " are there"});
    }
  }

  // Told first: it is what was asked.
  void check_expected() {
    if (!expected_ || (found_ && *found_ == expected_->chain)) {
      return;
    }
    const std::string end = found_ ? "; it carries " + (found_->empty() ? "none" : *found_)
                                   : ", and is not there: the log ends with row " + std::to_string(last_id_);
    AuditFault fault{expected_->id, std::nullopt, "", "it carried " + expected_->chain + " once" + end};
    ++check_.fault_count;
    check_.faults.insert(check_.faults.begin(), std::move(fault));
    check_.faults.resize(std::min(check_.faults.size(), kMostFaults));
  }

  void add_row(const db::Statement& row, std::string message) {
    add({row.integer(0), rows::wall_column(row, 1), row.text(4), std::move(message)});
  }

  void add(AuditFault fault) {
    if (++check_.fault_count <= kMostFaults) {
      check_.faults.push_back(std::move(fault));
    }
  }

  db::Connection& connection_;
  const std::optional<AuditRowTold>& expected_;
  std::optional<std::string> found_;  // what the expected row carries; empty: it is not chained
  AuditCheck check_;
  Bytes previous_;
  std::int64_t last_id_ = 0;
  std::int64_t chained_ = 0;
};

}  // namespace

Result<AuditCheck> verify_log(Store& store, const std::optional<AuditRowTold>& expected) {
  return db::at_border<AuditCheck>([&] {
    Verification verification(store.impl().connection, expected);
    while (verification.read_some()) {
    }
    return std::move(verification).result();
  });
}

Result<std::optional<AuditRowTold>> tell_newest_row(Store& store) {
  return db::at_border<std::optional<AuditRowTold>>([&]() -> std::optional<AuditRowTold> {
    constexpr std::int64_t kDayMs = std::int64_t{24} * 60 * 60 * 1000;
    db::Connection& connection = store.impl().connection;
    const std::int64_t now_ms = store.impl().clock->now().wall.time_since_epoch().count();
    {
      const db::Transaction reading(connection, db::Transaction::Kind::kRead);
      if (connection.integer("SELECT coalesce(audit_told_ms, -86400000) FROM store") / kDayMs == now_ms / kDayMs) {
        return std::nullopt;
      }
    }
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    db::Statement newest = connection.prepare(
        "SELECT audit_id, chain FROM audit WHERE chain IS NOT NULL ORDER BY audit_id DESC LIMIT 1");
    if (!newest.step()) {
      return std::nullopt;
    }
    AuditRowTold row{newest.integer(0), hexadecimal(newest.blob(1))};
    connection.cached("UPDATE store SET audit_told_ms = ?1").bind(1, now_ms).run();
    writing.commit();
    return row;
  });
}

}  // namespace zonestore
