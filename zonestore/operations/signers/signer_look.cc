#include "zonestore/operations/signers/signer_look.h"

#include <algorithm>
#include <chrono>

#include "zonestore/operations/signers/signer_sync.h"

namespace zonestore {
namespace {

constexpr Milliseconds kDay = std::chrono::hours(24);
constexpr std::int64_t kMostInstitutions = 1000;  // a run: with one every 15 minutes, 96,000 a day
constexpr std::size_t kSlice = 100;
constexpr Milliseconds kLockWait{2'000};
constexpr Milliseconds kFirstSync = std::chrono::minutes(30);

// As much of all as the time since then is of a day; a clock that was set back, or a first look, makes it a whole
// one.
std::int64_t share(std::int64_t all, WallTime then, WallTime now) {
  const Milliseconds since = now - then;
  if (since < Milliseconds(0) || since >= kDay) {
    return std::min(all, kMostInstitutions);
  }
  return std::min(all * since.count() / kDay.count() + 1, kMostInstitutions);
}

class SignerLook {
 public:
  SignerLook(Store& store, const rows::SignerRow& signer, SignersLook& look)
      : impl_(store.impl()), signer_(signer), look_(look), now_(impl_.clock->now().wall) {}

  // A slice at a time under the directory's lock: what is half done is no finding, and nobody waits long.
  void run() {
    choose();
    const signer::DirectoryView view(signer_.directory);
    for (std::size_t begin = 0; begin < codes_.size(); begin += kSlice) {
      const auto first = codes_.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto end = codes_.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kSlice, codes_.size()));
      const signer::DirectoryLock lock(view.descriptor(), view.path(), kLockWait, *impl_.clock);
      look_at(view, {first, end});
    }
    if (with_tables_) {
      const signer::DirectoryLock lock(view.descriptor(), view.path(), kLockWait, *impl_.clock);
      look_at_tables(view);
    }
    keep();
  }

 private:
  void choose() {
    const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
    const rows::SignerLookState state = rows::read_look(impl_.connection, signer_.id);
    const std::int64_t count = share(rows::count_signings(impl_.connection), state.looked, now_);
    codes_ = rows::codes_after(impl_.connection, state.code, count);
    const Milliseconds since = now_ - state.tables_looked;
    with_tables_ = signer::has_tables(signer_.format) && (since < Milliseconds(0) || since >= kDay);
  }

  // But for those that it has a change of to follow.
  [[nodiscard]] std::vector<signer::Signing> read(const std::vector<std::string>& codes) {
    const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
    std::vector<signer::Signing> signings = rows::read_signings(impl_.connection, codes);
    std::erase_if(signings, [&](const signer::Signing& signing) {
      return rows::has_task(impl_.connection, signer_.id, signing.code);
    });
    return signings;
  }

  void look_at(const signer::DirectoryView& view, const std::vector<std::string>& codes) {
    for (const signer::Signing& signing : read(codes)) {
      for (rows::SignerFinding& differs : differences_of(impl_, view, signer_.format, signing)) {
        stale_.insert(signing.code);
        found_.push_back(std::move(differs));
      }
    }
  }

  void look_at_tables(const signer::DirectoryView& view) {
    std::vector<signer::Signing> all;
    {
      const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
      with_tables_ = rows::read_backlog(impl_.connection, signer_.id).tasks == 0;
      if (!with_tables_) {
        return;  // they are about to be written
      }
      all = rows::read_signings(impl_.connection);
    }
    for (rows::SignerFinding& differs : table_differences(view, signer_.format, all)) {
      found_.push_back(std::move(differs));
      if (!all.empty()) {
        stale_.insert(all.front().code);  // any task makes the tables anew
      }
    }
  }

  void keep() {
    db::Transaction transaction(impl_.connection, db::Transaction::Kind::kWrite);
    rows::SignerLookState state = rows::read_look(impl_.connection, signer_.id);
    state.code = codes_.empty() ? std::string() : codes_.back();
    state.looked = now_;
    state.tables_looked = with_tables_ ? now_ : state.tables_looked;
    rows::store_look(impl_.connection, signer_.id, state);
    rows::add_findings(impl_.connection, signer_.id, found_, now_);
    for (const std::string& code : stale_) {
      rows::insert_task(impl_.connection, signer_.id, code, now_);
    }
    transaction.commit();
    for (const rows::SignerFinding& finding : found_) {
      look_.found.push_back("signer " + signer_.name + ": " + finding.path + " " + finding.what);
    }
  }

  Store::Impl& impl_;
  const rows::SignerRow& signer_;
  SignersLook& look_;
  WallTime now_;
  std::vector<std::string> codes_;
  bool with_tables_ = false;
  std::set<std::string> stale_;
  std::vector<rows::SignerFinding> found_;
};

}  // namespace

SignersLook look_at_signers(Store& store, const ChangeContext& context) {
  SignersLook look;
  if (context.dry_run) {
    return look;
  }
  for (const rows::SignerRow& signer : rows::read_signers(store.impl().connection)) {
    if (!signer.enabled) {
      continue;
    }
    if (!signer.marked) {  // of before there were manifests: its first whole sync writes them
      const SyncResult first =
          sync_signer(store, context, signer, {.scope = SyncScope::kWhole, .keeps_found = true}, kFirstSync);
      if (!first.failure.empty()) {
        look.failures.push_back("signer " + signer.name + ": " + first.failure);
      }
      continue;
    }
    const Result<void> looked = db::at_border<void>([&] { SignerLook(store, signer, look).run(); });
    if (!looked) {
      look.failures.push_back("signer " + signer.name + " could not be looked at: " + looked.error().message);
    }
  }
  return look;
}

}  // namespace zonestore
