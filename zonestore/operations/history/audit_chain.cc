#include "zonestore/operations/history/audit_chain.h"

#include <algorithm>

#include "zonestore/base/text_encodings.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/audit_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

// So many rows are read under one read lock: writers wait for milliseconds, however long the log is.
constexpr std::int64_t kRowsAtATime = 5'000;

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
      const crypto::Sha256Digest start = rows::audit_chain_start(connection_);
      previous_.assign(start.begin(), start.end());
    }
    const std::int64_t count =
        rows::read_chained(connection_, last_id_, kRowsAtATime, [this](const rows::ChainedRow& row) { take(row); });
    if (count == kRowsAtATime) {
      return true;
    }
    check_end();
    return false;
  }

  AuditCheck result() && {
    check_expected();
    check_.newest_id = last_id_;
    check_.newest_chain = chained_ == 0 ? "" : hex_of(previous_);
    return std::move(check_);
  }

 private:
  void take(const rows::ChainedRow& row) {
    if (row.id != last_id_ + 1) {
      add({last_id_ + 1, std::nullopt, "", rows_text(last_id_ + 1, row.id - 1)});
    }
    last_id_ = row.id;
    ++check_.rows;
    if (expected_ && row.id == expected_->id) {
      found_ = row.carried ? hex_of(*row.carried) : "";
    }
    if (row.carried) {
      take_chained(row);
    } else if (chained_ == 0) {
      ++check_.unchained;
    } else {
      add_row(row, "it is not chained, though rows before it are: it was put in, or its chain was taken out");
    }
  }

  void take_chained(const rows::ChainedRow& row) {
    ++chained_;
    if (!std::ranges::equal(row.value_after(previous_), *row.carried)) {
      add_row(row,
              "its content and the row before do not give the value that it carries: one of them was altered, "
              "put in, moved or taken out");
    }
    previous_ = *row.carried;
  }

  // Against the store's row, in the transaction that saw the last row.
  void check_end() {
    const std::optional<rows::AuditEnd> end = rows::read_audit_end(connection_);
    if (!end) {
      return;
    }
    const std::int64_t count = end->count;
    if (chained_ < count) {
      add({last_id_ + 1, std::nullopt, "",
           "the log ends too early: the store has counted " + std::to_string(count) + " chained rows, and " +
               std::to_string(chained_) + " are there"});
    } else if (chained_ > count || (chained_ > 0 && end->chain != previous_)) {
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

  void add_row(const rows::ChainedRow& row, std::string message) {
    add({row.id, row.at, row.command, std::move(message)});
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
    db::Connection& connection = store.impl().connection;
    const WallTime now = store.impl().clock->now().wall;
    {
      const db::Transaction reading(connection, db::Transaction::Kind::kRead);
      const std::optional<WallTime> told = rows::read_audit_told(connection);
      if (told && std::chrono::floor<std::chrono::days>(*told) == std::chrono::floor<std::chrono::days>(now)) {
        return std::nullopt;
      }
    }
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    const std::optional<rows::ChainedRow> newest = rows::newest_chained(connection);
    if (!newest) {
      return std::nullopt;
    }
    rows::store_audit_told(connection, now);
    writing.commit();
    return AuditRowTold{newest->id, hex_of(*newest->carried)};
  });
}

}  // namespace zonestore
