// After a change, and before a rotation: do the signers follow?
#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "zonestore/operations/signer_sync.h"
#include "zonestore/signer/directory.h"

namespace zonestore {
namespace {

constexpr Milliseconds kOneAttempt{30'000};
constexpr Milliseconds kShortestAttempt{1'000};
constexpr Milliseconds kFirstPause{250};
constexpr Milliseconds kLongestPause{10'000};

struct Open {
  std::vector<publish::SignerRow> enabled;
  std::vector<publish::SignerRow> switched_off;
};

// The signers that have a change of this institution still to follow.
Open open_signers(db::Connection& connection, publish::InstitutionId institution) {
  Open open;
  for (publish::SignerRow& signer : publish::read_signers(connection)) {
    if (publish::has_task(connection, signer.id, institution)) {
      (signer.enabled ? open.enabled : open.switched_off).push_back(std::move(signer));
    }
  }
  return open;
}

bool holds(const publish::SignerRow& signer, const publish::InstitutionRow& row, dkim::SlotId slot) {
  const std::optional<publish::SlotKey>& key = row.key(slot);
  return key && signer::has_file(signer.directory, signer::key_file(signer.format, row.code.text(), key->key_id));
}

// A file that somebody has taken away is made again.
std::vector<publish::SignerRow> stale_signers(Store& store, const publish::InstitutionRow& row, dkim::SlotId slot) {
  Store::Impl& impl = store.impl();
  std::vector<publish::SignerRow> stale;
  for (publish::SignerRow& signer : publish::read_signers(impl.connection)) {
    if (!signer.enabled) {
      continue;
    }
    const bool has_task = publish::has_task(impl.connection, signer.id, row.id);
    if (!has_task && !holds(signer, row, slot)) {
      db::Transaction transaction(impl.connection, db::Transaction::Kind::kWrite);
      publish::insert_task(impl.connection, signer.id, row.id, impl.clock->now().wall);
      transaction.commit();
    } else if (!has_task) {
      continue;
    }
    stale.push_back(std::move(signer));
  }
  return stale;
}

[[noreturn]] void throw_stale(const publish::SignerRow& signer, const publish::InstitutionRow& row, dkim::SlotId slot,
                              const std::string& why) {
  throw db::Failure(Error{ErrorCode::kRefused,
                          "signer " + signer.name + " does not hold the key in " + dkim::to_text(slot) + " of " +
                              row.code.text() + (why.empty() ? "" : ": " + why),
                          "zonectl signer sync " + signer.name, Refusal{Guard::kSignerStale, std::nullopt}});
}

}  // namespace

void follow_once(Store& store, const ChangeContext& context, const dkim::Code& code, Changed& outcome) {
  if (context.dry_run || context.signers_later) {
    return;
  }
  const std::optional<publish::InstitutionRow> row = publish::find_institution(store.impl().connection, code);
  if (!row) {
    return;
  }
  const Open open = open_signers(store.impl().connection, row->id);
  for (const publish::SignerRow& signer : open.enabled) {
    const SyncResult result = sync_signer(store, context, signer, SyncScope::kTasks, kOneAttempt);
    if (!result.failure.empty()) {
      outcome.warnings.push_back("signer " + signer.name +
                                 " has not followed, maintain tries again: " + result.failure);
    }
  }
  for (const publish::SignerRow& signer : open.switched_off) {
    outcome.warnings.push_back("signer " + signer.name +
                               " is switched off and does not follow: zonectl signer sync " + signer.name +
                               " --enable");
  }
}

std::vector<std::string> follow(Store& store, const ChangeContext& context, const dkim::Code& code) {
  db::Connection& connection = store.impl().connection;
  const std::optional<publish::InstitutionRow> row = publish::find_institution(connection, code);
  if (context.dry_run || context.signers_later || !row) {
    return {};
  }
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + publish::read_policy(connection, row->id).signer_limit;
  Milliseconds pause = kFirstPause;
  for (;;) {
    std::vector<std::string> laggards;
    for (const publish::SignerRow& signer : open_signers(connection, row->id).enabled) {
      const auto left = std::chrono::duration_cast<Milliseconds>(deadline - steady_clock::now());
      const SyncResult result =
          sync_signer(store, context, signer, SyncScope::kTasks, std::max(left, kShortestAttempt));
      if (!result.failure.empty()) {
        laggards.push_back(signer.name + ": " + result.failure);
      }
    }
    if (laggards.empty() || steady_clock::now() + pause >= deadline) {
      return laggards;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

void prepare_signers(Store& store, const ChangeContext& context, const dkim::Code& code) {
  if (context.dry_run) {
    return;
  }
  const std::optional<publish::InstitutionRow> row = publish::find_institution(store.impl().connection, code);
  if (!row || !row->facts.active) {
    return;
  }
  for (const publish::SignerRow& signer : stale_signers(store, *row, dkim::other(*row->facts.active))) {
    (void)sync_signer(store, context, signer, SyncScope::kTasks, kOneAttempt);  // the guard tells whether it helped
  }
}

void check_signers_hold(ChangeScope& change, const ChangeContext& context, const publish::InstitutionRow& row,
                        dkim::SlotId slot, Changed& outcome) {
  if (overridden(context) == Guard::kSignerStale) {
    return;
  }
  for (const publish::SignerRow& signer : publish::read_signers(change.connection())) {
    const bool has_task = publish::has_task(change.connection(), signer.id, row.id);
    if (!signer.enabled || (!has_task && holds(signer, row, slot))) {
      continue;
    }
    if (context.dry_run) {
      outcome.warnings.push_back("signer " + signer.name + " would have to follow earlier changes first");
      continue;
    }
    throw_stale(signer, row, slot,
                has_task ? publish::read_backlog(change.connection(), signer.id).failure
                         : "its file is not in " + signer.directory);
  }
}

}  // namespace zonestore
